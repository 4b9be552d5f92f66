import { describe, expect, it } from 'vitest';
import type { ImagesDeps } from '../../src/services/images.ts';
import { type Records, StoreUnavailable } from '../../src/store/store.ts';
import { feishu, inTicket, last, many, pictureSetup, samplePng, stateOf } from '../support/pictures.ts';

/** Feishu with pictures that can get lost: at their source, and as the bot has uploaded them. */
async function setup(change: Partial<ImagesDeps> = {}) {
  const goneSources = new Set<string>();
  const goneKeys = new Set<string>();
  const checked: { readonly imageKey: string; readonly maxBytes: number }[] = [];
  const parts = await pictureSetup({
    ticketImage: async ({ messageId }) => {
      if (goneSources.has(messageId)) throw feishu('deleted', 154404);
      // `twin…` are the same picture.
      return Buffer.concat([samplePng, Buffer.from(messageId.replace(/^twin.*/, 'twin'))]);
    },
    ownImage: async (imageKey, { maxBytes }) => {
      checked.push({ imageKey, maxBytes });
      if (goneKeys.has(imageKey)) throw feishu('deleted', 234005);
      if (maxBytes < samplePng.byteLength) throw feishu('bad_picture');
      return Buffer.concat([samplePng, Buffer.from(`own ${imageKey}`)]);
    },
    ...change,
  });
  const load = async (...ids: string[]): Promise<readonly (string | undefined)[]> =>
    ((await last(parts.images.load(ids.map((id) => inTicket(id))))) ?? []).map(stateOf);
  const known = async (...ids: string[]): Promise<readonly (string | undefined)[]> =>
    (await parts.images.known(ids.map((id) => inTicket(id)))).map(stateOf);
  const renew = async (...keys: string[]) => Object.fromEntries(await parts.images.renew(keys));
  return { ...parts, goneSources, goneKeys, checked, load, known, renew };
}

describe('the pictures of a refused card', () => {
  it('are each checked with one byte, and made again only where they are gone', async () => {
    const { load, known, renew, goneKeys, checked, uploads } = await setup();
    expect(await load('a', 'b', 'c')).toEqual(['img_1', 'img_2', 'img_3']);
    goneKeys.add('img_2');
    expect(await renew('img_1', 'img_2', 'img_3')).toEqual({ img_2: 'img_4' });
    expect(checked).toEqual(['img_1', 'img_2', 'img_3'].map((imageKey) => ({ imageKey, maxBytes: 1 })));
    expect(uploads).toHaveLength(4);
    expect(await known('a', 'b', 'c')).toEqual(['img_1', 'img_4', 'img_3']);
  });

  it('are mended for all messages with the same picture, by one upload', async () => {
    const { load, known, renew, goneKeys, uploads } = await setup();
    expect(await load('twin1', 'twin2', 'other')).toEqual(['img_1', 'img_1', 'img_2']);
    goneKeys.add('img_1');
    expect(await renew('img_1', 'img_1', 'img_2')).toEqual({ img_1: 'img_3' });
    expect(await known('twin1', 'twin2', 'other')).toEqual(['img_3', 'img_3', 'img_2']);
    expect(await load('twin3')).toEqual(['img_3']);
    expect(uploads).toHaveLength(3);
  });

  it('are forgotten when they are lost, also by a message that came to show one in that moment', async () => {
    let meanwhile = async (): Promise<unknown> => undefined;
    const { load, known, renew, goneSources } = await setup({
      ownImage: async (_imageKey, { maxBytes }) => {
        if (maxBytes > 1) await meanwhile();
        throw feishu('deleted', 234005);
      },
    });
    await load('twin1');
    goneSources.add('twin1');
    meanwhile = () => load('twin2');
    expect(await renew('img_1')).toEqual({ img_1: undefined });
    expect(await known('twin2')).toEqual(['loading']);
  });

  it('are mended once for all cards that show them, and for those that are sent later', async () => {
    const { load, renew, goneKeys, checked, uploads } = await setup();
    await load('a');
    goneKeys.add('img_1');
    expect(await Promise.all([renew('img_1'), renew('img_1')])).toEqual([
      { img_1: 'img_2' },
      { img_1: 'img_2' },
    ]);
    checked.length = 0;
    expect(await renew('img_1')).toEqual({ img_1: 'img_2' });
    expect({ uploads: uploads.length, checked }).toEqual({ uploads: 2, checked: [] });
  });

  it('are all made again when Feishu says that all are there', async () => {
    const { load, renew } = await setup();
    await load('a', 'b');
    expect(await renew('img_1', 'img_2')).toEqual({ img_1: 'img_3', img_2: 'img_4' });
  });

  it('come from the bot’s own upload when their source was deleted', async () => {
    const { load, known, renew, goneSources, uploads } = await setup();
    await load('a');
    goneSources.add('a');
    expect(await renew('img_1')).toEqual({ img_1: 'img_2' });
    expect(Buffer.from(uploads[1]?.bytes ?? []).includes('own img_1')).toBe(true);
    expect(await known('a')).toEqual(['img_2']);
  });

  it('come from another message when one was deleted', async () => {
    const { load, renew, goneSources, goneKeys } = await setup();
    await load('twin1');
    await load('twin2');
    goneSources.add('twin2');
    goneKeys.add('img_1');
    expect(await renew('img_1')).toEqual({ img_1: 'img_2' });
  });

  it('that are gone everywhere are lost, and said to be deleted from then on', async () => {
    const { load, known, renew, goneSources, goneKeys } = await setup();
    await load('a', 'b');
    goneSources.add('a');
    goneKeys.add('img_1');
    expect(await renew('img_1', 'img_2')).toEqual({ img_1: undefined });
    expect(await known('a', 'b')).toEqual(['deleted', 'img_2']);
  });

  it('that cannot be fetched now are fetched next time', async () => {
    let away = false;
    const { load, known, renew, goneKeys } = await setup({
      ticketImage: async () => {
        if (away) throw feishu('passing');
        return samplePng;
      },
    });
    await load('a');
    away = true;
    goneKeys.add('img_1');
    expect(await renew('img_1')).toEqual({ img_1: undefined });
    expect(await known('a')).toEqual(['loading']);
    away = false;
    expect(await load('a')).toEqual(['img_2']);
  });

  it('keep their keys when they are there and cannot be made again', async () => {
    const { load, known, renew } = await setup({
      ownImage: async (_key, { maxBytes }) => {
        throw maxBytes === 1 ? feishu('passing') : feishu('deleted', 234005);
      },
      ticketImage: async () => samplePng,
      uploadImage: (() => {
        let count = 0;
        return async () => {
          count += 1;
          if (count > 1) throw feishu('passing');
          return 'img_1';
        };
      })(),
    });
    await load('a');
    expect(await renew('img_1')).toEqual({});
    expect(await known('a')).toEqual(['img_1']);
  });

  it('that nobody remembers are lost when they are gone, and left alone when not', async () => {
    const { renew, goneKeys } = await setup();
    goneKeys.add('img_old');
    expect(await renew('img_old', 'img_there')).toEqual({ img_old: undefined });
    expect(await renew('img_there')).toEqual({});
    expect(await renew()).toEqual({});
  });

  it('do no harm when the cache is away', async () => {
    const away = () => Promise.reject(new StoreUnavailable('away'));
    const records: Records = { get: away, getMany: away, put: away, delete: away, list: away };
    const { renew, goneKeys } = await setup({ records });
    goneKeys.add('img_1');
    expect(await renew('img_1', 'img_2')).toEqual({ img_1: undefined });
  });
});

it('has room for many at a time', async () => {
  const { images, goneKeys } = await setup();
  const keys = ((await last(images.load(many(40)))) ?? []).map((picture) => stateOf(picture) ?? '');
  for (const key of keys) goneKeys.add(key);
  const renewed = await images.renew(keys);
  expect(new Set(renewed.values()).size).toBe(40);
});
