/** Pictures of tickets, FAQs and chats, brought to where a card can show them, each once. */

import type { Clock } from '../clock.ts';
import type { Picture, PictureSource } from '../domain.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Priority, Records } from '../store/store.ts';
import { createPictureCache, nameOf } from './pictureCache.ts';
import { createRenewal } from './pictureRenewal.ts';
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
   * @param priority of the calls; default `person`
   */
  load(sources: readonly PictureSource[], priority?: Priority): AsyncIterable<readonly Picture[]>;
  /**
   * For a card that Feishu refused because of a picture: checks its keys, and makes those pictures again that are no good, from where they
   * came from or from what the bot itself once uploaded.
   * @returns the keys that must be replaced, each with its new key, or with undefined when the picture is lost. Never rejects.
   */
  renew(imageKeys: readonly string[]): Promise<ReadonlyMap<string, string | undefined>>;
  /** Writes down which pictures were brought a moment ago: for the end of the process. Never rejects. */
  settle(): Promise<void>;
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
export const parallelCount = 12;

export function createImages(deps: ImagesDeps): Images {
  const { clock, log, metrics } = deps;
  const cache = createPictureCache(deps);
  const way = createPictureWay(deps, cache.contents, deps.memory);
  const flights = singleFlight<Found>();

  /** @param waited for its turn in the list: another list may have brought it long since this one looked */
  const find = async (source: PictureSource, priority: Priority, waited: boolean): Promise<Found> => {
    try {
      const [imageKey] = waited ? await cache.imageKeys([source]) : [cache.justKept(source)];
      if (imageKey !== undefined) return { imageKey, outcome: 'cached' };
      const found = await way(source, priority);
      if ('imageKey' in found) cache.keepSource(source, found.imageKey);
      else log.warn({ source: nameOf(source), reason: found.reason }, 'a picture cannot be shown');
      return found;
    } catch (error) {
      const reason = failureOf(error);
      log.warn({ err: error, source: nameOf(source), reason }, 'a picture cannot be shown');
      if (reason === 'deleted') await cache.keepDeleted(source);
      return { reason };
    }
  };

  const fetchPicture = async (
    source: PictureSource,
    priority: Priority,
    waited: boolean,
  ): Promise<Picture> => {
    const found = await flights(nameOf(source), priority, () => find(source, priority, waited));
    metrics.pictures.inc({ outcome: 'imageKey' in found ? found.outcome : found.reason });
    return 'imageKey' in found
      ? { state: 'ready', source, imageKey: found.imageKey }
      : { state: 'failed', source, reason: found.reason };
  };

  const known = async (sources: readonly PictureSource[]): Promise<readonly Picture[]> => {
    const imageKeys = await cache.imageKeys(sources);
    // A picture that we have outlives its source.
    const missing = sources.filter((_, index) => imageKeys[index] === undefined);
    const deleted = await cache.deleted(missing);
    return sources.map((source, index): Picture => {
      const imageKey = imageKeys[index];
      if (imageKey !== undefined) return { state: 'ready', source, imageKey };
      return deleted[missing.indexOf(source)] === true
        ? { state: 'failed', source, reason: 'deleted' }
        : { state: 'loading', source };
    });
  };

  return {
    async known(sources) {
      const pictures = await known(sources);
      const cachedCount = pictures.filter(({ state }) => state === 'ready').length;
      if (cachedCount > 0) metrics.pictures.inc({ outcome: 'cached' }, cachedCount);
      return pictures;
    },
    renew: createRenewal({ ownImage: deps.ownImage, cache, way, log }),
    settle: cache.settle,
    async *load(sources, priority = 'person') {
      const startMs = clock.monoMs();
      const pictures = [...(await known(sources))];
      yield* inParallel(pictures, (source, waited) => fetchPicture(source, priority, waited));
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
  fetchPicture: (source: PictureSource, waited: boolean) => Promise<Picture>,
): AsyncGenerator<readonly Picture[]> {
  const waiting = [...pictures.entries()].filter(([, { state }]) => state === 'loading');
  let leftCount = waiting.length;
  let changed = leftCount === 0;
  let wake = (): void => undefined;
  const work = async (): Promise<void> => {
    let waited = false;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { source }] = next;
      pictures[index] = await fetchPicture(source, waited);
      waited = true;
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
