/** The arguments that commands are made of: each takes words from the front and says what is wrong with them. */

import type { Argument, Place, Word } from './command.ts';
import type { Text } from './domain.ts';
import { UserError } from './errors.ts';
import { mapText, same, say, sentence } from './text.ts';

/** A ticket id as Feishu gives it. Also what keeps anything else out of the path of a call. */
export const ticketId = /^\d{1,20}$/;

/** So much of a word is shown when it is wrong. */
const shownCharCount = 30;

/** One word, whatever it is. `name` says in `/help` what it is for. */
export function word(name: Text): Argument<string> {
  return {
    usage: mapText(name, (what) => `<${what}>`),
    parse([first, ...rest]) {
      if (first === undefined) throw new UserError(missing({ name }));
      return { value: first.text, rest };
    },
  };
}

/** An argument that may be left out: undefined when no word is left. */
export function optional<T>(argument: Argument<T>): Argument<T | undefined> {
  return {
    usage: mapText(argument.usage, (usage) => usage.replace(/^<(.*)>$/s, '[$1]')),
    parse: (words, place) =>
      words.length === 0 ? { value: undefined, rest: words } : argument.parse(words, place),
  };
}

/**
 * Tickets, by number (`123`, `#123`) or by link, separated by white space, commas or semicolons, each one once. Without any: the
 * ticket of the thread or of the card replied to. Mentions are passed over: people point things out to each other.
 */
export function ticketRefs({ max }: { readonly max: number }): Argument<readonly string[]> {
  return {
    usage: say('[编号或链接 …]', '[id or link …]', '[番号かリンク …]'),
    parse(words, place) {
      const said = words.filter((each) => !isMention(each));
      const ids = [...new Set(said.flatMap((each) => refsIn(each.text, place)))];
      if (ids.length > max) throw new UserError(tooMany({ count: ids.length, max }), inSeveral);
      if (ids.length > 0) return { value: ids, rest: [] };
      if (place.ticketHere === undefined)
        throw new UserError(
          whichTicket,
          addOne({ examples: examplesFrom(place.recentTickets) }),
          place.recentTickets,
        );
      return { value: [place.ticketHere], rest: [] };
    },
  };
}

/** The ticket that a message seems to be about: its first word, or the ticket of the place. Takes no offence at anything. */
export function aboutTicket(): Argument<string | undefined> {
  return {
    usage: say('[编号或链接]', '[id or link]', '[番号かリンク]'),
    parse(words, place) {
      const [first, ...rest] = words.filter((each) => !isMention(each));
      const id = first && idIn(first.text, place.ticketHost);
      return id === undefined ? { value: place.ticketHere, rest: words } : { value: id, rest };
    },
  };
}

/** The beginning of something typed, to quote it. Cut between characters, never inside one of two halves. */
export function beginning(text: string, charCount: number): string {
  const chars = [...text];
  return chars.length > charCount ? `${chars.slice(0, charCount).join('')}…` : text;
}

function isMention({ text, openId }: Word): boolean {
  return openId !== undefined || text.startsWith('@');
}

/** A separator may also be a part of a link, so a word whose parts make no sense is read once more as a whole. */
function refsIn(text: string, { ticketHost }: Place): readonly string[] {
  const parts = text.split(/[,、;]/u).filter((part) => part !== '');
  const ids: string[] = [];
  for (const part of parts) {
    const id = idIn(part, ticketHost);
    if (id !== undefined) ids.push(id);
    else {
      const whole = idIn(text, ticketHost);
      if (whole === undefined)
        throw new UserError(notATicket({ word: beginning(part, shownCharCount) }), rightForm);
      return [whole];
    }
  }
  return ids;
}

/** The number of a ticket, written with or without `#`. */
export function ticketNumber(text: string): string | undefined {
  const plain = text.replace(/^#/, '');
  return ticketId.test(plain) ? plain : undefined;
}

function idIn(text: string, ticketHost: string | undefined): string | undefined {
  const number = ticketNumber(text);
  if (number !== undefined) return number;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return idInAnyLink(url) ?? (url.host === ticketHost ? idInOwnLink(url) : undefined);
}

/** What is a link to a ticket on any helpdesk. The link is only read, never fetched. */
function idInAnyLink({ pathname, searchParams, hash }: URL): string | undefined {
  const inPath = /\/tickets?\/(\d{1,20})(?:\/|$)/i.exec(pathname)?.[1];
  const inQuery = numbers([searchParams.get('ticket_id') ?? '']);
  const inHash = /\/tickets?\/(\d{1,20})(?:[/?&]|$)/i.exec(hash)?.[1];
  return inPath ?? inQuery[0] ?? inHash;
}

/** On the host of `TICKET_URL` the link is known to be about a ticket: its number stands at the end, or alone in the query. */
function idInOwnLink({ pathname, searchParams, hash }: URL): string | undefined {
  const last = (path: string): string[] => numbers([path.replace(/\/$/, '').split('/').at(-1) ?? '']);
  const inQuery = numbers([...searchParams.values()]);
  return (
    last(pathname)[0] ?? (inQuery.length === 1 ? inQuery[0] : undefined) ?? last(hash.split('?')[0] ?? '')[0]
  );
}

function numbers(texts: readonly string[]): string[] {
  return texts.filter((text) => ticketId.test(text));
}

// ---------------------------------------------------------------- sentences

const missing = sentence(
  '指令后面缺少内容：{name}。',
  'Something is missing after the command: {name}.',
  'コマンドの後に必要な項目がありません：{name}。',
);

const notATicket = sentence(
  '“{word}”不是工单编号，也不是工单链接。',
  '“{word}” is neither a ticket number nor a link to a ticket.',
  '「{word}」はチケット番号でもチケットのリンクでもありません。',
);

const rightForm = say(
  '工单编号最多 20 位数字，例如 123；链接例如 https://…/ticket/123。多个工单用空格或逗号分隔。',
  'A ticket number has up to 20 digits, such as 123; a link looks like https://…/ticket/123. Separate several by spaces or commas.',
  'チケット番号は最大 20 桁の数字（例：123）、リンクは https://…/ticket/123 の形です。複数の場合は空白かカンマで区切ってください。',
);

const tooMany = sentence(
  '一次最多查看 {max} 个工单，这里有 {count} 个。',
  'At most {max} tickets at a time, and these are {count}.',
  '一度に表示できるチケットは {max} 件までですが、{count} 件指定されています。',
);

const inSeveral = say(
  '请分几条消息发送。',
  'Please ask in several messages.',
  '複数のメッセージに分けて送信してください。',
);

const whichTicket = say('要查看哪个工单？', 'Which ticket do you mean?', 'どのチケットですか？');

const addOne = sentence(
  '请在指令后面写上工单编号或链接，例如 {examples}。',
  'Write its number or link after the command, such as {examples}.',
  'コマンドの後にチケット番号かリンクを書いてください（例：{examples}）。',
);

/** Such as the chat shows already; else any. */
const examplesFrom = ([latest = '123']: readonly string[]): Text => same(latest);
