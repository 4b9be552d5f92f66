/** Pictures that are told apart by their bytes and cost nothing to make. */

import { randomBytes } from 'node:crypto';
import type { Picture } from '../sandbox/nouns.ts';

const sidePx = 64;
/** What stands before the pixels of a PNG; that is all that anybody looks at. https://www.w3.org/TR/png-3/#11IHDR */
const head = Buffer.from(
  [
    '89504e470d0a1a0a',
    '0000000d49484452',
    sidePx.toString(16).padStart(8, '0').repeat(2),
    '08020000000000000000000049454e44ae426082',
  ].join(''),
  'hex',
);

/** A picture like no other. @param sizeBytes default 20 KB, as a small screenshot has */
export function samplePicture(sizeBytes = 20_000): Picture {
  const mark = randomBytes(16);
  const bytes = (): Buffer => Buffer.concat([head, mark], sizeBytes);
  return { bytes, contentType: 'image/png', deleted: false };
}
