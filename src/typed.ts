/**
 * What was typed, as words. Reads the text of a message as a person means it: full-width characters, invisible characters and any
 * white space are evened out, and the place holders of mentions become people.
 */

import type { Word } from './command.ts';
import type { Mention, MessageInbound } from './domain.ts';

/** More is cut: nobody types it, and a message may hold 150 KB. */
const maxWordCount = 200;
const maxWordCharCount = 1_000;

/** What a message asks. */
export interface Typed {
  /** The bot is spoken to: in a direct chat always, in a group when it is mentioned. */
  readonly addressed: boolean;
  /** The command at the start of the message: its name in lower case, as typed and perhaps unknown, and what follows. */
  readonly command: { readonly name: string; readonly words: readonly Word[] } | undefined;
}

type Source = Pick<MessageInbound, 'chatType' | 'text' | 'mentions'>;

/** A word, or a mention with whom it means to us. */
type Token = Word & { readonly mention?: 'bot' | 'all' | 'other' };

/**
 * Finds the command in a message. Only the first thing in it counts, after mentions and white space: a slash in the middle of a
 * sentence, on a later line or in a code block is text. A message that begins with mentions of others alone speaks to them.
 * https://open.feishu.cn/document/server-docs/im-v1/message/events/receive
 *
 * @param botOpenId undefined while it is not known: then any person mentioned in front may be the bot
 */
export function readCommand(source: Source, botOpenId: string | undefined): Typed {
  const mentioned = botOpenId !== undefined && source.mentions.some(({ openId }) => openId === botOpenId);
  const addressed = source.chatType === 'p2p' || mentioned;
  const tokens = tokensOf(source, botOpenId);
  const start = tokens.findIndex(({ mention }) => mention === undefined);
  const name = /^\/([\p{L}\p{N}?].*)$/u.exec(tokens[start]?.text ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return { addressed, command: undefined };
  const spokenTo = tokens.slice(0, start);
  const maybeBot = botOpenId === undefined && spokenTo.some(({ mention }) => mention === 'other');
  const toOthers = spokenTo.length > 0 && !addressed && !maybeBot;
  if (toOthers) return { addressed, command: undefined };
  return { addressed, command: { name, words: argumentsOf(tokens.slice(start + 1)) } };
}

/** The bot's own mention says only who is meant, and nobody is asked about everyone. */
function argumentsOf(tokens: readonly Token[]): Word[] {
  return tokens
    .filter(({ mention }) => mention !== 'bot' && mention !== 'all')
    .map(({ text, openId }) => ({ text, openId }));
}

function tokensOf({ text, mentions }: Source, botOpenId: string | undefined): Token[] {
  const byKey = new Map(mentions.map((mention) => [mention.key, mention]));
  const tokens: Token[] = [];
  for (const piece of piecesOf(text, byKey)) {
    const room = maxWordCount + 1 - tokens.length;
    if (room <= 0) break;
    if (typeof piece === 'string')
      tokens.push(...wordsOf(piece, room).map((word) => ({ text: word, openId: undefined })));
    else tokens.push(mentionToken(piece, botOpenId));
  }
  return tokens;
}

function mentionToken({ key, openId, name }: Mention, botOpenId: string | undefined): Token {
  const text = `@${visible(name).trim().slice(0, maxWordCharCount)}`;
  if (key === '@_all' || openId === 'all') return { text, openId: undefined, mention: 'all' };
  return { text, openId, mention: openId !== undefined && openId === botOpenId ? 'bot' : 'other' };
}

/**
 * Splits at the place holders that Feishu says are mentions; the same letters typed by a person stay text. A number may follow
 * without a space (`@_user_1123`), so the longest place holder that exists wins.
 */
function* piecesOf(text: string, byKey: ReadonlyMap<string, Mention>): Generator<string | Mention> {
  let start = 0;
  for (const { 0: found, index } of text.matchAll(/@_(?:user_\d{1,9}|all)/g)) {
    const mention = longestKey(found, byKey);
    if (mention === undefined) continue;
    yield text.slice(start, index);
    yield mention;
    start = index + mention.key.length;
  }
  yield text.slice(start);
}

function longestKey(found: string, byKey: ReadonlyMap<string, Mention>): Mention | undefined {
  for (let length = found.length; length > '@_'.length; length -= 1) {
    const mention = byKey.get(found.slice(0, length));
    if (mention !== undefined) return mention;
  }
  return undefined;
}

/** Zero-width and direction marks, control characters that are no white space, halves of surrogate pairs. */
const invisible = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]|[^\P{Cc}\p{White_Space}]/gu;

function visible(text: string): string {
  return text.replace(invisible, '');
}

/** `[text](https://…)`: how Feishu writes a link in the text of a message. The text may hold one pair of brackets. */
const link = /\[((?:[^[\]]|\[[^[\]]{0,100}\]){0,300})\]\((https?:\/\/[^\s)]{1,2000})\)/giu;

/** A link stands for its address, unless its text is a number: then it is a number that Feishu has linked. */
function unlinked(text: string): string {
  return text.replace(link, (_, label: string, url: string) =>
    /^\s*[#＃]?[\d０-９]+\s*$/u.test(label) ? ` ${label} ` : ` ${url} `,
  );
}

/** Cut before it is normalised, because that may take the square of the length of a hostile word. */
function wordsOf(text: string, maxCount: number): string[] {
  const words: string[] = [];
  for (const { 0: raw } of unlinked(visible(text)).matchAll(/\P{White_Space}+/gu)) {
    // Normalising may bring new white space: U+00A8 becomes a space and a combining mark.
    const normal = visible(raw.slice(0, maxWordCharCount)).normalize('NFKC');
    for (const word of normal.split(/\p{White_Space}+/u))
      if (word !== '') words.push(visible(word.slice(0, maxWordCharCount)));
    if (words.length >= maxCount) break;
  }
  return words.slice(0, maxCount);
}
