import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PictureSource } from '../../src/domain.ts';
import type { ImagesDeps } from '../../src/services/images.ts';
import { pictureMemory } from '../../src/services/pictureWay.ts';
import { bmp, noise, plain, pngHead } from '../images/samples.ts';
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

describe('a new picture', () => {
  it('is downloaded, uploaded unchanged, and known from then on', async () => {
    const { images, uploads, asked, outcomes } = await pictureSetup();
    const source = inTicket('m1', 0);
    expect(await images.known([source])).toEqual([{ state: 'loading', source }]);
    expect(await all(images.load([source]))).toEqual([[{ state: 'ready', source, imageKey: 'img_1' }]]);
    expect(uploads).toEqual([{ bytes: samplePng, fileName: 'image.png', mime: 'image/png' }]);
    expect(await images.known([source])).toEqual([{ state: 'ready', source, imageKey: 'img_1' }]);
    expect(await all(images.load([source]))).toEqual([[{ state: 'ready', source, imageKey: 'img_1' }]]);
    expect(asked).toEqual(['m1']);
    expect(await outcomes()).toEqual({ uploaded: 1, cached: 1 });
  });

  it.each([
    ['an image message sends no index', undefined],
    ['a post sends it', 0],
    ['a later place in a post', 3],
  ])('%s', async (_name, index) => {
    const calls: unknown[] = [];
    const ticketImage: ImagesDeps['ticketImage'] = async (image, { maxBytes }) => {
      calls.push({ ...image, maxBytes });
      return samplePng;
    };
    await one({ ticketImage }, inTicket('m', index));
    expect(calls).toEqual([{ ticketId: '123', messageId: 'm', index, maxBytes: pictureMemory.largestBytes }]);
  });

  it('is named by what it is', async () => {
    const { uploads, state } = await one({
      ticketImage: async () => Buffer.concat([await plain('gif', 12, 12), Buffer.from('PK\x03\x04')]),
    });
    expect(state).toBe('img_1');
    expect(uploads).toMatchObject([{ fileName: 'image.gif', mime: 'image/gif' }]);
  });

  it('may come from the knowledge base or a chat', async () => {
    const faq: PictureSource = { kind: 'faq', faqId: '7', imageKey: 'k' };
    const chat: PictureSource = { kind: 'chat', messageId: 'om_1', imageKey: 'k' };
    const calls: string[] = [];
    const read = (from: string) => async (id: string, key: string) => {
      calls.push(`${from} ${id} ${key}`);
      return samplePng;
    };
    const { images } = await pictureSetup({ faqImage: read('faq'), chatImage: read('chat') });
    expect((await last(images.load([faq, chat])))?.map(stateOf)).toEqual(['img_1', 'img_1']);
    expect(calls.sort()).toEqual(['chat om_1 k', 'faq 7 k']);
    expect((await one({}, chat)).state).toBe('unavailable');
  });

  it('that is too wide is uploaded smaller', async () => {
    const wide = await plain('jpeg', 12_010, 12);
    const { uploads, state } = await one({ ticketImage: async () => wide });
    expect(state).toBe('img_1');
    expect(uploads[0]?.fileName).toBe('image.jpg');
    expect(uploads[0]?.bytes).not.toEqual(wide);
  });

  it('of more than 10 MB is asked for once, and uploaded smaller', async () => {
    const large = await noise(2_400, 1_800).png({ compressionLevel: 0 }).toBuffer();
    const caps: number[] = [];
    const ticketImage: ImagesDeps['ticketImage'] = async (_image, { maxBytes }) => {
      caps.push(maxBytes);
      if (large.byteLength > maxBytes) throw feishu('bad_picture');
      return large;
    };
    const { uploads, state } = await one({ ticketImage });
    expect(state).toBe('img_1');
    expect(caps).toEqual([pictureMemory.largestBytes]);
    expect(uploads[0]?.bytes.byteLength).toBeLessThan(10_485_760);
  });
});

describe('the ids of a message', () => {
  const source: PictureSource = { kind: 'ticket', ticketId: '123', messageIds: ['a', 'b', 'c'], index: 0 };
  const answering = (answers: Record<string, Error | Buffer>): ImagesDeps['ticketImage'] => {
    return async ({ messageId }) => {
      const answer = answers[messageId];
      if (answer === undefined || answer instanceof Error) throw answer ?? feishu('not_found', 154004);
      return answer;
    };
  };

  it('are tried in their order until one is known', async () => {
    const { asked, state } = await one({ ticketImage: answering({ b: samplePng }) }, source);
    expect({ asked, state }).toEqual({ asked: ['a', 'b'], state: 'img_1' });
  });

  it('the next is tried only when one is unknown', async () => {
    const { asked, state } = await one(
      { ticketImage: answering({ a: feishu('deleted', 154404), b: samplePng }) },
      source,
    );
    expect({ asked, state }).toEqual({ asked: ['a'], state: 'deleted' });
    const passing = await one({ ticketImage: answering({ a: feishu('passing'), b: samplePng }) }, source);
    expect(passing).toMatchObject({ asked: ['a'], state: 'unavailable' });
  });

  it('when none is known the picture cannot be shown now', async () => {
    const { asked, state, images } = await one({ ticketImage: answering({}) }, source);
    expect({ asked, state }).toEqual({ asked: ['a', 'b', 'c'], state: 'unavailable' });
    expect((await images.known([source])).map(stateOf)).toEqual(['loading']);
    expect((await one({}, { ...source, messageIds: [] })).state).toBe('unavailable');
  });
});

describe('failures', () => {
  const fails = (error: unknown) => () => Promise.reject(error);
  it.each([
    ['deleted', feishu('deleted', 154404), 'deleted'],
    ['forbidden', feishu('forbidden', 154003), 'unavailable'],
    ['a passing fault', feishu('passing', 155000), 'unavailable'],
    ['a limit', feishu('rate', 99991400), 'unavailable'],
    ['too many bytes', feishu('bad_picture'), 'too_large'],
    ['an unknown code', feishu('unknown', 1), 'unavailable'],
    ['anything else', new Error('socket hang up'), 'unavailable'],
  ])('of the download: %s', async (_name, error, reason) => {
    const { state, uploads, outcomes } = await one({ ticketImage: fails(error) });
    expect({ state, uploads }).toEqual({ state: reason, uploads: [] });
    expect(await outcomes()).toEqual({ [reason]: 1 });
  });

  it.each([
    ['too large', feishu('bad_picture', 234006), 'too_large'],
    ['too many pixels', feishu('bad_picture', 234039), 'too_large'],
    ['an unknown format', feishu('bad_picture', 234011), 'unreadable'],
    ['empty', feishu('bad_picture', 234010), 'unreadable'],
    ['Feishu is busy', feishu('passing', 232096), 'unavailable'],
    ['a scope is missing', feishu('scope', 99991672), 'unavailable'],
  ])('of the upload: %s', async (_name, error, reason) => {
    expect((await one({ uploadImage: fails(error) })).state).toBe(reason);
  });

  it.each([
    ['nothing', () => Buffer.alloc(0), 'unreadable'],
    ['JSON', () => Buffer.from('{"code":154404}'), 'unreadable'],
    ['HTML', () => Buffer.from('<!doctype html><html>'), 'unreadable'],
    ['SVG', () => Buffer.from('<svg width="5" height="5"/>'), 'unreadable'],
    ['text', () => Buffer.from('BM is how this text begins, and then it goes on'), 'unreadable'],
    ['a wide bitmap', () => bmp(12_001, 5), 'too_large'],
    ['too many pixels', () => pngHead(13_000, 13_000), 'too_large'],
    ['a broken wide picture', () => pngHead(13_000, 130), 'unreadable'],
    ['more bytes than were asked for', () => Buffer.alloc(pictureMemory.largestBytes + 1), 'too_large'],
  ])('of the content: %s', async (_name, make, reason) => {
    const { state, uploads } = await one({ ticketImage: async () => make() });
    expect({ state, uploads }).toEqual({ state: reason, uploads: [] });
  });
});

describe('memory', () => {
  const mebibyte = 1 << 20;
  const sum = (sizes: Iterable<number>) => [...sizes].reduce((total, size) => total + size, 0);

  it('its limits add up', () => {
    expect(pictureMemory.totalBytes).toBe(64 * mebibyte);
    expect(pictureMemory.largestBytes + pictureMemory.decodedBytes).toBeLessThan(pictureMemory.totalBytes);
    // More than a card shows at once, and more than a second of the limit takes with a round trip of 0.1 s.
    expect((pictureMemory.totalBytes - pictureMemory.decodedBytes) / pictureMemory.usualBytes).toBe(18);
  });

  it('never holds more than 64 MiB, however many and however large, and nothing waits for ever', async () => {
    const held = new Map<string, number>();
    let peak = 0;
    let asking = 0;
    let mostAsking = 0;
    const sizeOf = (messageId: string) => ((Number(messageId.slice(1)) * 7_919) % 100) * 100_000;
    const { images, uploads } = await pictureSetup({
      ticketImage: async ({ messageId }, { maxBytes, admit }) => {
        asking += 1;
        mostAsking = Math.max(mostAsking, asking);
        for (let n = 0; n < 3; n += 1) await turn();
        const known = samplePng.length + 8 + sizeOf(messageId);
        // Every third server does not say how large its file is.
        const largest = Number(messageId.slice(1)) % 3 === 0 ? maxBytes : known;
        await admit?.(largest);
        asking -= 1;
        held.set(messageId, largest);
        peak = Math.max(peak, sum(held.values()));
        for (let n = 0; n < 3; n += 1) await turn();
        held.set(messageId, known);
        return Buffer.concat([samplePng, Buffer.from(messageId)], known);
      },
      uploadImage: async (bytes) => {
        for (let n = 0; n < 5; n += 1) await turn();
        const messageId = Buffer.from(bytes.subarray(samplePng.length, samplePng.length + 8))
          .toString()
          .replaceAll('\0', '');
        held.delete(messageId);
        return `img_${messageId}`;
      },
    });
    const lists = [0, 1, 2].map((n) => last(images.load(many(40).slice(n * 12, n * 12 + 16))));
    const pictures = (await Promise.all(lists)).flat();
    expect(pictures.every((picture) => picture?.state === 'ready')).toBe(true);
    expect(uploads).toHaveLength(40);
    expect(peak).toBeLessThanOrEqual(pictureMemory.totalBytes - pictureMemory.decodedBytes);
    expect(peak).toBeGreaterThan(40 * mebibyte);
    expect(mostAsking).toBeLessThanOrEqual(18);
    expect(mostAsking).toBeGreaterThan(12);
  });

  it('is given back when the download breaks off while it waits for room', async () => {
    const { images } = await pictureSetup({
      memory: { totalBytes: 3_000, decodedBytes: 1_000, usualBytes: 500, largestBytes: 2_000 },
      ticketImage: async (_image, { admit }) => {
        await admit?.(2_000);
        throw feishu('passing');
      },
    });
    expect((await last(images.load(many(10))))?.map(stateOf)).toEqual(Array(10).fill('unavailable'));
  });

  it('is given back as soon as the size is known: the next download begins during the upload', async () => {
    let upload = (): void => undefined;
    const { images, asked } = await pictureSetup({
      memory: { totalBytes: 3_000, decodedBytes: 1_000, usualBytes: 1_500, largestBytes: 2_000 },
      ticketImage: async ({ messageId }) => Buffer.concat([samplePng, Buffer.from(messageId)]),
      uploadImage: () =>
        new Promise((resolve) => {
          const before = upload;
          upload = () => {
            before();
            resolve('img');
          };
        }),
    });
    const list = last(images.load(many(2)));
    while (asked.length < 2) await turn();
    for (let n = 0; n < 20; n += 1) await turn();
    upload();
    expect((await list)?.map(stateOf)).toEqual(['img', 'img']);
  });

  it('is given back whatever happens: with room for one picture, any mixture is served', async () => {
    const fates = fc.array(fc.constantFrom('good', 'deleted', 'too_large', 'text', 'no upload', 'twin'), {
      maxLength: 20,
    });
    const small = { totalBytes: 4_000, decodedBytes: 1_000, usualBytes: 2_000, largestBytes: 3_000 };
    await fc.assert(
      fc.asyncProperty(fates, async (list) => {
        const fateOf = (messageId: string) => list[Number(messageId.slice(1))];
        const { images } = await pictureSetup({
          memory: small,
          ticketImage: async ({ messageId }) => {
            await turn();
            switch (fateOf(messageId)) {
              case 'deleted':
                throw feishu('deleted', 154404);
              case 'too_large':
                throw feishu('bad_picture');
              case 'text':
                return Buffer.from('text');
              case 'twin':
                return samplePng;
              default:
                return Buffer.concat([samplePng, Buffer.from(`${messageId}${fateOf(messageId)}`)]);
            }
          },
          uploadImage: async (bytes) => {
            await turn();
            if (Buffer.from(bytes).includes('no upload')) throw feishu('passing');
            return 'img';
          },
        });
        const expected = { good: 'img', twin: 'img', text: 'unreadable', 'no upload': 'unavailable' };
        const pictures = (await last(images.load(many(list.length)))) ?? [];
        expect(pictures.map(stateOf)).toEqual(
          list.map((fate) => new Map(Object.entries(expected)).get(fate) ?? fate),
        );
        expect((await last(images.load([{ kind: 'faq', faqId: '1', imageKey: 'k' }])))?.map(stateOf)).toEqual(
          ['img'],
        );
      }),
      { numRuns: 15 },
    );
  });
});
