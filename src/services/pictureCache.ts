/** What is remembered of pictures: their keys by source and by content, what was deleted, and what took the place of a lost key. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { PictureSource } from '../domain.ts';
import type { Log } from '../log.ts';
import type { RecordKind, Records } from '../store/store.ts';
import { createFreshKeys } from './freshKeys.ts';

const dayMs = 86_400_000;
/** So many sources of one key are looked at. */
const sourcesMaxCount = 100;

const text = z.string();
const sourceShape: z.ZodType<PictureSource> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ticket'),
    ticketId: text,
    messageIds: z.array(text),
    // JSON has no `undefined`: such a key is absent in storage.
    index: z
      .number()
      .optional()
      .transform((index) => index),
  }),
  z.object({ kind: z.literal('faq'), faqId: text, imageKey: text }),
  z.object({ kind: z.literal('chat'), messageId: text, imageKey: text }),
]);

/** The key of a picture, by where it came from; listed by key, so that a key leads back to where its picture can be had. */
const bySource: RecordKind<{ imageKey: string; source: PictureSource }> = {
  name: 'picture',
  schema: z.object({ imageKey: text.min(1), source: sourceShape }),
  keepMs: 180 * dayMs,
};
const keyOnly = z.object({ imageKey: text.min(1) });
/** The key of a picture, by the SHA-256 of its bytes: the same picture in twenty messages is uploaded once. */
const byContent: RecordKind<z.infer<typeof keyOnly>> = {
  name: 'pictureContent',
  schema: keyOnly,
  keepMs: 180 * dayMs,
};
/** The key that took the place of another one, for cards that were made with the old one and are sent later. */
const replacement: RecordKind<z.infer<typeof keyOnly>> = {
  name: 'pictureReplaced',
  schema: keyOnly,
  keepMs: dayMs,
};
const deletedValue = z.object({ deleted: z.literal(true) });
/** A source that Feishu says was deleted. Forgotten after a day: people restore things. */
const deletedSource: RecordKind<z.infer<typeof deletedValue>> = {
  name: 'pictureDeleted',
  schema: deletedValue,
  keepMs: dayMs,
};

/** No function throws: a picture can be shown without a cache. */
export type PictureCache = ReturnType<typeof createPictureCache>;

export function createPictureCache({
  records,
  clock,
  log,
}: {
  readonly records: Records;
  readonly clock: Clock;
  readonly log: Log;
}) {
  const fresh = createFreshKeys(clock);
  const orNothing = async <T>(work: () => Promise<T>, nothing: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      log.error({ err: error }, 'the cache of pictures cannot be used');
      return nothing;
    }
  };
  const keep = async <T>(kind: RecordKind<T>, key: string, value: T, index?: string): Promise<void> => {
    await orNothing(() => records.put(kind, key, value, index === undefined ? {} : { index }), 'conflict');
  };
  /** Known at once, written down soon. */
  const keepSoon = <T extends { readonly imageKey: string }>(
    kind: RecordKind<T>,
    key: string,
    value: T,
  ): void => {
    const { imageKey } = value;
    fresh.keep(freshName(kind, key), { imageKey, write: () => keep(kind, key, value, imageKey) });
  };
  const keysIn = async (
    kind: RecordKind<{ imageKey: string }>,
    keys: readonly string[],
  ): Promise<readonly (string | undefined)[]> => {
    const found = keys.map((key) => fresh.get(freshName(kind, key)));
    const others = keys.filter((_, index) => found[index] === undefined);
    if (others.length === 0) return found;
    const stored = (await orNothing(() => records.getMany(kind, others), [])).values();
    return found.map((imageKey) => imageKey ?? stored.next().value?.value.imageKey);
  };

  return {
    imageKeys: (sources: readonly PictureSource[]) => keysIn(bySource, sources.map(nameOf)),
    /** The key, if the picture was brought within the last moment. */
    justKept: (source: PictureSource) => fresh.get(freshName(bySource, nameOf(source))),
    keepSource: (source: PictureSource, imageKey: string) =>
      keepSoon(bySource, nameOf(source), { imageKey, source }),
    /** Where the pictures of this key come from. */
    sourcesOf: async (imageKey: string): Promise<readonly PictureSource[]> => {
      await fresh.settle();
      const stored = await orNothing(() => records.list(bySource, imageKey, sourcesMaxCount), []);
      return stored.map(({ value }) => value.source);
    },
    /** The key is no good, and there is no other. */
    forget: async (imageKey: string): Promise<void> => {
      await fresh.settle();
      const deleteAll = async <T>(kind: RecordKind<T>): Promise<void> => {
        const stored = await records.list(kind, imageKey, sourcesMaxCount);
        await Promise.all(stored.map(({ key }) => records.delete(kind, key)));
      };
      await orNothing(async () => {
        await Promise.all([deleteAll(bySource), deleteAll(byContent)]);
      }, undefined);
    },
    deleted: async (sources: readonly PictureSource[]): Promise<readonly boolean[]> => {
      const stored = await orNothing(() => records.getMany(deletedSource, sources.map(nameOf)), []);
      return stored.map((one) => one !== undefined);
    },
    keepDeleted: (source: PictureSource) => keep(deletedSource, nameOf(source), { deleted: true }),
    /** Writes down what is known and not written yet. */
    settle: fresh.settle,
    replacements: (imageKeys: readonly string[]) => keysIn(replacement, imageKeys),
    keepReplacement: (oldKey: string, imageKey: string) => keep(replacement, oldKey, { imageKey }),
    contents: {
      find: async (sha256: string) => (await keysIn(byContent, [sha256]))[0],
      keep: (sha256: string, imageKey: string) => keepSoon(byContent, sha256, { imageKey }),
    },
  };
}

const freshName = ({ name }: Pick<RecordKind<unknown>, 'name'>, key: string): string => `${name}/${key}`;

/** The name of a source in the cache and in logs. */
export function nameOf(source: PictureSource): string {
  switch (source.kind) {
    case 'ticket':
      return `ticket/${source.ticketId}/${source.messageIds[0] ?? ''}/${source.index ?? 'image'}`;
    case 'faq':
      return `faq/${source.faqId}/${source.imageKey}`;
    case 'chat':
      return `chat/${source.messageId}/${source.imageKey}`;
  }
}
