/**
 * Pictures of all cards in all states: `npm run gallery [-- <folder> [<words>]]` writes them, light and dark, with a page to look at them,
 * into the folder `gallery`, and the few that the README shows into `deploy/pictures`. With words only the states whose names hold them are
 * drawn, and `deploy/pictures` stays as it is.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Card } from '../../src/domain.ts';
import { states } from '../cards/states.ts';
import { photographDemo } from './demoPicture.ts';
import { indexPage } from './indexPage.ts';
import { openStudio, type Shot, type Studio } from './studio.ts';

const wide = 640;
const phone = 375;
const usual: readonly Shot[] = [
  { theme: 'light', locale: 'zh_cn', widthPx: wide },
  { theme: 'dark', locale: 'zh_cn', widthPx: wide },
];
const everyLanguage: readonly Shot[] = [
  { theme: 'light', locale: 'en_us', widthPx: wide },
  { theme: 'dark', locale: 'ja_jp', widthPx: wide },
  { theme: 'light', locale: 'zh_cn', widthPx: phone },
  { theme: 'dark', locale: 'en_us', widthPx: phone },
];

/** Cards that are looked at in all languages and on a phone. */
const closely: ReadonlySet<string> = new Set([
  'ticket-in-progress',
  'ticket-with-every-button',
  'ticket-pictures-failed',
  'conversation-with-pictures',
  'pictures-all',
  'list-of-five',
  'help-group',
  'unreachable-last-known',
  'which-ticket',
  'tickets-page',
  'summary-week',
  'escalation-calling',
  'escalation-calling-direct',
  'escalation-taken',
  'story-open',
  'doctor-ill',
  'watch-list',
]);

/** What the README shows, and under which name. */
const forReadme: Readonly<Record<string, string>> = {
  'conversation-with-pictures': 'conversation',
  'list-of-five': 'list',
  'unreachable-last-known': 'unreachable',
  'ticket-closed-unsolved': 'closed',
  'summary-week-english': 'summary',
  'escalation-calling': 'escalation',
};
const pictureMaxBytes = 200_000;

/** Fewer colours, and a smaller size where that is not enough. */
async function slim(png: Buffer): Promise<Buffer> {
  const { width } = await sharp(png).metadata();
  for (const share of [1, 0.85, 0.7, 0.5]) {
    const small = await sharp(png)
      .resize({ width: Math.round(width * share) })
      .png({ palette: true, dither: 0, effort: 10, compressionLevel: 9 })
      .toBuffer();
    if (small.byteLength < pictureMaxBytes) return small;
  }
  throw new Error('a picture stays too large');
}

/** @returns the names of the files */
async function photographAll(
  name: string,
  build: () => Card,
  folder: string,
  studio: Studio,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const shot of [...usual, ...(closely.has(name) ? everyLanguage : [])]) {
    const size = shot.widthPx === phone ? '-phone' : '';
    const file = `${name}.${shot.theme}.${shot.locale}${size}.png`;
    writeFileSync(join(folder, file), await studio.photograph(build(), shot));
    files.push(file);
  }
  return files;
}

async function main(folder: string, words: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  mkdirSync('deploy/pictures', { recursive: true });
  const studio = await openStudio();
  const shown: { readonly name: string; readonly files: readonly string[] }[] = [];
  try {
    for (const [name, build] of Object.entries(states).filter(([name]) => name.includes(words))) {
      shown.push({ name, files: await photographAll(name, build, folder, studio) });
      const kept = forReadme[name];
      if (kept === undefined || words !== '') continue;
      const picture = await studio.photograph(build(), { theme: 'light', locale: 'en_us', widthPx: wide });
      writeFileSync(`deploy/pictures/${kept}.png`, await slim(picture));
    }
  } finally {
    await studio.close();
  }
  writeFileSync(join(folder, 'index.html'), indexPage(shown));
  if (words === '') {
    for (const [name, picture] of Object.entries(await photographDemo()))
      writeFileSync(`deploy/pictures/${name}.png`, await slim(picture));
  }
  process.stdout.write(`${shown.length} cards: ${join(folder, 'index.html')}\n`);
}

await main(process.argv[2] ?? 'gallery', process.argv[3] ?? '');
