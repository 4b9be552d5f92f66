import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { caseOf, message, routing, spoken } from './support/asked.ts';
import { owner } from './support/exampleCommand.ts';
import { generated } from './support/readme.ts';

const readme = readFileSync('README.md', 'utf8');

/** What the page says between two markers. */
function block(name: string): string | undefined {
  const end = name.startsWith('table:') ? 'table' : name;
  return new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)\\n<!-- /${end} -->`).exec(readme)?.[1];
}

describe('README.md', () => {
  it.each(Object.entries(generated()))('says of %s what the code says', (name, content) => {
    expect(block(name)).toBe(content);
  });

  it('has no other generated block than these', () => {
    const markers = [...readme.matchAll(/<!-- ([a-z]+(?::[a-z]+)?) -->/g)].map((match) => match[1]);
    expect(markers.sort()).toEqual(Object.keys(generated()).sort());
  });

  it('names only scripts that exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync('package.json', 'utf8')));
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1]);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map((match) => match[1] ?? '');
    for (const link of links) expect(() => readFileSync(link)).not.toThrow();
  });
});

describe('the example of a command', () => {
  it('works as it stands on the page', async () => {
    const { router } = routing({ commands: [owner], tickets: { '1': caseOf('1') } });
    expect(spoken((await router.route(message('/负责人 1')))?.card)).toContain('Nobody owns it yet');
    expect(spoken((await router.route(message('/owner')))?.card)).toMatch(/which ticket/i);
  });
});
