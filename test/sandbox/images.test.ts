import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, callerOf } from './caller.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

let nowMs = Date.now();
let sandbox: Sandbox;
let api: Caller;

beforeAll(async () => {
  sandbox = await startSandbox({ now: () => (nowMs += 50) });
  api = await callerOf(sandbox);
});
afterAll(() => sandbox.close());

const draw = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#abc' } });
/** The first bytes of a picture that claims a size; the rest is never read. */
const gifOf = (width: number, height: number) => {
  const bytes = Buffer.from('GIF89a\0\0\0\0\0\0\0;', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
};
const bmpOf = (width: number, height: number) => {
  const bytes = Buffer.alloc(64);
  bytes.write('BM');
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  return bytes;
};

describe('an upload', () => {
  it.each([
    ['png', () => draw(20, 10).png().toBuffer(), 'image/png'],
    ['jpeg', () => draw(20, 10).jpeg().toBuffer(), 'image/jpeg'],
    ['webp', () => draw(20, 10).webp().toBuffer(), 'image/webp'],
    ['gif', () => draw(20, 10).gif().toBuffer(), 'image/gif'],
    ['tiff', () => draw(20, 10).tiff().toBuffer(), 'image/tiff'],
    ['bmp', () => bmpOf(20, 10), 'image/bmp'],
  ])('of %s is known by its bytes and comes back unchanged', async (_name, make, contentType) => {
    const bytes = await make();
    const { code, data } = await api.upload(bytes, 'message', 'wrong-name.txt');
    expect(code).toBe(0);
    const key = String(data['image_key']);
    expect(key).toMatch(/^img_v3_/);
    expect(sandbox.world.images.get(key)).toMatchObject({ contentType, widthPx: 20, heightPx: 10 });
    expect((await api.get(`/im/v1/images/${key}`)).bytes.equals(bytes)).toBe(true);
    expect(sandbox.ledger.callsTo('imageUpload').at(-1)).toMatchObject({
      made: key,
      body: { image_type: 'message', image: { bytes: bytes.length, filename: 'wrong-name.txt' } },
    });
  });

  it.each([
    ['nothing', () => Buffer.alloc(0), 'message', 234010],
    ['words', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'message', 234011],
    ['a broken picture', () => Buffer.from('89504e470d0a1a0a', 'hex'), 'message', 234011],
    ['over 10 MB', () => Buffer.concat([gifOf(10, 10), Buffer.alloc(10 * 1024 * 1024)]), 'message', 234006],
    ['a GIF over 2000 px', () => gifOf(2_001, 10), 'message', 234039],
    ['over 12000 px', () => bmpOf(12_001, 10), 'message', 234039],
    ['an avatar over 4096 px', () => bmpOf(4_097, 10), 'avatar', 234039],
    ['another type', () => gifOf(10, 10), 'picture', 234001],
  ])('of %s is refused', async (_name, make, imageType, code) => {
    expect(await api.upload(make(), imageType)).toMatchObject({ status: 400, code });
  });

  it('up to the limits is taken', async () => {
    expect((await api.upload(gifOf(2_000, 2_000))).code).toBe(0);
    expect((await api.upload(bmpOf(12_000, 12_000))).code).toBe(0);
    expect((await api.upload(Buffer.concat([gifOf(1, 1), Buffer.alloc(10 * 1024 * 1024 - 14)]))).code).toBe(
      0,
    );
  });

  it('needs a filename, or the part is no file', async () => {
    const form = new FormData();
    form.set('image_type', 'message');
    form.set('image', 'bytes without a name');
    const response = await fetch(`${sandbox.url}/open-apis/im/v1/images`, {
      method: 'POST',
      headers: api.headers,
      body: form,
    });
    expect(await response.json()).toMatchObject({ code: 234001 });
  });
});

describe('a download', () => {
  it('knows deleted, foreign and unknown pictures', async () => {
    const key = String((await api.upload(gifOf(1, 1))).data['image_key']);
    const image = sandbox.world.images.get(key);
    if (image === undefined) throw new Error('not uploaded');
    image.byThisApp = false;
    expect((await api.get(`/im/v1/images/${key}`)).code).toBe(234008);
    image.deleted = true;
    expect((await api.get(`/im/v1/images/${key}`)).code).toBe(234005);
    expect((await api.get('/im/v1/images/img_none')).code).toBe(234001);
  });

  it('of what a person sent needs the message that holds it', async () => {
    const { messageId } = await sandbox.say({
      chat: 'IT 服务台',
      person: '林晓',
      messageType: 'image',
      content: { image_key: 'img_1' },
    });
    const bytes = gifOf(3, 3);
    sandbox.world.resources.set(`${messageId}/img_1`, {
      bytes: () => bytes,
      contentType: 'image/gif',
      deleted: false,
    });
    const path = (key: string, type: string) => `/im/v1/messages/${messageId}/resources/${key}?type=${type}`;
    expect((await api.get(path('img_1', 'image'))).bytes.equals(bytes)).toBe(true);
    expect((await api.get(path('img_2', 'image'))).code).toBe(234003);
    expect((await api.get(path('img_1', 'picture'))).code).toBe(234001);
    sandbox.world.chat('IT 服务台').botIn = false;
    expect((await api.get(path('img_1', 'image'))).code).toBe(234004);
  });
});
