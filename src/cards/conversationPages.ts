/**
 * A conversation cut into pages that each fit a card. The cutting looks at lengths alone, so a page is the same whoever reads it, and new
 * messages only add pages at the end.
 */

import type { Conversation, PictureSource, TicketMessage } from '../domain.ts';

/** One message on a page, or a part of a long one. */
export interface Entry {
  readonly message: TicketMessage;
  /** From 1, of `partCount`. */
  readonly part: number;
  readonly partCount: number;
  /** The pictures that stand with it: with the last part. */
  readonly pictures: readonly NumberedSource[];
  /** How many more pictures the message has. */
  readonly morePicturesCount: number;
  /** So many messages before this one were not read. */
  readonly missingBeforeCount: number;
}

/** A picture by its place among all pictures of the conversation, from 1. */
export interface NumberedSource {
  readonly number: number;
  readonly source: PictureSource;
}

export interface ConversationPage {
  readonly entries: readonly Entry[];
  /** From 1. */
  readonly page: number;
  readonly pageCount: number;
}

/** What a card holds with room to spare, in characters; a line, a byline and a picture count as so many. */
const pageWeight = 4_000;
const partWeight = 3_000;
const lineWeight = 20;
const bylineWeight = 60;
const pictureWeight = 80;
const entriesMaxCount = 10;
const picturesOfOneMaxCount = 9;
/** What is longer is no message that anybody reads in a chat. */
const partsMaxCount = 30;

/** The wanted page, or the last one when it is not given or does not exist. There is always one, perhaps without entries. */
export function conversationPage(conversation: Conversation, wanted?: number): ConversationPage {
  const pages = pagesOf(conversation);
  const page = Math.max(1, Math.min(wanted ?? pages.length, pages.length));
  return { entries: pages[page - 1] ?? [], page, pageCount: Math.max(1, pages.length) };
}

function pagesOf(conversation: Conversation): readonly (readonly Entry[])[] {
  const pages: Entry[][] = [];
  let weight = 0;
  for (const entry of entriesOf(conversation)) {
    const last = pages.at(-1);
    const own = weightOf(entry);
    if (last === undefined || last.length >= entriesMaxCount || weight + own > pageWeight) {
      pages.push([entry]);
      weight = own;
    } else {
      last.push(entry);
      weight += own;
    }
  }
  return pages;
}

function* entriesOf({ messages, omittedCount, omittedBefore }: Conversation): Generator<Entry> {
  let number = 1;
  for (const [index, message] of messages.entries()) {
    const partCount = Math.max(1, Math.min(partsMaxCount, Math.ceil(textWeight(message.text) / partWeight)));
    const numbered = message.pictures.map((source, at) => ({ source, number: number + at }));
    number += numbered.length;
    for (let part = 1; part <= partCount; part += 1) {
      const pictures = part === partCount ? numbered.slice(0, picturesOfOneMaxCount) : [];
      yield {
        message,
        part,
        partCount,
        pictures,
        morePicturesCount: part === partCount ? numbered.length - pictures.length : 0,
        missingBeforeCount: part === 1 && index === omittedBefore ? omittedCount : 0,
      };
    }
  }
}

function weightOf({ message, partCount, pictures }: Entry): number {
  return bylineWeight + textWeight(message.text) / partCount + pictureWeight * pictures.length;
}

function textWeight(text: string): number {
  return text.length + lineWeight * (text.split('\n').length - 1);
}
