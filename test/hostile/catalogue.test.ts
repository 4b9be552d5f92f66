/** Every row of the catalogue is tried on the process, or names the test that proves it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { authentication } from '../transport/hostile/authentication.ts';
import { bodies } from '../transport/hostile/bodies.ts';
import { shapes } from '../transport/hostile/shapes.ts';
import { answerRows } from './answers.ts';
import { decidedOtherwise, provenElsewhere } from './catalogue.ts';
import { clickRows } from './clicks.ts';
import { commandRows } from './commands.ts';
import { contentRows } from './content.ts';
import { escalationRows } from './escalations.ts';
import { messageRows } from './messages.ts';
import { oddTextRows } from './oddTexts.ts';
import { pictureRows } from './pictures.ts';

const range = (letter: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `${letter}${String(from + n).padStart(2, '0')}`);

const catalogue = [
  ...range('C', 0, 66),
  ...range('W', 67, 94),
  ...range('K', 1, 30),
  ...range('B', 1, 26),
  ...range('T', 1, 16),
  ...range('I', 1, 17),
  ...range('R', 1, 10),
];

const requests = [...authentication, ...bodies, ...shapes];
const tried = [
  ...requests,
  ...messageRows,
  ...commandRows,
  ...oddTextRows,
  ...clickRows,
  ...escalationRows,
  ...contentRows,
  ...pictureRows,
  ...answerRows,
].map(({ id }) => id.slice(0, 3));

describe('SECURITY.md', () => {
  it('names only tests and scripts that there are', () => {
    const page = readFileSync('SECURITY.md', 'utf8');
    const files = [...page.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) expect(() => readFileSync(file)).not.toThrow();
    const manifest = readFileSync('package.json', 'utf8');
    for (const [, script] of page.matchAll(/`npm run ([\w:]+)`/g)) expect(manifest).toContain(`"${script}":`);
  });
});

describe('the catalogue', () => {
  it('has 194 rows, each of them tried or proven elsewhere', () => {
    expect(catalogue).toHaveLength(194);
    const known = new Set([...tried, ...provenElsewhere.map(({ id }) => id)]);
    expect(catalogue.filter((id) => !known.has(id))).toEqual([]);
    expect([...known].filter((id) => !catalogue.includes(id))).toEqual([]);
  });

  it.each(provenElsewhere.flatMap(({ id, tests }) => tests.map((test) => ({ id, ...test }))))(
    '$id is proven by "$name"',
    ({ file, name }) => {
      expect(readFileSync(file, 'utf8')).toContain(name);
    },
  );

  it('says why where an outcome was decided otherwise, and only of rows that there are', () => {
    for (const [id, why] of Object.entries(decidedOtherwise)) {
      expect(requests.map((row) => row.id)).toContain(id);
      expect(why).toMatch(/^(?:200|401)/);
      const row = requests.find((one) => one.id === id);
      expect(why.startsWith(String(row?.status))).toBe(true);
    }
  });
});
