/** The pictures of a card: in the order of the conversation, with what is missing said in its place. */

import type { Picture, PictureFailure, Text } from '../domain.ts';
import { grouped, text } from '../text.ts';
import { type CombinationMode, combinationCounts, img, imgCombination, note } from './contentElements.ts';
import { collapsible, type Element } from './elements.ts';

export interface PictureLimits {
  /** How many of the pictures a card holds at all. */
  readonly maxCount: number;
  /** How many of these are seen without unfolding. */
  readonly inViewCount: number;
  /** What failed is said after the others instead of in its place: fewer lines when many fail here and there. */
  readonly gathered?: boolean;
}

/**
 * The section, or nothing when there are no pictures.
 * @param totalCount how many pictures the conversation has, which may be more than were asked for
 */
export function pictureSection(
  pictures: readonly Picture[],
  totalCount: number,
  { maxCount, inViewCount, gathered = false }: PictureLimits,
): readonly Element[] {
  const total = Math.max(totalCount, pictures.length);
  if (total === 0) return [];
  const shown = pictures.slice(0, maxCount).map((picture, index) => ({ ...picture, number: index + 1 }));
  if (shown.length === 0) return [note(text.picturesDropped({ pictures: text.pictures(total) }))];
  const arranged = (part: readonly Numbered[]): readonly Element[] =>
    rows(gathered ? gather(part) : part, shape);

  const loadingCount = shown.filter((picture) => picture.state === 'loading').length;
  const folded = shown.slice(inViewCount).filter((picture) => picture.state !== 'loading');
  const shape = total === 1 ? 'whole' : 'thumbnail';
  const section: Element[] = [note(text.pictures(total)), ...arranged(shown.slice(0, inViewCount))];
  if (loadingCount > 0) section.push(loadingLine(shown));
  if (folded.length > 0) {
    const title = text.picturesFolded({ pictures: text.morePictures(folded.length) });
    section.push(collapsible(title, arranged(folded)));
  }
  if (shown.length < total)
    section.push(note(text.picturesCut({ shown: shown.length, total: grouped(total) })));
  return section;
}

/** How far it is, while pictures are still to come. */
export function loadingLine(pictures: readonly Picture[]): Element {
  const doneCount = pictures.filter(({ state }) => state !== 'loading').length;
  return note(text.picturesProgress({ done: doneCount, pictures: text.pictures(pictures.length) }));
}

/** A picture with its place in the conversation, from 1. */
export type Numbered = Picture & { readonly number: number };

/** Pictures in rows, with what failed said in its place. */
export function arrange(pictures: readonly Numbered[], shape: 'whole' | 'thumbnail'): readonly Element[] {
  return rows(pictures, shape);
}

/** Neighbours that look alike: ready ones make a grid, those that failed for the same reason make a line. */
type Run =
  | { readonly state: 'ready'; readonly pictures: GridPicture[] }
  | { readonly state: 'failed'; readonly reason: PictureFailure; readonly numbers: number[] };

function rows(pictures: readonly Numbered[], shape: 'whole' | 'thumbnail'): readonly Element[] {
  return runs(pictures).flatMap((run) =>
    run.state === 'ready' ? grid(run.pictures, shape) : [note(failure(run.numbers, run.reason))],
  );
}

function failure(numbers: readonly number[], why: PictureFailure): Text {
  const reason = text.pictureFailure[why];
  return numbers.length === 1
    ? text.pictureFailed({ number: ranges(numbers), reason })
    : text.picturesFailed({ numbers: ranges(numbers), reason });
}

function runs(pictures: readonly Numbered[]): readonly Run[] {
  const found: Run[] = [];
  for (const picture of pictures) {
    const last = found.at(-1);
    if (picture.state === 'ready') {
      const next = { imageKey: picture.imageKey, alt: text.pictureAlt({ number: picture.number }) };
      if (last?.state === 'ready') last.pictures.push(next);
      else found.push({ state: 'ready', pictures: [next] });
    } else if (picture.state === 'failed') {
      if (last?.state === 'failed' && last.reason === picture.reason) last.numbers.push(picture.number);
      else found.push({ state: 'failed', reason: picture.reason, numbers: [picture.number] });
    }
  }
  return found;
}

/** The same pictures with those that failed at the end, reason by reason. */
function gather(pictures: readonly Numbered[]): readonly Numbered[] {
  const rank = (picture: Numbered): string => (picture.state === 'failed' ? picture.reason : '');
  return pictures.toSorted((one, other) => rank(one).localeCompare(rank(other)));
}

/** Rising numbers in short: `1–3, 5`. */
function ranges(numbers: readonly number[]): string {
  const found: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

interface GridPicture {
  readonly imageKey: string;
  readonly alt: Text;
}

/** All pictures in their order, in arrangements that each are full: none is dropped and nothing is left blank. */
export function grid(pictures: readonly GridPicture[], shape: 'whole' | 'thumbnail'): readonly Element[] {
  const [first] = pictures;
  if (first === undefined) return [];
  if (pictures.length === 1) return [img(first.imageKey, first.alt, shape)];
  const mode = fullMode(pictures.length);
  const count = combinationCounts[mode];
  const keys = pictures.slice(0, count).map(({ imageKey }) => imageKey);
  return [imgCombination(mode, keys), ...grid(pictures.slice(count), shape)];
}

/** The largest arrangement that these fill, unless it would leave one picture over. */
function fullMode(count: number): CombinationMode {
  const largestFirst = ['trisect', 'bisect', 'triple'] as const;
  const fits = (mode: CombinationMode): boolean =>
    combinationCounts[mode] <= count && combinationCounts[mode] !== count - 1;
  return largestFirst.find(fits) ?? 'double';
}
