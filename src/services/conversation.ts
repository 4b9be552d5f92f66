/**
 * Reads a ticket's messages page by page and puts them in order. Feishu documents neither the order of the list nor what `total`
 * counts, so both are looked at, not believed.
 */

import type { Conversation, TicketMessage } from '../domain.ts';
import type { MessagesPage } from '../feishu/helpdesk.ts';

/** The most that Feishu gives at once. */
export const pageSizeCount = 200;
/** A conversation of up to this many pages is read whole; of a longer one the first two and the last three. */
const wholePagesMaxCount = 5;
const headPagesCount = 2;
const tailPagesCount = 3;
const messagesMaxCount = wholePagesMaxCount * pageSizeCount;
/** When the server's numbers do not fit together, pages are followed one by one, no further than this. */
const walkPagesMaxCount = 10;

/** @throws whatever the reading of a page throws */
export type ReadPage = (page: number) => Promise<MessagesPage>;

/**
 * What has been read: messages in the order of the list, each id once. `gap` are messages that were passed over, and at which place
 * of the list.
 */
interface Reading {
  readonly messages: readonly TicketMessage[];
  readonly gap: { readonly at: number; readonly count: number } | undefined;
}

/**
 * The conversation, oldest message first. One call, and one for each further page; at most five as long as the server's numbers are
 * right, and always an end.
 * @throws what `readPage` throws
 */
export async function readConversation(readPage: ReadPage): Promise<Conversation> {
  return arrange(await readList(readPage));
}

async function readList(readPage: ReadPage): Promise<Reading> {
  const first = await readPage(1);
  const rows = first.messages.length;
  const total = first.totalCount;
  if (total === rows) return { messages: onceEach([first]), gap: undefined };
  // More rows than there should be in all, or a page that is not full although more is promised: the numbers do not fit together.
  if (total === undefined || total < rows) return walk(readPage, [first], undefined);
  if (rows < pageSizeCount) return walk(readPage, [first], total);
  const pagesCount = Math.ceil(total / pageSizeCount);
  if (pagesCount <= wholePagesMaxCount) {
    const rest = await Promise.all(range(2, pagesCount).map(readPage));
    return { messages: onceEach([first, ...rest]), gap: undefined };
  }
  return readEnds(readPage, first, pagesCount);
}

/** The first two and the last three pages. */
async function readEnds(readPage: ReadPage, first: MessagesPage, pagesCount: number): Promise<Reading> {
  const tailStart = pagesCount - tailPagesCount + 1;
  const [rest, tail] = await Promise.all([
    Promise.all(range(2, headPagesCount).map(readPage)),
    Promise.all(range(tailStart, pagesCount).map(readPage)),
  ]);
  const head = [first, ...rest];
  const headMessages = onceEach(head);
  const messages = onceEach([...head, ...tail]);
  // Nothing new at the end: the total is too large, and the messages end somewhere before.
  if (messages.length === headMessages.length) return walk(readPage, head, undefined);
  const count = (tailStart - 1 - headPagesCount) * pageSizeCount;
  return { messages, gap: { at: headMessages.length, count } };
}

/** Follows the pages one by one until one brings nothing new, or all that was promised is there, or it is enough. */
async function walk(
  readPage: ReadPage,
  read: readonly MessagesPage[],
  total: number | undefined,
): Promise<Reading> {
  const pages = [...read];
  let messages = onceEach(pages);
  let ended = isLast(pages.at(-1), total);
  while (!ended && messages.length < messagesMaxCount && pages.length < walkPagesMaxCount) {
    pages.push(await readPage(pages.length + 1));
    const more = onceEach(pages);
    ended = more.length === messages.length || more.length === total || isLast(pages.at(-1), total);
    messages = more;
  }
  const leftCount = ended || total === undefined ? 0 : Math.max(0, total - messages.length);
  return { messages, gap: leftCount === 0 ? undefined : { at: messages.length, count: leftCount } };
}

/** Whether no page follows: it is empty, or not full where nothing else says that there is more. */
function isLast(page: MessagesPage | undefined, total: number | undefined): boolean {
  const rows = page?.messages.length ?? 0;
  return rows === 0 || (total === undefined && rows < pageSizeCount);
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** A message that comes in while we read moves the others, so one may stand on two pages. Those without an id are all kept. */
function onceEach(pages: readonly MessagesPage[]): readonly TicketMessage[] {
  const seen = new Set<string>();
  return pages
    .flatMap((page) => page.messages)
    .filter(({ id }) => {
      const isNew = id === '' || !seen.has(id);
      seen.add(id);
      return isNew;
    });
}

/** Sorts by time; where that is equal the order of the list stays. A message without a time stays behind the one before it. */
function arrange({ messages, gap }: Reading): Conversation {
  const timed = withTimes(messages);
  const sorted = [...timed].sort((a, b) => a.atMs - b.atMs).map(({ message }) => message);
  const omittedCount = gap?.count ?? 0;
  const counts = { totalCount: messages.length + omittedCount, omittedCount };
  if (gap === undefined) return { messages: sorted, ...counts, omittedBefore: undefined };
  const newestFirst = (timed[0]?.atMs ?? 0) > (timed.at(-1)?.atMs ?? 0);
  return { messages: sorted, ...counts, omittedBefore: newestFirst ? messages.length - gap.at : gap.at };
}

function withTimes(messages: readonly TicketMessage[]): readonly { message: TicketMessage; atMs: number }[] {
  let lastMs = messages.find(({ createdAtMs }) => createdAtMs !== undefined)?.createdAtMs ?? 0;
  return messages.map((message) => {
    lastMs = message.createdAtMs ?? lastMs;
    return { message, atMs: lastMs };
  });
}
