/** Pictures with changed bytes, through the inspection that every picture passes. */

import { inspect } from '../../src/images/inspect.ts';
import { bmp, heic, ico, plain } from '../images/samples.ts';
import { mutateBytes } from './mutate.ts';
import type { Random } from './random.ts';

export async function pictureSamples(): Promise<readonly Buffer[]> {
  const encoded = await Promise.all(
    (['jpeg', 'png', 'webp', 'gif', 'tiff'] as const).map((type) => plain(type, 16, 16)),
  );
  return [
    ...encoded,
    bmp(9, 9),
    ico(16),
    heic(32, 32),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  ];
}

/** @returns what went wrong */
export async function tryPicture(samples: readonly Buffer[], random: Random): Promise<string | undefined> {
  let bytes = random.pick(samples) ?? Buffer.alloc(0);
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) bytes = mutateBytes(bytes, random);
  try {
    const verdict = await inspect(bytes);
    return verdict.ok && !(verdict.widthPx > 0 && verdict.heightPx > 0)
      ? 'a picture without a size'
      : undefined;
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}
