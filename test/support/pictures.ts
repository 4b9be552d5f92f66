/** A pictures service on a real store, with calls to Feishu that count. */

import type { Picture, PictureSource } from '../../src/domain.ts';
import { FeishuError, type FeishuErrorKind } from '../../src/errors.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createImages, type ImagesDeps } from '../../src/services/images.ts';
import { plain } from '../images/samples.ts';
import { fakeClock } from './fakeClock.ts';
import { memoryLog } from './memoryLog.ts';
import { tempStore } from './tempStore.ts';

export const samplePng = await plain('png', 12, 12);

export const inTicket = (messageId: string, index?: number): PictureSource => ({
  kind: 'ticket',
  ticketId: '123',
  messageIds: [messageId],
  index,
});
/** `m0`, `m1` and so on. */
export const many = (count: number): PictureSource[] =>
  Array.from({ length: count }, (_, n) => inTicket(`m${n}`));
export const feishu = (kind: FeishuErrorKind, code?: number) =>
  new FeishuError({ kind, code, endpoint: 'ticketImage' });
export const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Upload {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly mime: string;
}

export async function pictureSetup(change: Partial<ImagesDeps> = {}) {
  const clock = fakeClock();
  const store = await tempStore(clock);
  const metrics = createMetrics();
  const { log, lines } = memoryLog();
  const asked: string[] = [];
  const uploads: Upload[] = [];
  const deps: ImagesDeps = {
    ticketImage: async () => samplePng,
    faqImage: async () => samplePng,
    ownImage: async () => samplePng,
    uploadImage: async () => `img_${uploads.length}`,
    records: store.records,
    clock,
    log,
    metrics,
    ...change,
  };
  const images = createImages({
    ...deps,
    ticketImage: (image, options) => {
      asked.push(image.messageId);
      return deps.ticketImage(image, options);
    },
    uploadImage: (bytes, file, priority) => {
      uploads.push({ bytes, ...file });
      return deps.uploadImage(bytes, file, priority);
    },
  });
  return {
    clock,
    lines,
    asked,
    uploads,
    images,
    deps,
    outcomes: async () =>
      Object.fromEntries((await metrics.pictures.get()).values.map((v) => [v.labels.outcome, v.value])),
  };
}

/** Every list that came, the last one last. */
export async function all(list: AsyncIterable<readonly Picture[]>): Promise<(readonly Picture[])[]> {
  const lists: (readonly Picture[])[] = [];
  for await (const pictures of list) lists.push(pictures);
  return lists;
}
export const last = async (list: AsyncIterable<readonly Picture[]>) => (await all(list)).at(-1);

/** The key of a picture, why it failed, or `loading`. */
export function stateOf(picture: Picture | undefined): string | undefined {
  if (picture?.state === 'ready') return picture.imageKey;
  return picture?.state === 'failed' ? picture.reason : picture?.state;
}

/** What becomes of one picture. */
export async function one(change: Partial<ImagesDeps>, source: PictureSource = inTicket('m')) {
  const parts = await pictureSetup(change);
  const [picture] = (await last(parts.images.load([source]))) ?? [];
  return { ...parts, state: stateOf(picture) };
}
