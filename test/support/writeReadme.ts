/** `npm run docs`: writes the README's generated parts again. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fill } from './readme.ts';

writeFileSync('README.md', fill(readFileSync('README.md', 'utf8')));
