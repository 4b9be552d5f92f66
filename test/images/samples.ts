/** Small pictures of every type, made on the spot. */

import sharp from 'sharp';

export type Encoding = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff';

/** One colour, as large as wanted. */
export const plain = (type: Encoding, widthPx: number, heightPx: number, alpha = 1): Promise<Buffer> =>
  sharp({
    create: { width: widthPx, height: heightPx, channels: 4, background: { r: 200, g: 80, b: 40, alpha } },
  })
    .toFormat(type)
    .toBuffer();

/** Noise, which no encoder makes small. */
export const noise = (widthPx: number, heightPx: number, channels: 3 | 4 = 3): ReturnType<typeof sharp> => {
  const pixels = Buffer.alloc(widthPx * heightPx * channels);
  let state = 1;
  for (let index = 0; index < pixels.length; index += 1) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    pixels[index] = state >> 16;
  }
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } });
};

/** A bitmap's header with one row of pixels. */
export function bmp(widthPx: number, heightPx: number): Buffer {
  const file = Buffer.alloc(64);
  file.write('BM');
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(widthPx, 18);
  file.writeInt32LE(heightPx, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  return file;
}

/** An icon with one entry. */
export function ico(sidePx: number): Buffer {
  const file = Buffer.alloc(40);
  file.writeUInt16LE(1, 2);
  file.writeUInt16LE(1, 4);
  file.writeUInt8(sidePx % 256, 6);
  file.writeUInt8(sidePx % 256, 7);
  return file;
}

const box = (name: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(name, 4);
  return Buffer.concat([head, body]);
};
const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};

/** The boxes of a HEIC file up to its size, which may be said several times. */
export function heic(widthPx: number, heightPx: number, sizes = 1): Buffer {
  const size = box('ispe', numbers(0, widthPx, heightPx));
  const properties = box('iprp', box('ipco', Buffer.concat(Array<Buffer>(sizes).fill(size))));
  return Buffer.concat([
    box('ftyp', Buffer.from('heic'), numbers(0), Buffer.from('mif1heic')),
    box('meta', numbers(0), properties),
  ]);
}

/** A PNG whose header says how large it is, and nothing more. */
export function pngHead(widthPx: number, heightPx: number): Buffer {
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const header = Buffer.concat([numbers(13), Buffer.from('IHDR'), numbers(widthPx, heightPx, 0x08020000, 0)]);
  return Buffer.concat([signature, header, numbers(0), Buffer.from('IDAT'), numbers(0)]);
}
