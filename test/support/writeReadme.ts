/** `npm run docs`: writes the generated parts of the pages again. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pages } from './readme.ts';

for (const { file, made } of pages)
  writeFileSync(file, made(existsSync(file) ? readFileSync(file, 'utf8') : ''));
