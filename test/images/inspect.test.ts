import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/images/inspect.ts';
import { bmp, heic, ico, plain, pngHead } from './samples.ts';

const unreadable = { ok: false, reason: 'unreadable' };
const text = (value: string) => Buffer.from(value);
const zip = Buffer.from('PK\x03\x04 and so on', 'latin1');

describe('pictures', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)('%s', async (type) => {
    const file = await plain(type, 31, 17);
    expect(await inspect(file)).toEqual({ ok: true, type, widthPx: 31, heightPx: 17 });
    // Not every array is a Buffer, or begins where its memory begins.
    const inside = new Uint8Array(file.length + 9);
    inside.set(file, 5);
    expect(await inspect(inside.subarray(5, 5 + file.length))).toMatchObject({ ok: true, type });
  });

  it.each([
    ['bmp', bmp(640, 480), 640, 480],
    ['bmp', bmp(640, -480), 640, 480],
    ['ico', ico(48), 48, 48],
    ['ico', ico(256), 256, 256],
    ['heic', heic(4_032, 3_024), 4_032, 3_024],
  ])('%s', async (type, file, widthPx, heightPx) => {
    expect(await inspect(file)).toEqual({ ok: true, type, widthPx, heightPx });
  });

  it('lossless and transparent WebP, and PNG that moves', async () => {
    const lossless = await sharp(await plain('png', 20, 10, 0.5))
      .webp({ lossless: true })
      .toBuffer();
    expect(await inspect(lossless)).toMatchObject({ type: 'webp', widthPx: 20, heightPx: 10 });
    const png = await plain('png', 20, 10);
    const control = Buffer.concat([Buffer.from('00000008', 'hex'), text('acTL'), Buffer.alloc(12)]);
    const moving = Buffer.concat([png.subarray(0, 33), control, png.subarray(33)]);
    expect(await inspect(moving)).toMatchObject({ type: 'png', widthPx: 20, heightPx: 10 });
  });

  it('however large they say they are, without decoding them', async () => {
    expect(await inspect(pngHead(60_000, 60_000))).toMatchObject({ widthPx: 60_000, heightPx: 60_000 });
    expect(await inspect(bmp(2_000_000, 2_000_000))).toMatchObject({ widthPx: 2_000_000 });
  });

  it('are what they begin with, whatever follows', async () => {
    const jpeg = await plain('jpeg', 8, 8);
    const html = text('<html><script>alert(1)</script></html>');
    expect(await inspect(Buffer.concat([jpeg, zip, html]))).toMatchObject({ ok: true, type: 'jpeg' });
    expect(await inspect(Buffer.concat([await plain('gif', 8, 8), html]))).toMatchObject({
      ok: true,
      type: 'gif',
    });
    expect(await inspect(Buffer.concat([zip, jpeg]))).toEqual(unreadable);
  });
});

describe('what is no picture', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0xff])],
    ['JSON', text('{"code":154404,"msg":"deleted"}')],
    ['HTML', text('<!DOCTYPE html><html></html>')],
    ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    [
      'SVG behind an XML head',
      text(
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg width="9" height="9"/>',
      ),
    ],
    [
      'text that begins with BM',
      text('BMW is a make of cars, and this is a text about it that is long enough.'),
    ],
    ['a bitmap without a width', bmp(0, 5)],
    ['PDF', text('%PDF-1.7 ...')],
    ['ZIP', zip],
    ['gzip of a picture', gzipSync(text('\x89PNG'))],
    ['a cursor', Buffer.from('0000020001002020', 'hex')],
    ['a film', Buffer.concat([text('\0\0\0\x18ftypisom'), Buffer.alloc(40)])],
    ['AVIF', Buffer.concat([text('\0\0\0\x18ftypavif'), Buffer.alloc(40)])],
    ['JPEG XL', Buffer.from('ff0a0000000000000000000000', 'hex')],
    ['only the first bytes of a PNG', text('\x89PNG\r\n\x1a\n')],
    [
      'a PNG without a size',
      Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(24)]),
    ],
    ['a JPEG without a frame', Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(400)])],
    ['an icon of no pictures', Buffer.from('000001000000', 'hex')],
    [
      'an icon of no pictures, with more behind it',
      Buffer.concat([Buffer.from('000001000000', 'hex'), Buffer.alloc(60, 5)]),
    ],
    ['a bitmap that is cut short in memory that goes on', bmp(640, 480).subarray(0, 20)],
    ['HEIC without its boxes', Buffer.concat([text('\0\0\0\x18ftypheic'), Buffer.alloc(40)])],
  ])('%s', async (_name, file) => {
    expect(await inspect(file)).toEqual(unreadable);
  });

  it('a file of thousands of parts is not gone through, whatever it calls itself', async () => {
    const parts = Buffer.alloc(600_000);
    const png = Buffer.concat([pngHead(64, 64), parts]);
    const tiff = Buffer.concat([Buffer.from('49492a0008000000ffff', 'hex'), parts]);
    for (const [file, type] of [
      [png, 'png'],
      [tiff, undefined],
    ] as const) {
      let verdict: Awaited<ReturnType<typeof inspect>> | undefined;
      void inspect(file).then((told) => {
        verdict = told;
      });
      for (let turn = 0; turn < 100; turn += 1) await undefined;
      expect(verdict).toMatchObject(type === undefined ? unreadable : { ok: true, type });
    }
  });

  it('a JPEG of thousands of empty segments, unlike one of a few hundred', async () => {
    const jpeg = await plain('jpeg', 8, 8);
    const empty = Buffer.from('ffe10002', 'hex');
    const padded = (count: number) =>
      Buffer.concat([jpeg.subarray(0, 2), ...Array<Buffer>(count).fill(empty), jpeg.subarray(2)]);
    expect(await inspect(padded(300))).toMatchObject({ ok: true, widthPx: 8, heightPx: 8 });
    expect(await inspect(padded(3_000))).toEqual(unreadable);
  });

  it('a HEIC file that says its size half a million times, which would take hours to search', async () => {
    expect(await inspect(heic(10, 10, 500_000))).toEqual(unreadable);
  });
});

describe('law', () => {
  it('any bytes give a verdict', async () => {
    const openings = [
      'ffd8ff',
      '89504e470d0a1a0a',
      '524946460000000057454250',
      '474946383961',
      '424d',
      '00000100',
      '49492a00',
      '4d4d002a',
      '49492b00',
      '0000001866747970',
    ];
    const heads = fc.constantFrom('', ...openings, ...openings).map((hex) => Buffer.from(hex, 'hex'));
    await fc.assert(
      fc.asyncProperty(heads, fc.uint8Array({ maxLength: 400 }), async (head, rest) => {
        const verdict = await inspect(Buffer.concat([head, rest]));
        if (verdict.ok) expect(verdict.widthPx * verdict.heightPx).toBeGreaterThan(0);
        else expect(verdict).toEqual(unreadable);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a picture with any byte changed or cut anywhere gives a verdict', async () => {
    const files = [
      ...(await Promise.all(
        (['jpeg', 'png', 'webp', 'gif', 'tiff'] as const).map((type) => plain(type, 9, 9)),
      )),
      heic(9, 9),
      bmp(9, 9),
      ico(9),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.nat(),
        async (file, at, byte, cut) => {
          const changed = Buffer.from(file.subarray(0, 1 + (cut % file.length)));
          changed[at % changed.length] = byte;
          expect(await inspect(changed)).toMatchObject({ ok: expect.any(Boolean) });
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
