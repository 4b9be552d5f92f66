/** One picture's way from where it lies in Feishu to a key that a card can show: download, inspect, normalise, upload. */

import { createHash } from 'node:crypto';
import type { PictureFailure, PictureSource } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import { createByteBudget } from '../images/byteBudget.ts';
import { fileOf, inspect } from '../images/inspect.ts';
import { createNormalizer, uploadLimits } from '../images/normalize.ts';
import type { Priority } from '../store/store.ts';

interface DownloadOptions {
  readonly maxBytes: number;
  /** Told the size before the bytes are read, and waited for. */
  readonly admit?: (sizeBytes: number) => Promise<void>;
  /** Default `person`. */
  readonly priority?: Priority;
}

/** The calls that the way is made of. All throw FeishuError. */
export interface PictureCalls {
  /** Kind `bad_picture` means that there are more than `maxBytes`. So it does in the other two. */
  readonly ticketImage: (
    image: { readonly ticketId: string; readonly messageId: string; readonly index: number | undefined },
    options: DownloadOptions,
  ) => Promise<Uint8Array>;
  readonly faqImage: (faqId: string, imageKey: string, options: DownloadOptions) => Promise<Uint8Array>;
  readonly chatImage?: (messageId: string, imageKey: string, options: DownloadOptions) => Promise<Uint8Array>;
  /** A picture that the bot has uploaded. */
  readonly ownImage: (imageKey: string, options: DownloadOptions) => Promise<Uint8Array>;
  /** @returns the `image_key` */
  readonly uploadImage: (
    bytes: Uint8Array,
    file: { readonly fileName: string; readonly mime: string },
    priority?: Priority,
  ) => Promise<string>;
}

/** How much of pictures may be in memory. */
export interface PictureMemory {
  /** For everything, at any time. */
  readonly totalBytes: number;
  /** Of the total, kept free for what the one decoder writes. */
  readonly decodedBytes: number;
  /** Room for a picture until Feishu says how large it is. Together with the total it says how many are under way at a time. */
  readonly usualBytes: number;
  /** What is larger is given up. */
  readonly largestBytes: number;
}

const mebibyte = 1_048_576;
export const pictureMemory: PictureMemory = {
  totalBytes: 64 * mebibyte,
  decodedBytes: uploadLimits.maxBytes,
  usualBytes: 3 * mebibyte,
  largestBytes: 20 * mebibyte,
};

/** Remembers the key of a picture by the SHA-256 of its bytes. Neither function fails. */
export interface ContentCache {
  find(sha256: string): Promise<string | undefined>;
  keep(sha256: string, imageKey: string): void;
}

/** What became of one picture, and its name in the metrics. */
export type Found =
  | { readonly imageKey: string; readonly outcome: 'cached' | 'reused' | 'uploaded' }
  | { readonly reason: PictureFailure };

/**
 * From a source to what became of it.
 * @param priority of its calls
 * @param refusedKey a key of this picture that is no good: it is uploaded anew, from the bot's own upload when the source is deleted
 * @throws what a call throws; see `failureOf`
 */
export type PictureWay = (source: PictureSource, priority: Priority, refusedKey?: string) => Promise<Found>;

/** The same bytes are under way once at a time, and never uploaded twice while the cache remembers them. */
export function createPictureWay(
  calls: PictureCalls,
  cache: ContentCache,
  memory: PictureMemory = pictureMemory,
): PictureWay {
  const budget = createByteBudget(memory.totalBytes - memory.decodedBytes);
  const normalize = createNormalizer();
  const flights = singleFlight<Found>();
  const maxBytes = memory.largestBytes;

  const upload = async (
    bytes: Uint8Array,
    sha256: string,
    priority: Priority,
    refusedKey: string | undefined,
  ): Promise<Found> => {
    const imageKey = await cache.find(sha256);
    if (imageKey !== undefined && imageKey !== refusedKey) return { imageKey, outcome: 'reused' };
    const inspected = await inspect(bytes);
    if (!inspected.ok) return inspected;
    const normalized = await normalize(bytes, inspected);
    if (!normalized.ok) return normalized;
    const uploaded = await calls.uploadImage(normalized.bytes, fileOf[normalized.type], priority);
    cache.keep(sha256, uploaded);
    return { imageKey: uploaded, outcome: 'uploaded' };
  };

  return async (source, priority, refusedKey) => {
    const room = await budget.reserve(memory.usualBytes, priority === 'person');
    try {
      const options = { maxBytes, admit: (sizeBytes: number) => room.resize(sizeBytes), priority };
      const bytes = await download(calls, source, options, refusedKey);
      if (bytes === undefined || bytes.byteLength > maxBytes) return { reason: 'too_large' };
      await room.resize(bytes.byteLength);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const key = `${sha256}/${refusedKey ?? ''}`;
      return await flights(key, priority, () => upload(bytes, sha256, priority, refusedKey));
    } finally {
      room.release();
    }
  };
}

/** @returns undefined when there are more than `maxBytes`. @throws FeishuError */
async function download(
  calls: PictureCalls,
  source: PictureSource,
  options: DownloadOptions,
  refusedKey: string | undefined,
): Promise<Uint8Array | undefined> {
  try {
    return await fromSource(calls, source, options);
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    if (error.kind === 'bad_picture') return undefined;
    if (error.kind !== 'deleted' || refusedKey === undefined) throw error;
    return calls.ownImage(refusedKey, options);
  }
}

/** The original. @throws FeishuError */
export async function fromSource(
  calls: Pick<PictureCalls, 'ticketImage' | 'faqImage' | 'chatImage'>,
  source: PictureSource,
  options: DownloadOptions,
): Promise<Uint8Array> {
  switch (source.kind) {
    case 'ticket':
      return downloadFromTicket(calls, source, options);
    case 'faq':
      return calls.faqImage(source.faqId, source.imageKey, options);
    case 'chat':
      if (calls.chatImage === undefined) throw new Error('no pictures of chats can be read');
      return calls.chatImage(source.messageId, source.imageKey, options);
  }
}

/** Feishu does not say under which of its two ids a message's pictures are found, so the next is tried when one is unknown. */
async function downloadFromTicket(
  calls: Pick<PictureCalls, 'ticketImage'>,
  { ticketId, messageIds, index }: Extract<PictureSource, { kind: 'ticket' }>,
  options: DownloadOptions,
): Promise<Uint8Array> {
  let missing: unknown = new Error('the message has no id');
  for (const messageId of messageIds) {
    try {
      return await calls.ticketImage({ ticketId, messageId, index }, options);
    } catch (error) {
      if (!(error instanceof FeishuError && error.kind === 'not_found')) throw error;
      missing = error;
    }
  }
  throw missing;
}

/** Sizes that Feishu refuses at the upload: too many bytes, too many pixels. */
const tooLargeCodes: readonly (number | undefined)[] = [234006, 234039];

/** What a card says about an error of `createPictureWay`. */
export function failureOf(error: unknown): PictureFailure {
  if (!(error instanceof FeishuError)) return 'unavailable';
  if (error.kind === 'deleted') return 'deleted';
  if (error.kind !== 'bad_picture') return 'unavailable';
  return tooLargeCodes.includes(error.code) ? 'too_large' : 'unreadable';
}

/** The lower, the more urgent. */
const levels: Readonly<Record<Priority, number>> = { person: 0, card: 1, background: 2 };

/**
 * One run at a time for each key; who comes meanwhile gets the same result. Who is more urgent does not: a call that stands in the queue of
 * the background cannot be called out of it, so another run begins, which the next ones share.
 */
export function singleFlight<T>(): (key: string, priority: Priority, run: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, { readonly level: number; readonly result: Promise<T> }>();
  return (key, priority, run) => {
    const level = levels[priority];
    const running = flights.get(key);
    if (running !== undefined && running.level <= level) return running.result;
    const result = run().finally(() => {
      if (flights.get(key)?.result === result) flights.delete(key);
    });
    flights.set(key, { level, result });
    return result;
  };
}
