import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { caseOf, message, routing, spoken } from './support/asked.ts';
import { owner } from './support/exampleCommand.ts';
import { generated, pages } from './support/readme.ts';

const readme = readFileSync('README.md', 'utf8');

/** What the page says between two markers. */
function block(name: string): string | undefined {
  const end = name.startsWith('table:') ? 'table' : name;
  return new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)\\n<!-- /${end} -->`).exec(readme)?.[1];
}

describe.each(pages)('$file', ({ file, made }) => {
  const text = readFileSync(file, 'utf8');

  it('says what the code says; npm run docs writes it', () => {
    expect(text).toBe(made(text));
  });

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    for (const link of links) expect(existsSync(join(dirname(file), link)), link).toBe(true);
  });
});

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

describe('README.zh-CN.md', () => {
  const chinese = readFileSync('README.zh-CN.md', 'utf8');
  const codeIn = (text: string): readonly string[] =>
    [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '').sort();
  const headings = (text: string): readonly string[] =>
    [...prose(text).matchAll(/^(#+) /gm)].map(([, level]) => level ?? '');
  const blocks = (text: string): readonly string[] =>
    [...text.matchAll(/^ *```\w*\n([\s\S]*?)```/gm)].map(([, block]) => block ?? '');
  /** Without blocks of code. */
  const prose = (text: string): string => text.replaceAll(/^ *```[\s\S]*?```/gm, '');
  /** For each table the columns and the code of each row, in order. */
  const tables = (text: string): readonly (readonly unknown[])[] =>
    prose(text)
      .split(/\n(?!\|)/)
      .map((part) => part.split('\n').filter((line) => line.startsWith('|')))
      .filter((rows) => rows.length > 0)
      .map((rows) => rows.map((row) => [row.replaceAll('\\|', '').split('|').length, codeIn(row)]));

  it('has the same headings, commands and blocks of code', () => {
    expect(headings(chinese)).toEqual(headings(readme));
    expect(blocks(chinese)).toEqual(blocks(readme));
    expect(blocks(readme).length).toBeGreaterThan(8);
  });

  it('has the same tables, row by row, with the same code in them', () => {
    expect(tables(readme).length).toBeGreaterThan(10);
    expect(tables(chinese)).toEqual(tables(readme));
  });

  it('names the same variables, commands, files and links', () => {
    const withoutTables = (text: string): string => prose(text).replaceAll(/^\|.*$/gm, '');
    const links = (text: string): readonly string[] =>
      [...prose(text).matchAll(/\]\(([^)]+)\)/g)]
        .map(([, link]) => link ?? '')
        .filter((link) => !/^README/.test(link));
    expect(codeIn(withoutTables(chinese))).toEqual(codeIn(withoutTables(readme)));
    expect(links(chinese).toSorted()).toEqual(links(readme).toSorted());
  });

  it('is written in Chinese', () => {
    const words = prose(chinese).replaceAll(/`[^`]*`|\([^)]*\)|<[^>]*>/g, '');
    const english = words.split('\n').filter((line) => /(?:[a-z]{2,} ){5}/.test(line));
    expect(english).toEqual([]);
  });
});

describe('the example of a command', () => {
  it('works as it stands on the page', async () => {
    const { router } = routing({ commands: [owner], tickets: { '1': caseOf('1') } });
    expect(spoken((await router.route(message('/负责人 1')))?.card)).toContain('Nobody owns it yet');
    expect(spoken((await router.route(message('/owner')))?.card)).toMatch(/which ticket/i);
  });
});
