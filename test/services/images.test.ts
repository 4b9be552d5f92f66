import { describe, expect, it } from 'vitest';
import type { Picture, PictureSource } from '../../src/domain.ts';
import { createImages, type ImagesDeps, parallelCount } from '../../src/services/images.ts';
import { pictureMemory } from '../../src/services/pictureWay.ts';
import { type Records, StoreUnavailable } from '../../src/store/store.ts';
import {
  all,
  feishu,
  inTicket,
  last,
  many,
  one,
  pictureSetup,
  samplePng,
  stateOf,
  turn,
} from '../support/pictures.ts';

const dayMs = 86_400_000;

describe('failures', () => {
  const fails = (error: unknown) => () => Promise.reject(error);

  it('cost their picture only, and stand in its place', async () => {
    const sources = many(5);
    const { images } = await pictureSetup({
      ticketImage: async ({ messageId }) => {
        if (messageId === 'm1') throw feishu('deleted', 154404);
        if (messageId === 'm3') return Buffer.from('no picture');
        return samplePng;
      },
    });
    const pictures = await last(images.load(sources));
    expect(pictures?.map(({ source }) => source)).toEqual(sources);
    expect(pictures?.map(stateOf)).toEqual(['img_1', 'deleted', 'img_1', 'unreadable', 'img_1']);
  });

  it('are tried again next time, but for deleted ones, which rest a day', async () => {
    let error: Error | undefined = feishu('passing');
    const { images, asked, clock } = await pictureSetup({
      ticketImage: async () => {
        if (error !== undefined) throw error;
        return samplePng;
      },
    });
    const load = async () => (await last(images.load([inTicket('m')])))?.map(stateOf);
    expect(await load()).toEqual(['unavailable']);
    error = feishu('deleted', 154404);
    expect(await load()).toEqual(['deleted']);
    error = undefined;
    expect(await images.known([inTicket('m')])).toMatchObject([{ state: 'failed', reason: 'deleted' }]);
    expect(await load()).toEqual(['deleted']);
    expect(asked).toHaveLength(2);
    await clock.advance(dayMs + 1_000);
    expect(await load()).toEqual(['img_1']);
    expect(asked).toHaveLength(3);
  });

  it('are logged by source and reason', async () => {
    const { lines } = await one({ ticketImage: fails(feishu('deleted', 154404)) }, inTicket('m', 2));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', source: 'ticket/123/m/2', reason: 'deleted', err: { code: 154404 } },
      { level: 'info', failedCount: 1, count: 1 },
    ]);
    const { lines: inside } = await one({ ticketImage: async () => Buffer.alloc(0) });
    expect(JSON.parse(inside[0] ?? '')).toMatchObject({ level: 'warn', reason: 'unreadable' });
  });
});

describe('the cache', () => {
  it('keeps serving a picture whose source is gone', async () => {
    let gone = false;
    const { images } = await pictureSetup({
      ticketImage: async () => {
        if (gone) throw feishu('deleted', 154404);
        return samplePng;
      },
    });
    const source = inTicket('m');
    await all(images.load([source]));
    gone = true;
    expect((await images.known([source])).map(stateOf)).toEqual(['img_1']);
    expect((await last(images.load([source])))?.map(stateOf)).toEqual(['img_1']);
  });

  it('knows a picture by its content, wherever it comes from, and after a restart', async () => {
    const { images, uploads, asked, deps } = await pictureSetup();
    expect((await last(images.load(many(20))))?.map(stateOf)).toEqual(Array(20).fill('img_1'));
    expect({ uploads: uploads.length, asked: asked.length }).toEqual({ uploads: 1, asked: 20 });
    await images.settle();
    const restarted = createImages({
      ...deps,
      uploadImage: () => Promise.reject(new Error('uploaded twice')),
    });
    expect((await last(restarted.load([{ kind: 'faq', faqId: '1', imageKey: 'k' }])))?.map(stateOf)).toEqual([
      'img_1',
    ]);
  });

  it('remembers for 180 days', async () => {
    const { images, clock, uploads } = await pictureSetup();
    await all(images.load([inTicket('m')]));
    await clock.advance(179 * dayMs);
    expect((await images.known([inTicket('m')])).map(stateOf)).toEqual(['img_1']);
    await clock.advance(2 * dayMs);
    expect((await images.known([inTicket('m')])).map(stateOf)).toEqual(['loading']);
    await all(images.load([inTicket('m')]));
    expect(uploads).toHaveLength(2);
  });

  it('tells places in a message, messages, tickets and kinds apart', async () => {
    const { images } = await pictureSetup();
    await all(images.load([inTicket('m', 0)]));
    const others: PictureSource[] = [
      inTicket('m'),
      inTicket('m', 1),
      inTicket('n', 0),
      { kind: 'ticket', ticketId: '124', messageIds: ['m'], index: 0 },
      { kind: 'faq', faqId: '123', imageKey: 'm' },
      { kind: 'chat', messageId: '123', imageKey: 'm' },
    ];
    expect((await images.known([...others, inTicket('m', 0)])).map(stateOf)).toEqual([
      ...Array(6).fill('loading'),
      'img_1',
    ]);
  });

  it('that is away makes no picture fail', async () => {
    const away = () => Promise.reject(new StoreUnavailable('away'));
    const records: Records = { get: away, getMany: away, put: away, delete: away, list: away };
    const { images, lines } = await pictureSetup({ records });
    expect((await images.known([inTicket('m')])).map(stateOf)).toEqual(['loading']);
    expect((await last(images.load([inTicket('m')])))?.map(stateOf)).toEqual(['img_1']);
    expect(lines.some((line) => line.includes('the cache of pictures cannot be used'))).toBe(true);
  });
});

describe('under way', () => {
  /** Downloads that wait until the test lets them go. */
  function gated(content: (messageId: string) => Buffer = () => samplePng) {
    const waiting = new Map<string, () => void>();
    const ticketImage: ImagesDeps['ticketImage'] = ({ messageId }) =>
      new Promise((resolve) => {
        waiting.set(messageId, () => resolve(content(messageId)));
      });
    const until = async (count: number) => {
      while (waiting.size < count) await turn();
      for (let n = 0; n < 20; n += 1) await turn();
    };
    const let_ = (messageId: string) => {
      waiting.get(messageId)?.();
      waiting.delete(messageId);
    };
    return { ticketImage, waiting, until, let: let_ };
  }

  it('one picture is fetched once, whoever asks', async () => {
    const gate = gated();
    const { images, asked, uploads } = await pictureSetup({ ticketImage: gate.ticketImage });
    const lists = Promise.all([1, 2, 3].map(() => last(images.load([inTicket('m0'), inTicket('m0')]))));
    await gate.until(1);
    gate.let('m0');
    for (const pictures of await lists) expect(pictures?.map(stateOf)).toEqual(['img_1', 'img_1']);
    expect({ asked, uploads: uploads.length }).toEqual({ asked: ['m0'], uploads: 1 });
  });

  it('one content is uploaded once, though it arrives from many places at a time', async () => {
    const gate = gated();
    const { images, uploads } = await pictureSetup({ ticketImage: gate.ticketImage });
    const list = last(images.load(many(4)));
    await gate.until(4);
    for (const source of ['m0', 'm1', 'm2', 'm3']) gate.let(source);
    expect((await list)?.map(stateOf)).toEqual(Array(4).fill('img_1'));
    expect(uploads).toHaveLength(1);
  });

  it('each change is told, with the rest still loading, in the order of the sources', async () => {
    const gate = gated();
    const { images } = await pictureSetup({ ticketImage: gate.ticketImage });
    const list = images.load(many(3))[Symbol.asyncIterator]();
    const lists: (readonly Picture[])[] = [];
    const states = async () => {
      const pictures: readonly Picture[] = (await list.next()).value ?? [];
      lists.push(pictures);
      return pictures.map(stateOf);
    };
    const first = states();
    await gate.until(3);
    gate.let('m2');
    expect(await first).toEqual(['loading', 'loading', 'img_1']);
    const second = states();
    gate.let('m0');
    expect(await second).toEqual(['img_1', 'loading', 'img_1']);
    const third = states();
    gate.let('m1');
    expect(await third).toEqual(['img_1', 'img_1', 'img_1']);
    // A list that was told does not change afterwards.
    expect(lists[0]?.map(stateOf)).toEqual(['loading', 'loading', 'img_1']);
    expect((await list.next()).done).toBe(true);
  });

  it('a picture that another list brought meanwhile is not fetched again', async () => {
    const gate = gated((messageId) => Buffer.concat([samplePng, Buffer.from(messageId)]));
    const { images, asked, outcomes, clock } = await pictureSetup({
      ticketImage: gate.ticketImage,
      memory: { ...pictureMemory, usualBytes: 1 << 20 },
    });
    const late = many(parallelCount + 1);
    const list = last(images.load(late));
    await gate.until(parallelCount);
    const other = last(images.load(late.slice(-1)));
    await gate.until(parallelCount + 1);
    gate.let(`m${parallelCount}`);
    expect((await other)?.map(stateOf)).toEqual([expect.stringMatching(/^img_/)]);
    // Long enough for it to be in storage and nowhere else.
    await clock.advance(1_000);
    await images.settle();
    for (const key of [...gate.waiting.keys()]) gate.let(key);
    expect((await list)?.every(({ state }) => state === 'ready')).toBe(true);
    expect(asked).toHaveLength(parallelCount + 1);
    expect(await outcomes()).toEqual({ uploaded: parallelCount + 1, cached: 1 });
  });

  it('a picture that came while the storage was asked is not fetched again', async () => {
    const { deps } = await pictureSetup();
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    let askedCount = 0;
    const records: Records = {
      ...deps.records,
      async getMany(kind, keys) {
        const found = await deps.records.getMany(kind, keys);
        askedCount += 1;
        // Of the first list: its keys, and then what was deleted.
        if (askedCount === 2) await answered;
        return found;
      },
    };
    const { images, asked } = await pictureSetup({ records });
    const first = last(images.load([inTicket('m')]));
    while (askedCount < 2) await turn();
    await all(images.load([inTicket('m')]));
    answer();
    expect((await first)?.map(stateOf)).toEqual(['img_1']);
    expect(asked).toEqual(['m']);
  });

  it('what changes while nobody asks comes in one list', async () => {
    const { images } = await pictureSetup();
    const list = images.load(many(30))[Symbol.asyncIterator]();
    await list.next();
    while ((await images.known(many(30))).some(({ state }) => state === 'loading')) await turn();
    for (let n = 0; n < 20; n += 1) await turn();
    expect((await list.next()).value?.map(stateOf)).toEqual(Array(30).fill('img_1'));
    expect((await list.next()).done).toBe(true);
  });

  it('nothing to load is one list at once', async () => {
    const { images } = await pictureSetup();
    expect(await all(images.load([]))).toEqual([[]]);
  });

  it('a list that is abandoned begins no more pictures and breaks none of others', async () => {
    const gate = gated();
    const { images, asked } = await pictureSetup({
      ticketImage: gate.ticketImage,
      memory: { ...pictureMemory, usualBytes: 1 << 20 },
    });
    const abandoned = images.load(many(20))[Symbol.asyncIterator]();
    const first = abandoned.next();
    await gate.until(parallelCount);
    gate.let('m0');
    await first;
    await abandoned.return?.();
    const other = last(images.load([inTicket('m1')]));
    const begun = asked.length;
    for (const key of [...gate.waiting.keys()]) gate.let(key);
    expect((await other)?.map(stateOf)).toEqual(['img_1']);
    for (let n = 0; n < 50; n += 1) await turn();
    expect(asked.length).toBe(begun);
    expect(asked.length).toBeLessThanOrEqual(parallelCount + 1);
  });

  it('no more than twelve pictures of a list at a time', async () => {
    let now = 0;
    let peak = 0;
    const { images } = await pictureSetup({
      memory: { ...pictureMemory, usualBytes: 1 << 20 },
      ticketImage: async ({ messageId }) => {
        now += 1;
        peak = Math.max(peak, now);
        for (let n = 0; n < 5; n += 1) await turn();
        now -= 1;
        return Buffer.concat([samplePng, Buffer.from(messageId)]);
      },
    });
    await all(images.load(many(40)));
    expect(peak).toBe(parallelCount);
  });
});
