/** What a file really is, from its first bytes. No pixel is decoded here. */

import { fileTypeFromBuffer } from 'file-type';
import { imageSize } from 'image-size';

/** The pictures that Feishu takes. https://open.feishu.cn/document/server-docs/im-v1/image/create */
export type PictureType = 'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'ico' | 'tiff' | 'heic';

export interface Inspected {
  readonly type: PictureType;
  readonly widthPx: number;
  readonly heightPx: number;
}

export type Verdict =
  | ({ readonly ok: true } & Inspected)
  | { readonly ok: false; readonly reason: 'unreadable' };

/** How a file of each type is named when it is sent. */
export const fileOf = {
  jpeg: { fileName: 'image.jpg', mime: 'image/jpeg' },
  png: { fileName: 'image.png', mime: 'image/png' },
  webp: { fileName: 'image.webp', mime: 'image/webp' },
  gif: { fileName: 'image.gif', mime: 'image/gif' },
  bmp: { fileName: 'image.bmp', mime: 'image/bmp' },
  ico: { fileName: 'image.ico', mime: 'image/x-icon' },
  tiff: { fileName: 'image.tiff', mime: 'image/tiff' },
  heic: { fileName: 'image.heic', mime: 'image/heic' },
} as const satisfies Record<PictureType, { readonly fileName: string; readonly mime: string }>;

/**
 * By the extension that `file-type` gives: our word, and what `image-size` must call it too. Whatever is not here is no picture for us:
 * SVG, AVIF, PDF, HTML, JSON …
 */
const types: ReadonlyMap<string, { readonly type: PictureType; readonly also: RegExp }> = new Map<
  string,
  { readonly type: PictureType; readonly also: RegExp }
>([
  ['jpg', { type: 'jpeg', also: /^jpg$/ }],
  ['png', { type: 'png', also: /^png$/ }],
  ['webp', { type: 'webp', also: /^webp$/ }],
  ['gif', { type: 'gif', also: /^gif$/ }],
  ['bmp', { type: 'bmp', also: /^bmp$/ }],
  ['ico', { type: 'ico', also: /^ico$/ }],
  ['tif', { type: 'tiff', also: /^(big)?tiff$/ }],
  ['heic', { type: 'heic', also: /^(mif1|msf1|hei[cx]|hev[cx])$/ }],
]);

/**
 * How the files of these types begin, in hexadecimal: JPEG, PNG, WebP, GIF, BMP, ICO, TIFF, HEIC. `file-type` unpacks archives to look
 * inside; they do not get that far.
 */
const openings =
  /^(ffd8ff|89504e470d0a1a0a|52494646.{8}57454250|47494638|424d|00000100|49492[ab]00|4d4d002[ab]|.{8}66747970)/;

/** Says enough. `file-type` would go through all chunks to tell an animation from a picture: a file of empty ones would hold up everything. */
const pngOpening = '89504e470d0a1a0a';

/** `file-type` goes through the tags of a TIFF, one after the other; a camera writes some hundred. */
const tiffOpening = /^(49492a|4d4d002a)/;
const tiffTagsMaxCount = 1_000;

/** @throws RangeError when the file ends before */
function tiffTagCount(file: Buffer): number {
  const little = file[0] === 0x49;
  const at = little ? file.readUInt32LE(4) : file.readUInt32BE(4);
  return little ? file.readUInt16LE(at) : file.readUInt16BE(at);
}

async function extensionOf(file: Buffer): Promise<string> {
  return (await fileTypeFromBuffer(file))?.ext ?? '';
}

/** Where the boxes of a HEIC file stand that say how large it is. Searching them takes the square of their number. */
const heicHeadBytes = 65_536;

/**
 * Tells type and size by magic bytes and headers. What follows the picture in the file is not looked at: such a file is what it
 * begins with.
 *
 * Never throws and never rejects.
 */
export async function inspect(bytes: Uint8Array): Promise<Verdict> {
  const file = ownBytes(bytes);
  try {
    const opening = file.toString('hex', 0, 12);
    if (!openings.test(opening)) return unreadable;
    if (tiffOpening.test(opening) && tiffTagCount(file) > tiffTagsMaxCount) return unreadable;
    const named = types.get(opening.startsWith(pngOpening) ? 'png' : await extensionOf(file));
    if (named === undefined || !isPlausible(named.type, file)) return unreadable;
    const size = imageSize(named.type === 'heic' ? file.subarray(0, heicHeadBytes) : file);
    const { width: widthPx, height: heightPx } = size;
    const sound = [widthPx, heightPx].every((side) => Number.isInteger(side) && side > 0);
    return sound && named.also.test(size.type ?? '')
      ? { ok: true, type: named.type, widthPx, heightPx }
      : unreadable;
  } catch {
    return unreadable;
  }
}

/**
 * A view of the bytes, not a copy; the readers would copy a plain array again and again. Small ones are copied once, because they often
 * lie in memory that others share, and `image-size` reads over the end of a file that is cut short.
 */
function ownBytes(bytes: Uint8Array): Buffer {
  const own = bytes.byteLength <= smallBytes ? new Uint8Array(bytes) : bytes;
  return Buffer.from(own.buffer, own.byteOffset, own.byteLength);
}
const smallBytes = 65_536;

const unreadable: Verdict = { ok: false, reason: 'unreadable' };

/** What is cheap to tell before the readers go through the whole file. */
function isPlausible(type: PictureType, file: Buffer): boolean {
  if (type === 'bmp') return isBitmap(file);
  return type !== 'jpeg' || hasFewSegments(file);
}

/** Many texts begin with "BM"; the header's length tells a bitmap from them. */
const isBitmap = (file: Buffer): boolean => [12, 40, 52, 56, 64, 108, 124].includes(file.readUInt32LE(14));

/** A segment holds up to 64 KB, so a photo has a few hundred. Millions of empty ones would hold up everything else. */
const segmentsMaxCount = 1_000;

function hasFewSegments(file: Buffer): boolean {
  let at = 2;
  for (let count = 0; count < segmentsMaxCount; count += 1) {
    if (at + 4 > file.byteLength || file[at] !== 0xff) return true;
    at += 2 + file.readUInt16BE(at + 2);
  }
  return false;
}
