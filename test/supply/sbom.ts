/** `npm run sbom > bom.json`: the software bill of materials, on standard output. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { billOf } from './bill.ts';

const { name, version } = z
  .object({ name: z.string(), version: z.string() })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const bill = billOf(readFileSync('package-lock.json', 'utf8'), { name, version });
process.stdout.write(`${JSON.stringify(bill, undefined, 2)}\n`);
