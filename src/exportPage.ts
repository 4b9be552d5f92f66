/**
 * A ticket as one HTML file for the record: what was said, the facts, and the pictures inside. It loads nothing, runs nothing, and prints
 * well.
 */

import { shortMoment } from './cards/moment.ts';
import { subject } from './cards/subject.ts';
import { mask, type Untrusted, untrusted } from './cards/untrusted.ts';
import type { View } from './cards/view.ts';
import type { Conversation, Locale, Person, PictureFile, Text, Ticket, TicketMessage } from './domain.ts';
import { duration, grouped, say, text } from './text.ts';

export interface ExportData {
  readonly ticket: Ticket;
  /** Undefined when the messages could not be read. */
  readonly conversation: Conversation | undefined;
  /** For each picture of the conversation, in its order; undefined for one that did not fit. */
  readonly pictures: readonly (PictureFile | undefined)[];
  /** What happened in each escalation, one line for each thing, the first one first. */
  readonly escalations?: readonly (readonly Text[])[];
}

/** What the page is written with: the bot's own language, and the mask of the chat that it goes to. */
interface Pen {
  readonly say: Untrusted;
  readonly view: View;
  of(text: Text): string;
  /** One line that somebody wrote, safe in HTML. */
  line(text: string): string;
  /** Several lines that somebody wrote, safe in HTML. */
  block(text: string): string;
  moment(atMs: number): string;
}

/** @returns the file, in UTF-8 */
export function exportPage(data: ExportData, view: View): Uint8Array {
  const pen = penOf(view);
  const { ticket, conversation } = data;
  const title = pen.of(text.ticket({ id: pen.line(ticket.id) }));
  const about = subject(ticket, conversation, pen.say);
  const parts = [
    `<h1>${title}</h1>`,
    about === undefined ? '' : `<p class="about">${escaped(about)}</p>`,
    facts(ticket, pen),
    `<h2>${pen.of(words.conversation)}</h2>`,
    conversation === undefined
      ? `<p>${pen.of(text.messagesUnread)}</p>`
      : messages(conversation, data.pictures, pen),
    ...(data.escalations ?? []).map((lines) => escalation(lines, pen)),
    `<footer>${pen.of(words.made)} ${pen.moment(view.nowMs)} (${escaped(view.timeZone)})</footer>`,
  ];
  return Buffer.from(pageOf(title, parts.join('\n'), view.locale ?? 'zh_cn'), 'utf8');
}

function escalation(lines: readonly Text[], pen: Pen): string {
  const items = lines.map((line) => `<li>${escaped(pen.of(line))}</li>`);
  return `<h2>${pen.of(words.escalation)}</h2><ul>${items.join('')}</ul>`;
}

function penOf(view: View): Pen {
  const say = untrusted(view.privacy);
  const locale = view.locale ?? 'zh_cn';
  return {
    say,
    view,
    of: (one) => one[locale],
    line: (one) => escaped(say.line(one, 2_000)),
    // The wire has cleaned it; cutting it into what readers take for characters would take long.
    block: (one) => escaped(mask(one, view.privacy)),
    moment: (atMs) => escaped(shortMoment(atMs, view.timeZone)),
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Safe as text and in a quoted attribute. */
function escaped(plain: string): string {
  return plain.replaceAll(/[&<>"'`]/g, (character) => entities[character] ?? '');
}

const languageTag: Readonly<Record<Locale, string>> = { zh_cn: 'zh-CN', en_us: 'en', ja_jp: 'ja' };

/** The policy forbids everything but the styles and pictures that stand in the file itself. */
function pageOf(title: string, body: string, locale: Locale): string {
  const policy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  return `<!doctype html>
<html lang="${languageTag[locale]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light; }
body { margin: 0; background: #f5f6f7; color: #1f2329; font: 15px/1.6 system-ui, "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 760px; margin: 0 auto; padding: 32px 24px; background: #fff; }
h1 { margin: 0; font-size: 22px; } h2 { margin: 32px 0 8px; font-size: 17px; }
.about { margin: 4px 0 16px; color: #646a73; }
table { width: 100%; border-collapse: collapse; } th, td { padding: 4px 8px; border-bottom: 1px solid #dee0e3; text-align: left; vertical-align: top; }
th { width: 30%; font-weight: normal; color: #646a73; } td { overflow-wrap: anywhere; }
article { margin: 16px 0; break-inside: avoid-page; } article header { color: #646a73; font-size: 13px; }
article { padding-left: 12px; border-left: 3px solid #bbbfc4; }
.words { margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
img { display: block; max-width: 100%; max-height: 900px; margin: 8px 0; border: 1px solid #dee0e3; }
.gone, footer, .gap { color: #646a73; font-size: 13px; } .gap { padding: 8px; text-align: center; background: #f5f6f7; } footer { margin-top: 32px; }
@media print { body { background: #fff; } main { max-width: none; padding: 0; } img { max-height: 22cm; break-inside: avoid; } }
`;

// ---------------------------------------------------------------- facts

function facts(ticket: Ticket, pen: Pen): string {
  const { fields } = ticket;
  const rows: readonly (readonly [string, string])[] = [
    ...known(ticket, pen),
    ...fields.map(
      ({ name, key, value }) =>
        [pen.line(name || key), pen.block(pen.say.value(`${name} ${key}`, value))] as const,
    ),
  ];
  const shown = rows.filter(([, value]) => value !== '');
  return `<table>${shown.map(([label, value]) => `<tr><th>${label}</th><td>${value}</td></tr>`).join('\n')}</table>`;
}

function known(ticket: Ticket, pen: Pen): readonly (readonly [string, string])[] {
  const { label } = text;
  const row = (name: Text, value: string): readonly [string, string] => [escaped(pen.of(name)), value];
  const at = (atMs: number | undefined): string => (atMs === undefined ? '' : pen.moment(atMs));
  const lasting = (count: number | undefined, unitMs: number): string =>
    count === undefined ? '' : pen.of(duration(count * unitMs));
  const people = (some: readonly (Person | undefined)[]): string =>
    some.flatMap((one) => (one === undefined ? [] : pen.line(one.name))).join(', ');
  const { score, stage, solved, dissatisfaction } = ticket;
  return [
    row(words.status, pen.of(text.status[ticket.status])),
    row(words.stage, stage === 'unknown' ? '' : pen.of(text.stage[stage])),
    row(words.solved, solved === undefined ? '' : pen.of(solved ? words.yes : words.no)),
    row(label.guest, people([ticket.guest])),
    row(words.department, pen.line(ticket.guest?.department ?? '')),
    row(label.owner, people([ticket.owner])),
    row(label.agents, people(ticket.agents)),
    row(label.collaborators, people(ticket.collaborators)),
    row(label.channel, pen.of(text.channel[ticket.channel])),
    row(label.tags, ticket.tags.map(pen.line).join(', ')),
    row(label.created, at(ticket.createdAtMs)),
    row(words.entered, at(ticket.agentEnteredAtMs)),
    row(label.firstResponse, at(ticket.firstResponseAtMs)),
    row(label.closed, at(ticket.closedAtMs)),
    row(label.closedBy, people([ticket.closedBy])),
    row(label.firstResponseTime, lasting(ticket.firstResponseSec, 1000)),
    row(label.resolutionTime, lasting(ticket.resolutionSec, 1000)),
    row(label.agentTime, lasting(ticket.agentServiceMin, 60_000)),
    row(label.rating, score === undefined ? '' : pen.of(text.score[score])),
    row(label.reason, dissatisfaction === undefined ? '' : pen.line(pen.of(dissatisfaction))),
    row(label.comment, pen.block(ticket.comment ?? '')),
  ];
}

// ---------------------------------------------------------------- messages

function messages(
  { messages: all, omittedBefore, omittedCount, totalCount }: Conversation,
  pictures: readonly (PictureFile | undefined)[],
  pen: Pen,
): string {
  if (all.length === 0) return `<p>${pen.of(text.noMessages)}</p>`;
  const omitted = text.messagesOmitted({
    messages: text.messages(totalCount),
    omitted: grouped(omittedCount),
  });
  let number = 0;
  return all
    .map((message, index) => {
      const gap = index === omittedBefore ? `<p class="gap">${pen.of(omitted)}</p>\n` : '';
      const start = number;
      number += message.pictures.length;
      return gap + article(message, pictures.slice(start, number), start, pen);
    })
    .join('\n');
}

function article(
  message: TicketMessage,
  pictures: readonly (PictureFile | undefined)[],
  before: number,
  pen: Pen,
): string {
  const { author, createdAtMs, kind } = message;
  const name = pen.line(author.name) || pen.of(text.unknownPerson);
  const time =
    createdAtMs === undefined
      ? ''
      : ` · <time datetime="${new Date(createdAtMs).toISOString()}">${pen.moment(createdAtMs)}</time>`;
  const other = kind === 'file' || kind === 'media' || kind === 'unknown' ? pen.of(text.files[kind]) : '';
  const parts = [
    message.text.trim() === '' ? '' : `<p class="words">${pen.block(message.text)}</p>`,
    other === '' ? '' : `<p class="gone">${escaped(other)}</p>`,
    ...pictures.map((picture, index) => image(picture, before + index + 1, pen)),
  ];
  return `<article><header>${name}${time}</header>${parts.join('')}</article>`;
}

function image(picture: PictureFile | undefined, number: number, pen: Pen): string {
  const alt = pen.of(text.pictureAlt({ number }));
  if (picture === undefined) return `<p class="gone">${escaped(`${alt}: ${pen.of(words.noRoom)}`)}</p>`;
  if (!picture.ok) {
    const reason = pen.of(text.pictureFailed({ number, reason: text.pictureFailure[picture.reason] }));
    return `<p class="gone">${escaped(reason)}</p>`;
  }
  const data = Buffer.from(picture.bytes).toString('base64');
  return `<img alt="${escaped(alt)}" src="data:${escaped(picture.mime)};base64,${data}">`;
}

const words = {
  escalation: say('升级', 'Escalation', 'エスカレーション'),
  conversation: say('对话', 'Conversation', '会話'),
  status: say('状态', 'State', '状態'),
  stage: say('阶段', 'Stage', '段階'),
  solved: say('已解决', 'Solved', '解決'),
  yes: say('是', 'yes', 'はい'),
  no: say('否', 'no', 'いいえ'),
  department: say('部门', 'Department', '部署'),
  entered: say('转人工时间', 'Came to a human', '有人対応の開始'),
  noRoom: say(
    '文件太大，未能放入',
    'left out, the file would be too large',
    'ファイルが大きくなりすぎるため省略',
  ),
  made: say('导出时间', 'Exported', 'エクスポート日時'),
} as const;
