/** The parts of README.md that are made from the code: `npm run docs` writes them, `docs.test.ts` compares them. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { accessTable, levelTable } from '../../src/access.ts';
import { commands } from '../../src/commands/index.ts';
import { codes } from '../../src/feishu/codes.ts';
import type { Limit } from '../../src/feishu/endpoints.ts';
import { endpoints } from '../../src/feishu/endpoints.ts';
import { variables } from '../../src/variables.ts';
import { eventsTable, receiving, scopesFile } from './appPage.ts';
import { inChinese, tableInChinese } from './chinese.ts';

/** Why each runtime dependency is there. A dependency without a reason fails the test. */
const reasons: Readonly<Record<string, string>> = {
  '@larksuiteoapi/node-sdk': 'the official SDK: the wire format of calls',
  '@photostructure/sqlite':
    'SQLite with `node:sqlite`’s interface on every Node version that we support, without a compiler',
  bottleneck: 'schedules calls inside the process: priorities and concurrency',
  bullmq: 'the queue on Redis, when several replicas run',
  express: 'the HTTP server of the webhook',
  'file-type': 'tells a picture’s type by its first bytes',
  'image-size': 'reads a picture’s dimensions without decoding it',
  ioredis: 'the connection to Redis',
  pino: 'logs in JSON, one line for each decision',
  'prom-client': '`/metrics`',
  sharp: 'shrinks pictures that are over Feishu’s limits; loaded only then',
  zod: 'checks everything that comes from outside',
};

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (value: string): string => `\`${value}\``;

const absent = (required: boolean, onlyFor: string | undefined): string => {
  if (!required) return 'unset';
  return onlyFor === undefined ? 'required' : `required when ${code(`FEISHU_TRANSPORT=${onlyFor}`)}`;
};

function limit({ max, perMs }: Limit): string {
  return perMs === 60_000 ? `${max} a minute` : `${max} a second`;
}

function limitsTable(): string {
  return table(
    ['call', 'endpoint', 'limit'],
    Object.entries(endpoints).map(([name, row]) => [
      `[${name}](${row.doc})`,
      code(`${row.method} ${row.path.replace('/open-apis', '')}`),
      row.limits.map(limit).join(', ') + ('special' in row ? ' (adapts)' : ''),
    ]),
  );
}

function scopesTable(): string {
  const rows = new Map<string, string[]>();
  for (const [name, row] of Object.entries(endpoints)) {
    if (row.scopes.length === 0) continue;
    const scopes = row.scopes.map(code).join(' or ');
    rows.set(scopes, [...(rows.get(scopes) ?? []), name]);
  }
  return table(
    ['permission (any one of a row)', 'for'],
    [
      ...[...rows].map(([scopes, names]) => [scopes, names.join(', ')]),
      ...receiving.map(([scopes, what]) => [scopes.map(code).join(' or '), what]),
    ],
  );
}

function dependenciesTable(): string {
  const manifest = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  return table(
    ['package', 'version', 'for'],
    Object.entries(manifest.dependencies).map(([name, version]) => {
      const reason = reasons[name];
      if (reason === undefined) throw new Error(`Say in test/support/readme.ts why ${name} is needed.`);
      return [code(name), version, reason];
    }),
  );
}

/** The first sentence of a file's leading comment. */
function aboutFile(path: string): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  const prose = comment.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
  return /^.*?[.:](?=\s|$)/.exec(prose)?.[0].replace(/[.:]$/, '') ?? '';
}

/** The source folder as a tree, each file with what it says of itself. */
function tree(): string {
  const lines: string[] = ['src/'];
  const walk = (folder: string, indent: string): void => {
    const names = readdirSync(folder).sort();
    const files = names.filter((name) => statSync(join(folder, name)).isFile());
    const folders = names.filter((name) => !files.includes(name));
    for (const name of files) {
      lines.push(`${`${indent}${name}`.padEnd(28)} ${aboutFile(join(folder, name))}`.trimEnd());
    }
    for (const name of folders) {
      lines.push(`${indent}${name}/`);
      walk(join(folder, name), `${indent}  `);
    }
  };
  walk('src', '  ');
  return ['```', ...lines, '```'].join('\n');
}

const codeBlock = (source: string): string => ['```ts', source.trim(), '```'].join('\n');

/** What stands between `<!-- name -->` and `<!-- /… -->` in the README. */
export function generated(): Readonly<Record<string, string>> {
  return {
    'table:commands': table(
      ['command', 'aliases', 'does', 'who'],
      accessTable(commands).map(({ command, who }) => [
        code(command.usage.en_us),
        command.aliases.map((alias) => code(`/${alias}`)).join(' '),
        command.summary.en_us,
        who,
      ]),
    ),
    'table:access': levelTable(),
    'table:variables': table(
      ['variable', 'meaning', 'default'],
      variables.map(({ name, meaning, fallback, required, onlyFor, secret }) => [
        code(name),
        meaning + (secret ? ' (*secret*)' : ''),
        fallback === undefined ? absent(required, onlyFor) : code(fallback),
      ]),
    ),
    'table:limits': limitsTable(),
    'table:scopes': scopesTable(),
    'table:codes': table(
      ['code', 'where', 'kind', 'meaning', 'what to do'],
      codes.map(({ code: number, subCode, endpoint, kind, meaning, remedy }) => [
        subCode === undefined ? String(number) : `${number} / ${subCode}`,
        endpoint ?? '',
        code(kind),
        meaning,
        remedy ?? '',
      ]),
    ),
    'table:dependencies': dependenciesTable(),
    tree: tree(),
    example: codeBlock(
      readFileSync('test/support/exampleCommand.ts', 'utf8').replaceAll("'../../src/", "'../"),
    ),
    'example:test': codeBlock(
      readFileSync('test/support/exampleCommand.test.ts', 'utf8')
        .replace("'./exampleCommand.ts'", "'../../src/commands/owner.ts'")
        .replace("'./asked.ts'", "'../support/asked.ts'")
        // In the order that the formatter asks for.
        .replace(/(import .*asked\.ts';\n)(import .*owner\.ts';\n)/, '$2$1'),
    ),
  };
}

/** The same for README.zh-CN.md: the tree and the example stay as they are in the code. */
function generatedInChinese(): Readonly<Record<string, string>> {
  const parts = Object.entries(generated()).map(([name, content]) => {
    if (name === 'table:commands') return [name, commandsInChinese()] as const;
    return [name, name.startsWith('table:') ? tableInChinese(content) : content] as const;
  });
  return Object.fromEntries(parts);
}

function commandsInChinese(): string {
  return table(
    ['指令', '别名', '作用', '谁可用'],
    accessTable(commands).map(({ command, who }) => [
      code(command.usage.zh_cn),
      command.aliases.map((alias) => code(`/${alias}`)).join(' '),
      command.summary.zh_cn,
      inChinese(who),
    ]),
  );
}

/** A file that is made from the code, in part (between markers) or as a whole. */
export interface Page {
  readonly file: string;
  /** The whole file as it should be, from what it is now. */
  made(now: string): string;
}

/** What the pages about the app in the developer console are made of. */
function appTables(): Readonly<Record<string, string>> {
  return { 'table:events': eventsTable(table, code), 'table:scopes': scopesTable() };
}

/** Every file that `npm run docs` writes. */
export const pages: readonly Page[] = [
  { file: 'README.md', made: (now) => fill(now, generated()) },
  { file: 'README.zh-CN.md', made: (now) => fill(now, generatedInChinese()) },
  { file: 'deploy/feishu-app.md', made: (now) => fill(now, appTables()) },
  {
    file: 'deploy/feishu-app.zh-CN.md',
    made: (now) =>
      fill(
        now,
        Object.fromEntries(
          Object.entries(appTables()).map(([name, content]) => [name, tableInChinese(content)]),
        ),
      ),
  },
  { file: 'deploy/feishu-app-scopes.json', made: () => scopesFile() },
];

/** Puts the generated parts into a page. */
function fill(page: string, parts: Readonly<Record<string, string>>): string {
  let filled = page;
  for (const [name, content] of Object.entries(parts)) {
    const end = name.startsWith('table:') ? 'table' : name;
    const block = new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- /${end} -->`);
    if (!block.test(filled)) throw new Error(`The page has no place for ${name}.`);
    filled = filled.replace(block, () => `<!-- ${name} -->\n${content}\n<!-- /${end} -->`);
  }
  return filled;
}
