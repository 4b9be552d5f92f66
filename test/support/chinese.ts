/** The generated tables in Chinese. `chinese.json` holds the words; a cell that is not in it fails the build of the page. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';

const words = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync('test/support/chinese.json', 'utf8')));

/** What needs no words: code, numbers, links to endpoints, names of calls. */
const wordless = /^(?:`[^`]*`|\[\w+\]\([^)]*\)|[\d\s./:,-]|@)*$/;
const callNames =
  /^(?:[a-z]+[A-Z]\w*|ticket|tickets|faqs?|image|im|helpdesk)(?:, (?:[a-z]+[A-Z]\w*|ticket|tickets|faqs?|image))*$/;
const limits = /^(\d+) a second(?:, (\d+) a minute)?( \(adapts\))?$/;

/** One cell in Chinese. @throws Error for words that nobody has translated */
export function inChinese(cell: string): string {
  const known = words[cell];
  if (known !== undefined) return known;
  if (wordless.test(cell) || callNames.test(cell)) return cell;
  const limit = limits.exec(cell);
  if (limit !== null) {
    const [, second, minute, adapts] = limit;
    return `每秒 ${second}${minute === undefined ? '' : `，每分钟 ${minute}`}${adapts === undefined ? '' : '（自适应）'}`;
  }
  const all = cell.split(' and ');
  if (all.length > 1 && all.every((part) => part.startsWith('`'))) return all.map(inChinese).join(' 和 ');
  const parts = cell.split(' or ');
  if (parts.length > 1 && parts.every((part) => wordless.test(part))) return parts.join(' 或 ');
  throw new Error(`Say in test/support/chinese.json what this is in Chinese: ${cell}`);
}

/** A Markdown table, cell by cell. */
export function tableInChinese(table: string): string {
  return table
    .split('\n')
    .map((line) => {
      const cells = line.replaceAll('\\|', '\u0000').split('|').slice(1, -1);
      const translated = cells.map((cell) => ` ${inChinese(cell.trim().replaceAll('\u0000', '\\|'))} `);
      return `|${translated.join('|')}|`;
    })
    .join('\n');
}
