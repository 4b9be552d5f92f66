/** Pictures of tickets, FAQs and chats, brought to where a card can show them, each once. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Picture, PictureSource } from '../domain.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { RecordKind, Records } from '../store/store.ts';
import {
  createPictureWay,
  type Found,
  failureOf,
  type PictureCalls,
  type PictureMemory,
  singleFlight,
} from './pictureWay.ts';

export interface Images {
  /** What is known at once, from the cache: ready, deleted for good, or still to be loaded. In the order of `sources`. */
  known(sources: readonly PictureSource[]): Promise<readonly Picture[]>;
  /**
   * Fetches, checks and uploads what is missing. Yields the whole list after each change; the last one has nothing loading.
   * Never throws because of a picture: a failure is a picture's state.
   */
  load(sources: readonly PictureSource[]): AsyncIterable<readonly Picture[]>;
}

export interface ImagesDeps extends PictureCalls {
  readonly records: Records;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'pictures'>;
  /** Default `pictureMemory`. */
  readonly memory?: PictureMemory;
}

/** Pictures of one list that are under way at a time. */
export const parallelCount = 8;

const dayMs = 86_400_000;
const imageKeyValue = z.object({ imageKey: z.string().min(1) });
/** The key of a picture, by where it came from. */
const bySource: RecordKind<z.infer<typeof imageKeyValue>> = {
  name: 'picture',
  schema: imageKeyValue,
  keepMs: 180 * dayMs,
};
/** The key of a picture, by the SHA-256 of its bytes: the same picture in twenty messages is uploaded once. */
const byContent: RecordKind<z.infer<typeof imageKeyValue>> = {
  name: 'pictureContent',
  schema: imageKeyValue,
  keepMs: 180 * dayMs,
};
const deletedValue = z.object({ deleted: z.literal(true) });
/** A source that Feishu says was deleted. Forgotten after a day: people restore things. */
const deletedSource: RecordKind<z.infer<typeof deletedValue>> = {
  name: 'pictureDeleted',
  schema: deletedValue,
  keepMs: dayMs,
};

const keyOf = (source: PictureSource): string => {
  switch (source.kind) {
    case 'ticket':
      return `ticket/${source.ticketId}/${source.messageIds[0] ?? ''}/${source.index ?? 'image'}`;
    case 'faq':
      return `faq/${source.faqId}/${source.imageKey}`;
    case 'chat':
      return `chat/${source.messageId}/${source.imageKey}`;
  }
};

export function createImages(deps: ImagesDeps): Images {
  const { clock, log, metrics } = deps;
  const cache = createCache(deps);
  const fetchBytes = createPictureWay(deps, cache.contents, deps.memory);
  const flights = singleFlight<Found>();

  const find = async (source: PictureSource, key: string): Promise<Found> => {
    try {
      // Another list may have brought it since this one looked.
      const [imageKey] = await cache.imageKeys([key]);
      if (imageKey !== undefined) return { imageKey, outcome: 'cached' };
      const found = await fetchBytes(source);
      if ('imageKey' in found) await cache.keep(bySource, key, { imageKey: found.imageKey });
      else log.warn({ source: key, reason: found.reason }, 'a picture cannot be shown');
      return found;
    } catch (error) {
      const reason = failureOf(error);
      log.warn({ err: error, source: key, reason }, 'a picture cannot be shown');
      if (reason === 'deleted') await cache.keep(deletedSource, key, { deleted: true });
      return { reason };
    }
  };

  const fetchPicture = async (source: PictureSource): Promise<Picture> => {
    const key = keyOf(source);
    const found = await flights(key, () => find(source, key));
    metrics.pictures.inc({ outcome: 'imageKey' in found ? found.outcome : found.reason });
    return 'imageKey' in found
      ? { state: 'ready', source, imageKey: found.imageKey }
      : { state: 'failed', source, reason: found.reason };
  };

  const known = async (sources: readonly PictureSource[]): Promise<readonly Picture[]> => {
    const keys = sources.map(keyOf);
    const [imageKeys, deleted] = await Promise.all([cache.imageKeys(keys), cache.deleted(keys)]);
    return sources.map((source, index): Picture => {
      const imageKey = imageKeys[index];
      // A picture that we have outlives its source.
      if (imageKey !== undefined) return { state: 'ready', source, imageKey };
      return deleted[index] === true
        ? { state: 'failed', source, reason: 'deleted' }
        : { state: 'loading', source };
    });
  };

  return {
    known,
    async *load(sources) {
      const startMs = clock.monoMs();
      const pictures = [...(await known(sources))];
      yield* inParallel(pictures, fetchPicture);
      const failedCount = pictures.filter(({ state }) => state === 'failed').length;
      const tookMs = Math.round(clock.monoMs() - startMs);
      log.info({ count: pictures.length, failedCount, tookMs }, 'pictures loaded');
    },
  };
}

/**
 * Works on the pictures that are loading, the first ones first, and puts the results into the list. Goes on while nobody asks for the
 * next list; changes that came meanwhile are in it together. When the list is abandoned, no further picture is begun.
 */
async function* inParallel(
  pictures: Picture[],
  fetchPicture: (source: PictureSource) => Promise<Picture>,
): AsyncGenerator<readonly Picture[]> {
  const waiting = [...pictures.entries()].filter(([, { state }]) => state === 'loading');
  let leftCount = waiting.length;
  let changed = leftCount === 0;
  let wake = (): void => undefined;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { source }] = next;
      pictures[index] = await fetchPicture(source);
      leftCount -= 1;
      changed = true;
      wake();
    }
  };
  const workers = Promise.all(Array.from({ length: parallelCount }, work));
  try {
    while (changed || leftCount > 0) {
      if (!changed)
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          workers,
        ]);
      changed = false;
      yield [...pictures];
    }
  } finally {
    waiting.length = 0;
  }
}

/** The records, without their failures: a picture can be shown without a cache. */
function createCache({ records, log }: ImagesDeps) {
  const orNothing = async <T>(reading: () => Promise<T>, nothing: T): Promise<T> => {
    try {
      return await reading();
    } catch (error) {
      log.error({ err: error }, 'the cache of pictures cannot be used');
      return nothing;
    }
  };
  const many = <T>(kind: RecordKind<T>, keys: readonly string[]) =>
    orNothing(() => records.getMany(kind, keys), []);
  const keep = async <T>(kind: RecordKind<T>, key: string, value: T): Promise<void> => {
    await orNothing(() => records.put(kind, key, value), 'conflict');
  };
  const imageKeys = async (
    keys: readonly string[],
    kind = bySource,
  ): Promise<readonly (string | undefined)[]> =>
    (await many(kind, keys)).map((stored) => stored?.value.imageKey);
  return {
    imageKeys,
    keep,
    deleted: async (keys: readonly string[]) =>
      (await many(deletedSource, keys)).map((stored) => stored !== undefined),
    contents: {
      find: async (sha256: string) => (await imageKeys([sha256], byContent))[0],
      keep: (sha256: string, imageKey: string) => keep(byContent, sha256, { imageKey }),
    },
  };
}
