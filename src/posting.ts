/**
 * Messages in a chat, each of them once. The only place that sends or updates a message.
 *
 * Exactly once: the `uuid` is made of the key alone, so that a second attempt, whoever makes it and whatever it wants to show, cannot put a
 * second message into the chat within the hour for which Feishu remembers it; the id of the sent message is stored, and from then
 * on the same message is updated. When neither can be relied on any more, the message is looked for: see `earlier.ts`.
 */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { plainText } from './cards/degrade.ts';
import { withMayRepeat } from './cards/mayRepeat.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { View } from './cards/view.ts';
import type { Clock } from './clock.ts';
import type { Card, Destination, Locale, ReplyFile, Shown, Text } from './domain.ts';
import { findEarlier, mayBeForgotten, type Question } from './earlier.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import type { ImApi, MessageContent, SentMessage } from './feishu/im.ts';
import type { Log } from './log.ts';
import type { PostedCards } from './services/postedCards.ts';
import type { RecordKind, Records } from './store/store.ts';
import { type CardContent, type WayDownDeps, wayDown } from './wayDown.ts';

const dayMs = 86_400_000;

/** A message that was sent. `mayRepeat`: it says that the same may have been said before. */
interface Standing {
  readonly messageId: string;
  readonly threadId?: string | undefined;
  readonly mayRepeat?: boolean | undefined;
}

/** Which message stands under which key. Outlives the queue's set-aside list, so that a replayed job finds its message. */
const sentMessages: RecordKind<Standing> = {
  name: 'sent_message',
  schema: z.object({
    messageId: z.string(),
    threadId: z.string().optional(),
    mayRepeat: z.boolean().optional(),
  }),
  keepMs: 8 * dayMs,
};

export interface PostingDeps extends WayDownDeps {
  readonly im: Pick<ImApi, 'reply' | 'create' | 'patchCard' | 'uploadFile' | 'listMessages'>;
  readonly records: Records;
  readonly postedCards: PostedCards;
  /** The bot's own messages are told from others by this. */
  readonly appId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For what is said in plain text, where the reader's language cannot be followed. */
  readonly locale: Locale;
  /** For notices that are about no command. */
  readonly view: () => View;
}

/** What a card shows from now on. */
export interface NowShows {
  /** Undefined: the same as before. */
  readonly tickets?: readonly string[] | undefined;
  readonly shown?: Shown | undefined;
  /** False for what nobody asked for just then: news, and later versions of an answer. */
  readonly asked?: boolean;
}

export interface NewPost extends NowShows {
  /** Makes the message one of a kind: posting under a known key updates the message that is there. */
  readonly key: string;
  readonly to: Destination;
  readonly card: Card;
  /** What the card is about, for commands without an id. */
  readonly tickets: readonly string[];
  /** It always says the same: when it stands, or is on its way, nothing is sent. */
  readonly once?: true;
  /** What it answers, when an attempt before this one may have answered it. */
  readonly question?: Question | undefined;
}

export interface NewFile {
  /** Makes the file one of a kind. */
  readonly key: string;
  readonly to: Destination;
  readonly file: ReplyFile;
}

export interface Posting {
  /** Whether a message stands under the key already. @throws FeishuError when it must be looked for and that failed */
  exists(key: string, question?: Question): Promise<boolean>;
  /** The message that is known to stand under the key. */
  standingAt(key: string): Promise<string | undefined>;
  /**
   * @returns the id of the message
   * @throws FeishuError when it could be neither sent nor updated; a message that is too old or gone is left as it is
   */
  post(message: NewPost): Promise<string>;
  /** Sends a file once, whatever its content is the next time. A file that Feishu refuses is said to be missing. @throws FeishuError */
  postFile(file: NewFile): Promise<void>;
  /**
   * Replaces a card.
   * @returns false when it is gone, or too old to be replaced
   * @throws FeishuError
   */
  update(messageId: string, card: Card, now?: NowShows): Promise<boolean>;
}

export function createPosting(deps: PostingDeps): Posting {
  const { records, im, log } = deps;

  const update = async (messageId: string, card: Card): Promise<boolean> => {
    try {
      await wayDown(deps, card, ({ card: form }: CardContent) => im.patchCard({ messageId, card: form }));
      return true;
    } catch (error) {
      if (!isKind(error, 'gone_target')) throw error;
      log.warn({ err: error, messageId }, 'the card can no longer be updated');
      return false;
    }
  };

  const post = async (message: NewPost): Promise<string> => {
    const { key, card, question, once } = message;
    const known = await standing(deps, key, question);
    if (typeof known === 'object') {
      if (once !== true) await update(known.messageId, known.mayRepeat ? withMayRepeat(card) : card);
      // What went out first may have been about nothing yet: that work goes on.
      await remember(deps, message, known);
      return known.messageId;
    }
    const mayRepeat = known === 'unknown';
    const sent = await send(deps, mayRepeat ? { ...message, card: withMayRepeat(card) } : message);
    const { messageId, threadId } = sent;
    await records.put(sentMessages, key, { messageId, threadId, ...(mayRepeat ? { mayRepeat } : {}) });
    await remember(deps, message, sent);
    return messageId;
  };
  /** Of what is said once: several pieces of work may want to say it at the same time. */
  const onTheirWay = new Map<string, Promise<string>>();

  return {
    update,
    standingAt: async (key) => (await records.get(sentMessages, key))?.value.messageId,
    exists: async (key, question) => typeof (await standing(deps, key, question)) === 'object',
    post(message) {
      const { key, once } = message;
      if (once !== true) return post(message);
      const sending = onTheirWay.get(key) ?? post(message).finally(() => onTheirWay.delete(key));
      onTheirWay.set(key, sending);
      return sending;
    },
    async postFile(file) {
      if ((await records.get(sentMessages, file.key)) !== undefined) return;
      const { messageId, threadId } = await sendFile(deps, file);
      await records.put(sentMessages, file.key, { messageId, threadId });
    },
  };
}

/** The message under a key: as it was written down, or as it is found in the chat, and then written down. */
async function standing(
  deps: PostingDeps,
  key: string,
  question: Question | undefined,
): Promise<Standing | 'none' | 'unknown'> {
  const { records, clock, log } = deps;
  const known = await records.get(sentMessages, key);
  if (known !== undefined) return known.value;
  if (question === undefined || !mayBeForgotten(question, clock)) return 'none';
  const found = await findEarlier(deps, question);
  if (typeof found !== 'object') return found;
  const { messageId, threadId } = found;
  log.warn({ key, messageId }, 'an answer was sent before it could be written down; it is used');
  await records.put(sentMessages, key, { messageId, threadId });
  return { messageId, threadId };
}

/** Stays below Feishu's 50 characters, and is the same for every attempt. */
function uuidOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 48);
}

/** Sends a new message: as a reply where that is asked and possible, else into the chat. */
async function send(deps: PostingDeps, { key, to, card }: NewPost): Promise<SentMessage> {
  const lastForm = (): MessageContent => ({ kind: 'text', text: plainText(card, deps.locale) });
  return wayDown(deps, card, (content) => deliver(deps, to, content, uuidOf(key)), lastForm);
}

async function deliver(
  deps: PostingDeps,
  { chatId, replyTo, inThread }: Destination,
  content: MessageContent,
  uuid: string,
): Promise<SentMessage> {
  if (replyTo === undefined) return deps.im.create({ chatId, content, uuid });
  try {
    return await deps.im.reply({ messageId: replyTo, chatId, content, uuid, inThread });
  } catch (error) {
    if (!isKind(error, 'gone_target')) throw error;
    deps.log.warn({ err: error, messageId: replyTo, chatId }, 'the message is gone; answering in the chat');
    return deps.im.create({ chatId, content, uuid });
  }
}

/** The client has tried again where that helps, so a failure is final: the work behind the file is not done once more for it. */
async function sendFile(deps: PostingDeps, { key, to, file }: NewFile): Promise<SentMessage> {
  try {
    const fileKey = await deps.im.uploadFile(file.bytes, file);
    return await deliver(deps, to, { kind: 'file', fileKey }, uuidOf(key));
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    deps.log.warn({ err: error, chatId: to.chatId }, 'a file could not be sent');
    const notice = { tone: 'problem', ...fileMissing, logId: error.logId } as const;
    const content = { kind: 'card', card: noticeCard(notice, deps.view()) } as const;
    return deliver(deps, to, content, uuidOf(`${key}/missing`));
  }
}

const fileMissing = {
  what: {
    zh_cn: '文件未能发送。',
    en_us: 'The file could not be sent.',
    ja_jp: 'ファイルを送信できませんでした。',
  },
  next: {
    zh_cn: '请稍后重新发送指令。如果一直这样，请让管理员检查应用的文件上传权限（im:resource）。',
    en_us:
      'Send the command again later. If it stays like this, an administrator must check the app’s permission to upload files (im:resource).',
    ja_jp:
      '後でコマンドをもう一度送信してください。続く場合は、管理者がファイルアップロードの権限（im:resource）を確認してください。',
  },
} as const satisfies Record<string, Text>;

async function remember(
  deps: PostingDeps,
  { to, tickets }: NewPost,
  { messageId, threadId, ...sent }: Pick<Standing, 'messageId' | 'threadId'> & { readonly chatId?: string },
): Promise<void> {
  const { chatType } = to;
  const known = await deps.postedCards.get(messageId);
  // Which chat it is that a person has with the bot, only Feishu's answer says.
  const chatId = sent.chatId ?? known?.chatId ?? to.chatId;
  const { postedAtMs, shown } = known ?? { postedAtMs: deps.clock.nowMs(), shown: undefined };
  await deps.postedCards.remember({ messageId, chatId, chatType, threadId, tickets, postedAtMs, shown });
}

function isKind(error: unknown, kind: FeishuErrorKind): error is FeishuError {
  return error instanceof FeishuError && error.kind === kind;
}
