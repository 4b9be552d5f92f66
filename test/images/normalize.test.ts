import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/images/inspect.ts';
import { createNormalizer, fits, uploadLimits } from '../../src/images/normalize.ts';
import { bmp, heic, ico, noise, plain, pngHead } from './samples.ts';

const tooLarge = { ok: false, reason: 'too_large' };

async function normalize(file: Uint8Array, run = createNormalizer()) {
  const inspected = await inspect(file);
  if (!inspected.ok) throw new Error('the sample is no picture');
  return run(file, inspected);
}
/** What came out, as another reader sees it. */
async function read(normalized: Awaited<ReturnType<typeof normalize>>) {
  if (!normalized.ok) throw new Error(normalized.reason);
  const inspected = await inspect(normalized.bytes);
  if (!inspected.ok) throw new Error('no picture came out');
  expect(inspected.type).toBe(normalized.type);
  expect(fits(normalized.bytes.byteLength, inspected)).toBe(true);
  return { ...inspected, meta: await sharp(normalized.bytes).metadata(), bytes: normalized.bytes };
}

describe('pictures within the limits keep their bytes', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)('%s', async (type) => {
    const file = await plain(type, 40, 30);
    const normalized = await normalize(file);
    expect(normalized).toMatchObject({ ok: true, type });
    expect(normalized.ok && normalized.bytes === file).toBe(true);
  });

  it.each([
    ['a bitmap', () => bmp(12_000, 12_000)],
    ['an icon', () => ico(256)],
    ['HEIC', () => heic(12_000, 9_000)],
    ['a PNG at the limit', () => pngHead(12_000, 12_000)],
    ['a GIF at the limit', () => plain('gif', 2_000, 2_000)],
    ['10 MB exactly', async () => Buffer.concat([await plain('png', 9, 9)], uploadLimits.maxBytes)],
  ])('%s', async (_name, make) => {
    const file = await make();
    const normalized = await normalize(file);
    expect(normalized.ok && normalized.bytes === file).toBe(true);
  });
});

describe('pictures beyond the limits are written anew', () => {
  it('a GIF of 2001 pixels: its first frame', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#000000'].map((background) =>
        sharp({ create: { width: 2_001, height: 50, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(moving).metadata()).pages).toBe(2);
    const { widthPx, heightPx, meta, bytes } = await read(await normalize(moving));
    expect({ widthPx, heightPx, pages: meta.pages ?? 1 }).toEqual({ widthPx: 2_001, heightPx: 50, pages: 1 });
    expect((await sharp(bytes).stats()).channels[0]?.mean).toBeGreaterThan(200);
  });

  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)('%s that is too wide', async (type) => {
    const { widthPx, heightPx } = await read(
      await normalize(await plain(type, type === 'webp' ? 12_400 : 13_000, 200)),
    );
    expect(widthPx).toBe(12_000);
    expect(heightPx).toBeGreaterThan(180);
  });

  it('keeps what shines through', async () => {
    const { type, meta } = await read(await normalize(await plain('png', 12_001, 20, 0.4)));
    expect({ type, hasAlpha: meta.hasAlpha }).toEqual({ type: 'webp', hasAlpha: true });
  });

  it.each([
    ['noise', 2_400, 1_800, 3],
    ['noise that shines through', 2_000, 1_500, 4],
    ['noise that is larger still', 2_600, 2_500, 3],
  ] as const)('more than 10 MB: %s', async (_name, width, height, channels) => {
    const file = await noise(width, height, channels).png({ compressionLevel: 0 }).toBuffer();
    expect(file.byteLength).toBeGreaterThan(uploadLimits.maxBytes);
    const { widthPx, heightPx } = await read(await normalize(file));
    expect(widthPx * heightPx).toBeGreaterThan(Math.min(width * height, 6_000_000) * 0.99);
    expect(widthPx * heightPx).toBeLessThanOrEqual(6_000_000);
  });

  it('sets them upright and leaves out where and by what they were taken', async () => {
    const file = await noise(12_010, 12)
      .jpeg()
      .withExif({
        IFD0: { Make: 'Phone', Software: 'secret' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
      })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect(file.includes('secret') || file.includes('Exif')).toBe(true);
    const { widthPx, heightPx, meta, bytes } = await read(await normalize(file));
    expect({ widthPx, heightPx }).toEqual({ widthPx: 12, heightPx: 12_000 });
    expect(meta.exif).toBeUndefined();
    expect(meta.orientation ?? 1).toBe(1);
    expect(Buffer.from(bytes).includes('Exif')).toBe(false);
  });
});

describe('pictures that cannot be made to fit', () => {
  it.each([
    ['a bitmap', () => bmp(12_001, 10)],
    ['HEIC', () => heic(12_001, 10)],
    ['an icon of more than 10 MB', () => Buffer.concat([ico(48)], uploadLimits.maxBytes + 1)],
    ['more than 25 million pixels', () => pngHead(12_001, 2_100)],
  ])('%s', async (_name, make) => {
    expect(await normalize(await make())).toEqual(tooLarge);
  });

  it('broken data is unreadable, and the next picture is served', async () => {
    const run = createNormalizer();
    const png = await plain('png', 12_001, 400);
    const broken = Buffer.concat([png.subarray(0, 60), Buffer.alloc(2_000, 7)]);
    const [first, second] = await Promise.all([normalize(broken, run), normalize(png, run)]);
    expect(first).toEqual({ ok: false, reason: 'unreadable' });
    expect(second).toMatchObject({ ok: true });
  });

  it('one at a time: a small one waits for the large one before it', async () => {
    const run = createNormalizer();
    const [large, small] = await Promise.all([plain('png', 12_001, 1_000), plain('png', 12_001, 1)]);
    const order: string[] = [];
    await Promise.all([
      normalize(large, run).then(() => order.push('large')),
      normalize(small, run).then(() => order.push('small')),
    ]);
    expect(order).toEqual(['large', 'small']);
  });

  it('a header that says less than there is does not help', async () => {
    const png = await plain('png', 12_001, 2_100);
    const lie = { type: 'png', widthPx: 12_001, heightPx: 10 } as const;
    expect(await createNormalizer()(png, lie)).toEqual(tooLarge);
  });
});
