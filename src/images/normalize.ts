/** Makes a picture fit what Feishu takes. Nearly all do already, and then their bytes stay as they are. */

import type { PictureFailure } from '../domain.ts';
import type { Inspected, PictureType } from './inspect.ts';

/** https://open.feishu.cn/document/server-docs/im-v1/image/create */
export const uploadLimits = { maxBytes: 10 * 1_024 * 1_024, sidePx: 12_000, gifSidePx: 2_000 } as const;

/** More is not decoded: it would take a hundred megabytes and more. */
export const decodeLimitPx = 25_000_000;
/** Enough for any screen, and few enough that even noise stays under the limit for uploads. */
const targetPx = 6_000_000;
const decodeTimeoutSec = 10;

/** What can be decoded safely. HEIC, BMP and ICO go through as they are or not at all. */
const decodable: ReadonlySet<PictureType> = new Set<PictureType>(['jpeg', 'png', 'webp', 'gif', 'tiff']);

export type Normalized =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly type: PictureType }
  | { readonly ok: false; readonly reason: Extract<PictureFailure, 'too_large' | 'unreadable'> };

/** @see createNormalizer */
export type Normalize = (bytes: Uint8Array, inspected: Inspected) => Promise<Normalized>;

/** True when Feishu takes the picture as it is. */
export function fits(sizeBytes: number, { type, widthPx, heightPx }: Inspected): boolean {
  const sidePx = type === 'gif' ? uploadLimits.gifSidePx : uploadLimits.sidePx;
  return sizeBytes <= uploadLimits.maxBytes && widthPx <= sidePx && heightPx <= sidePx;
}

/**
 * Returns a function that gives the bytes back unchanged when they fit. Others are decoded, one at a time, and written anew: upright,
 * smaller, without metadata, the first frame of those that move.
 *
 * The function throws only when the decoder cannot be loaded on this machine.
 */
export function createNormalizer(): Normalize {
  let last: Promise<unknown> = Promise.resolve();
  return (bytes, inspected) => {
    const { type, widthPx, heightPx } = inspected;
    if (fits(bytes.byteLength, inspected)) return Promise.resolve({ ok: true, bytes, type });
    if (!decodable.has(type) || widthPx * heightPx > decodeLimitPx) return Promise.resolve(tooLarge);
    const turn = last.then(() => shrink(bytes, inspected));
    last = turn.catch(() => undefined);
    return turn;
  };
}

const tooLarge: Normalized = { ok: false, reason: 'too_large' };

async function shrink(bytes: Uint8Array, inspected: Inspected): Promise<Normalized> {
  // Loaded only when it is needed: most processes never do.
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  try {
    const image = sharp(bytes, { limitInputPixels: decodeLimitPx, sequentialRead: true });
    const { hasAlpha } = await image.metadata();
    image.autoOrient().resize({ ...sidesFor(inspected), fit: 'inside', withoutEnlargement: true });
    const encoded = hasAlpha
      ? image.webp({ quality: 85 })
      : image.jpeg({ quality: 85, chromaSubsampling: '4:4:4' });
    const written = await encoded.timeout({ seconds: decodeTimeoutSec }).toBuffer();
    if (written.byteLength > uploadLimits.maxBytes) return tooLarge;
    return { ok: true, bytes: written, type: hasAlpha ? 'webp' : 'jpeg' };
  } catch (error) {
    const beyond = error instanceof Error && /pixel limit|timeout/i.test(error.message);
    return beyond ? tooLarge : { ok: false, reason: 'unreadable' };
  }
}

/** The longer side of the result, for both: the picture may turn when it is set upright. */
function sidesFor({ widthPx, heightPx }: Inspected): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, Math.sqrt(targetPx / (widthPx * heightPx)));
  const sidePx = Math.min(uploadLimits.sidePx, Math.max(1, Math.floor(Math.max(widthPx, heightPx) * scale)));
  return { width: sidePx, height: sidePx };
}
