import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
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
});

describe.each(
  ['.', 'deploy'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
)('%s', (file) => {
  /** As the place where the repository is shown makes them. */
  const anchorsOf = (text: string): readonly string[] =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  it('links only to files that exist, and to headings in them', () => {
    const links = readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
    for (const [, path = '', heading] of links) {
      const target = path === '' ? file : join(dirname(file), path);
      expect(existsSync(target), target).toBe(true);
      if (heading !== undefined) expect(anchorsOf(readFileSync(target, 'utf8'))).toContain(heading);
    }
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
});

describe.each([
  { english: 'README.md', translated: 'README.zh-CN.md', blockCount: 9, tableCount: 11 },
  { english: 'deploy/feishu-app.md', translated: 'deploy/feishu-app.zh-CN.md', blockCount: 2, tableCount: 2 },
])('$translated', ({ english: original, translated, blockCount, tableCount }) => {
  const page = readFileSync(original, 'utf8');
  const chinese = readFileSync(translated, 'utf8');
  /** What is to be put into a command is named in the reader's language. */
  const codeIn = (text: string): readonly string[] =>
    [...text.matchAll(/`([^`\n]+)`/g)]
      .map(([, code]) => (code ?? '').replace(/^@\S+ (?=\/)/, '').replace(/^(\/\S+) .*[<[@].*$/, '$1'))
      .sort();
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
    expect(headings(chinese)).toEqual(headings(page));
    expect(blocks(chinese)).toEqual(blocks(page));
    expect(blocks(page).length).toBeGreaterThanOrEqual(blockCount);
  });

  it('has the same tables, row by row, with the same code in them', () => {
    expect(tables(page).length).toBeGreaterThanOrEqual(tableCount);
    expect(tables(chinese)).toEqual(tables(page));
  });

  it('names the same variables, commands, files and links', () => {
    const withoutTables = (text: string): string => prose(text).replaceAll(/^\|.*$/gm, '');
    const links = (text: string): readonly string[] =>
      [...prose(text).matchAll(/\]\(([^)]+)\)/g)]
        .map(([, link]) => (link ?? '').replace('.zh-CN.md', '.md'))
        .filter((link) => !/^(?:README|feishu-app)\.md$/.test(link));
    expect(codeIn(withoutTables(chinese))).toEqual(codeIn(withoutTables(page)));
    expect(links(chinese).toSorted()).toEqual(links(page).toSorted());
  });

  it('is written in Chinese', () => {
    const words = prose(chinese).replaceAll(/`[^`]*`|\([^)]*\)|<[^>]*>/g, '');
    const english = words.split('\n').filter((line) => /(?:[a-z]{2,} ){5}/.test(line));
    expect(english).toEqual([]);
  });
});

/** What a file imports from other files, by their paths. */
function importsOf(source: string, folder: string): readonly string[] {
  return [...source.matchAll(/from '(\.[^']+)'/g)].map(([, path]) => join(folder, path ?? ''));
}

describe('the example of a command', () => {
  it.each([
    ['example', 'src/commands'],
    ['example:test', 'test/commands'],
  ])('%s imports what is there for a file in %s', (name, folder) => {
    const paths = importsOf(block(name) ?? '', folder);
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) if (path !== 'src/commands/owner.ts') expect(existsSync(path), path).toBe(true);
  });

  it('imports as every file in src/ does: never through src/, which the build leaves behind', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const sources = files.map((file) => [file, readFileSync(join('src', file), 'utf8')] as const);
    expect(sources.length).toBeGreaterThan(100);
    for (const [file, source] of [['the example', block('example') ?? ''] as const, ...sources])
      expect([file, source.match(/(?:from|import\() ?'[^']*\/src\/[^']*'/)]).toEqual([file, null]);
  });
});
