/** The knowledge base: one entry whole, with its pictures in their places, or a list of hits. */

import type { Card, Faq, FaqPart, Picture, PictureSource, Text } from '../domain.ts';
import { duration, joinText, same, say, sentence, text } from '../text.ts';
import { hr, markdown, note, plain } from './contentElements.ts';
import { button } from './controlElements.ts';
import { collapsible, type Element, lineWithButton } from './elements.ts';
import { name } from './facts.ts';
import { frame } from './frame.ts';
import { moment } from './moment.ts';
import { arrange, loadingLine } from './pictures.ts';
import { firstThatFits } from './size.ts';
import { mask, type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

// ---------------------------------------------------------------- one entry

export interface FaqCardData {
  readonly faq: Faq;
  /** For each picture of the answer, in its order; those that are not here are not shown. */
  readonly pictures: readonly Picture[];
}

/** How much of an entry is shown: columns of its text, and pictures. */
interface Detail {
  readonly columnCount: number;
  readonly pictureCount: number;
  readonly similarCount: number;
}

const details: readonly Detail[] = [
  { columnCount: 6_000, pictureCount: 40, similarCount: 20 },
  { columnCount: 3_000, pictureCount: 20, similarCount: 5 },
  { columnCount: 800, pictureCount: 3, similarCount: 0 },
];

/** The pictures of an answer, in its order. */
export function picturesOfAnswer({ answer }: Faq): readonly PictureSource[] {
  return answer.flatMap((part) => (part.kind === 'picture' ? [part.picture] : []));
}

export function faqCard(data: FaqCardData, view: View): Card {
  const [richest, ...plainer] = details.map((detail) => () => entryCard(data, detail, view));
  const smallest = (): Card => entryCard(data, { columnCount: 200, pictureCount: 0, similarCount: 0 }, view);
  return firstThatFits(richest ?? smallest, ...plainer, smallest);
}

function entryCard({ faq, pictures }: FaqCardData, detail: Detail, view: View): Card {
  const say = untrusted(view.privacy);
  const { question, categories, expiresAtMs } = faq;
  const title = same(say.line(question, 200) || '—');
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= view.nowMs;
  const { elements, isCut } = answerOf(faq.answer, pictures, detail, { say, view });
  return frame(
    {
      title,
      subtitle: entryNumber({ id: say.line(faq.id, 40) }),
      color: isExpired ? 'orange' : 'green',
      tags: categories.slice(0, 3).map((one) => ({ text: same(say.line(one, 24)), color: 'neutral' })),
      summary: title,
      elements: [
        ...(isExpired
          ? [plain(expired({ time: moment(expiresAtMs, view.timeZone) }), { color: 'orange' })]
          : []),
        ...(elements.length === 0 ? [note(noAnswer)] : elements),
        ...(isCut ? [note(cutShort)] : []),
        ...similar(faq, detail.similarCount, say),
        note(changed(faq, say, view)),
      ],
    },
    view,
  );
}

interface Hand {
  readonly say: Untrusted;
  readonly view: View;
}

/** Text in paragraphs of rich text, pictures where they stand. */
function answerOf(
  parts: readonly FaqPart[],
  pictures: readonly Picture[],
  { columnCount, pictureCount }: Detail,
  hand: Hand,
): { readonly elements: readonly Element[]; readonly isCut: boolean } {
  const elements: Element[] = [];
  let left = columnCount;
  let shownCount = 0;
  let isCut = false;
  for (const run of runsOf(parts)) {
    if (run.kind === 'words') {
      const cut = paragraph(run.parts, left, hand);
      left -= cut.usedCount;
      isCut ||= cut.isCut;
      if (cut.text !== '') elements.push(markdown(same(cut.text)));
    } else {
      const some = pictures.slice(shownCount, Math.min(pictureCount, shownCount + run.count));
      isCut ||= some.length < run.count;
      elements.push(...gallery(some, shownCount));
      shownCount += run.count;
    }
  }
  return { elements, isCut };
}

type Words = Exclude<FaqPart, { readonly kind: 'picture' }>;
type Run = { readonly kind: 'words'; readonly parts: Words[] } | { readonly kind: 'pictures'; count: number };

/** Neighbours of one kind. White space between two pictures does not part them. */
function runsOf(parts: readonly FaqPart[]): readonly Run[] {
  const runs: Run[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (part.kind === 'picture') {
      if (last?.kind === 'pictures') last.count += 1;
      else runs.push({ kind: 'pictures', count: 1 });
    } else if (last?.kind === 'words') last.parts.push(part);
    else if (part.text.trim() !== '') runs.push({ kind: 'words', parts: [part] });
  }
  return runs;
}

/** Lines of rich text in which nothing that was typed is parsed. Links lead only to http and https addresses. */
function paragraph(
  parts: readonly Words[],
  columnCount: number,
  { say, view }: Hand,
): { readonly text: string; readonly usedCount: number; readonly isCut: boolean } {
  let text = '';
  let left = columnCount;
  for (const part of parts) {
    if (left <= 0) return { text, usedCount: columnCount, isCut: true };
    const block = say.block(part.text, { columnCount: left, lineCount: 200 });
    const lines = part.kind === 'link' ? [linked(part, say, view)] : linesOf(part.text, block.text, say);
    text += lines.join('<br>');
    // A Chinese character takes two columns, so this is the most that it can have been.
    left -= Math.max(1, 2 * block.text.length);
    if (block.leftOutCount > 0) return { text, usedCount: columnCount, isCut: true };
  }
  return {
    text: text.replace(/^(?:<br>|\s)+|(?:<br>|\s)+$/g, ''),
    usedCount: columnCount - left,
    isCut: false,
  };
}

/** The blanks and line breaks at both ends stand between this text and its neighbours. */
function linesOf(original: string, shown: string, say: Untrusted): readonly string[] {
  const [start = ''] = /^\s*/.exec(original) ?? [];
  const [end = ''] = /\s*$/.exec(original) ?? [];
  const gap = (blank: string): string =>
    blank.includes('\n') ? '<br>'.repeat(Math.min(2, blank.split('\n').length - 1)) : blank.slice(0, 1);
  // A number and a dot would begin a list, and the line would move.
  const lines = shown.split('\n').map((line) => say.markdown(line, 4_000).replace(/^(\d{1,9})\./, '$1&#46;'));
  return shown === '' ? [gap(original)] : [`${gap(start)}${lines.join('<br>')}${gap(end)}`];
}

function linked(
  { text: label, url }: Extract<FaqPart, { kind: 'link' }>,
  say: Untrusted,
  view: View,
): string {
  const words = say.markdown(label, 200) || '…';
  // What masks a part of the address must not leave it in the link.
  if (mask(url, view.privacy) !== url) return words;
  const address = url.replaceAll(/[()<>[\]"'`|\\\s]/g, (one) =>
    encodeURIComponent(one).replace(/^[^%].*$/, escaped),
  );
  return `[${words}](${address})`;
}

/** `encodeURIComponent` leaves some characters that markdown reads. */
const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function gallery(pictures: readonly Picture[], before: number): readonly Element[] {
  const numbered = pictures.map((picture, index) => ({ ...picture, number: before + index + 1 }));
  const isLoading = pictures.some(({ state }) => state === 'loading');
  return [
    ...arrange(numbered, pictures.length === 1 ? 'whole' : 'thumbnail'),
    ...(isLoading ? [loadingLine(pictures)] : []),
  ];
}

function similar({ similarQuestions }: Faq, maxCount: number, say: Untrusted): readonly Element[] {
  const lines = similarQuestions
    .slice(0, maxCount)
    .map((one) => say.line(one, 120))
    .filter((line) => line !== '');
  return lines.length === 0 ? [] : [collapsible(alsoAsked, [plain(same(lines.join('\n')))])];
}

/** When it changed, how long ago, and by whom. */
function changed({ updatedAtMs, updatedBy }: Faq, say: Untrusted, { nowMs, timeZone }: View): Text {
  const by = updatedBy === undefined ? undefined : name(updatedBy, say);
  if (updatedAtMs === undefined)
    return by === undefined ? neverSaid : text.labelled({ label: changedLabel, value: by });
  const when = changedAt({ time: moment(updatedAtMs, timeZone), ago: duration(nowMs - updatedAtMs) });
  return joinText(by === undefined ? [when] : [when, by], ' · ');
}

// ---------------------------------------------------------------- several entries

export interface FaqListData {
  /** What was asked for. */
  readonly words: string;
  readonly kind: 'found' | 'near';
  readonly faqs: readonly Faq[];
}

/** Up to five hits, or the nearest questions where nothing was found. */
export function faqListCard({ words, kind, faqs }: FaqListData, view: View): Card {
  const say = untrusted(view.privacy);
  const asked = say.line(words, 60);
  const title = kind === 'found' ? foundFor({ words: asked }) : nothingFor({ words: asked });
  const canOpen = view.actions.has('faq.open');
  const rows = faqs.flatMap((faq, index) => [...(index === 0 ? [] : [hr]), ...row(faq, view, say)]);
  const head = kind === 'found' ? [] : [plain(faqs.length === 0 ? tryOtherWords : nearestQuestions)];
  return frame(
    {
      title,
      color: kind === 'found' ? 'green' : 'orange',
      summary: title,
      elements: [...head, ...rows, ...(rows.length === 0 || canOpen ? [] : [note(openByNumber)])],
    },
    view,
  );
}

function row(faq: Faq, view: View, say: Untrusted): readonly Element[] {
  const words = faq.answer.map((part) => (part.kind === 'picture' ? '' : part.text)).join('');
  const pictureCount = picturesOfAnswer(faq).length;
  const isExpired = faq.expiresAtMs !== undefined && faq.expiresAtMs <= view.nowMs;
  const remarks = [
    same(`/faq ${say.line(faq.id, 40)}`),
    ...(pictureCount === 0 ? [] : [text.pictures(pictureCount)]),
    ...(isExpired ? [expiredShort] : []),
  ];
  const beginning = say.block(words, { columnCount: 160, lineCount: 2 }).text;
  const lines = [
    plain(same(say.line(faq.question, 120) || '—')),
    ...(beginning === '' ? [] : [note(same(beginning))]),
    note(joinText(remarks, ' · ')),
  ];
  const call = { action: 'faq.open', faq: faq.id };
  const open = view.actions.has(call.action)
    ? button(text.button.show, { call }, { size: 'small' })
    : undefined;
  return lineWithButton(lines, open);
}

// ---------------------------------------------------------------- sentences

const entryNumber = sentence('知识库 {id}', 'Knowledge base {id}', 'ナレッジ {id}');
const expired = sentence(
  '此条目已于 {time} 过期，内容可能不再正确。',
  'This entry expired on {time}; it may no longer be right.',
  'この項目は {time} に期限切れになりました。内容が古い可能性があります。',
);
const expiredShort = say('已过期', 'Expired', '期限切れ');
const noAnswer = say('此条目没有内容。', 'This entry has no answer.', 'この項目には回答がありません。');
const cutShort = say(
  '内容太长，未全部显示，请在服务台知识库中查看。',
  'This entry is too long for one card; see the rest in the helpdesk’s knowledge base.',
  '内容が長いため一部を省略しています。続きはヘルプデスクのナレッジで確認してください。',
);
const alsoAsked = say('相似问题', 'Similar questions', '類似の質問');
const changedLabel = say('最后修改', 'Changed by', '最終更新');
const changedAt = sentence('{time} 修改（{ago}前）', 'Changed {time}, {ago} ago', '{time} 更新（{ago}前）');
const neverSaid = say('修改时间未知', 'It is not known when this changed', '更新日時は不明です');
const foundFor = sentence('知识库：{words}', 'Knowledge base: {words}', 'ナレッジ：{words}');
const nothingFor = sentence(
  '知识库中没有“{words}”',
  'Nothing in the knowledge base for “{words}”',
  'ナレッジに「{words}」は見つかりません',
);
const tryOtherWords = say(
  '请换几个词，或只用一个关键词。',
  'Try other words, or a single one.',
  '別の語、または一語だけで試してください。',
);
const nearestQuestions = say('最接近的问题：', 'The nearest questions:', '最も近い質問：');
const openByNumber = say(
  '用 /faq 加编号打开。',
  'Open one with /faq and its number.',
  '/faq と番号で開けます。',
);
