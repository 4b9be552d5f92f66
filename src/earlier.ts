/**
 * An answer that was sent while the process died before it could write that down. For an hour Feishu itself prevents a second one, by the
 * `uuid`; after that, the bot looks for the message before it sends again.
 */

import type { Clock } from './clock.ts';
import { FeishuError } from './errors.ts';
import type { ImApi, ListedMessage, SentMessage } from './feishu/im.ts';
import type { Log } from './log.ts';
import type { PostedCards } from './services/postedCards.ts';

/** What an answer stands under. */
export interface Question {
  readonly messageId: string;
  readonly chatId: string;
  readonly threadId: string | undefined;
  /** When the bot took it, by its own clock. Nothing was sent before. */
  readonly takenAtMs: number;
}

/** `none`: nothing was sent. `unknown`: that cannot be found out. */
export type Earlier = SentMessage | 'none' | 'unknown';

export interface EarlierDeps {
  readonly im: Pick<ImApi, 'listMessages'>;
  /** A message that stands in there was written down, so it is the answer to something else. */
  readonly postedCards: Pick<PostedCards, 'get'>;
  /** The bot is the sender of a message by this. */
  readonly appId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Feishu remembers a `uuid` for 60 min; the rest is for clocks that differ and for a call on its way. */
const uuidHoldsMs = 55 * 60_000;
/** Feishu's clock may be so far behind ours. */
const skewMs = 10 * 60_000;
/** Of 50 messages each. */
const maxPageCount = 10;

/** @returns whether Feishu may have forgotten the `uuid` of an answer to this question */
export function mayBeForgotten({ takenAtMs }: Question, clock: Clock): boolean {
  return clock.nowMs() - takenAtMs > uuidHoldsMs;
}

/**
 * Looks for an answer to the question that is not written down.
 * @throws FeishuError when trying again later may help
 */
export async function findEarlier(deps: EarlierDeps, question: Question): Promise<Earlier> {
  const { threadId, chatId } = question;
  try {
    if (threadId !== undefined) return await search(deps, question, { kind: 'thread', id: threadId });
    return await search(deps, question, { kind: 'chat', id: chatId });
  } catch (error) {
    if (!(error instanceof FeishuError) || isForNow(error)) throw error;
    deps.log.warn({ err: error, chatId }, 'the bot may not look for its earlier answer');
    return 'unknown';
  }
}

function isForNow({ kind }: FeishuError): boolean {
  switch (kind) {
    case 'passing':
    case 'rate':
    case 'in_flight':
    case 'token':
    case 'setup':
    case 'quota':
    case 'unreachable_chat':
      return true;
    case 'scope':
    case 'not_found':
    case 'forbidden':
    case 'deleted':
    case 'rejected_card':
    case 'rejected_content':
    case 'gone_target':
    case 'bad_picture':
    case 'invalid':
    case 'unknown':
      return false;
  }
}

type Container = Parameters<ImApi['listMessages']>[0]['container'];

/**
 * A chat is read from the question on, because the answer comes soon after it; a thread can only be read from one of its ends, and
 * what is not old stands at the end.
 */
async function search(deps: EarlierDeps, question: Question, container: Container): Promise<Earlier> {
  const fromMs = question.takenAtMs - skewMs;
  const newestFirst = container.kind === 'thread';
  let startedThread: string | undefined;
  let page: string | undefined;
  for (let count = 0; count < maxPageCount; count += 1) {
    const { messages, nextPage } = await deps.im.listMessages({ container, fromMs, newestFirst, page });
    const found = await answerAmong(deps, question, messages);
    if (found !== undefined) return { ...found, chatId: question.chatId };
    startedThread ??= messages.find(({ messageId }) => messageId === question.messageId)?.threadId;
    const isPast = newestFirst && messages.some(({ createdAtMs = fromMs }) => createdAtMs < fromMs);
    if (nextPage !== undefined && !isPast) {
      page = nextPage;
      continue;
    }
    // Someone has begun a thread under the question: an answer may have gone there, and a chat lists only where threads begin.
    if (container.kind === 'chat' && startedThread !== undefined)
      return search(deps, question, { kind: 'thread', id: startedThread });
    return 'none';
  }
  deps.log.warn({ chatId: question.chatId }, 'too much was said since to find the earlier answer');
  return 'unknown';
}

async function answerAmong(
  { appId, postedCards }: EarlierDeps,
  question: Question,
  messages: readonly ListedMessage[],
): Promise<ListedMessage | undefined> {
  for (const message of messages) {
    const isAnswer = message.parentId === question.messageId && message.appId === appId;
    if (isAnswer && (await postedCards.get(message.messageId)) === undefined) return message;
  }
  return undefined;
}
