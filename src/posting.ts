/**
 * Messages in a chat, each of them once. The only place that sends or updates a message.
 *
 * Exactly once: the `uuid` is made of the key alone, so that a second attempt, whoever makes it and whatever it wants to show, cannot put a
 * second message into the chat within the hour for which Feishu remembers it; the id of the sent message is stored, and from then
 * on the same message is updated.
 */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { plainText, textOnly, withoutPeople, withoutPictures } from './cards/degrade.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { View } from './cards/view.ts';
import type { Clock } from './clock.ts';
import type { Card, Destination, Locale, Text } from './domain.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import type { ImApi, MessageContent, SentMessage } from './feishu/im.ts';
import type { Log } from './log.ts';
import type { PostedCards } from './services/postedCards.ts';
import type { RecordKind, Records } from './store/store.ts';

const dayMs = 86_400_000;

/** Which message stands under which key. Outlives the queue's set-aside list, so that a replayed job finds its message. */
const sentMessages: RecordKind<{ messageId: string; threadId?: string | undefined }> = {
  name: 'sent_message',
  schema: z.object({ messageId: z.string(), threadId: z.string().optional() }),
  keepMs: 8 * dayMs,
};

export interface PostingDeps {
  readonly im: Pick<ImApi, 'reply' | 'create' | 'patchCard'>;
  readonly records: Records;
  readonly postedCards: PostedCards;
  readonly clock: Clock;
  readonly log: Log;
  /** For what is said in plain text, where the reader's language cannot be followed. */
  readonly locale: Locale;
  /** For notices that are about no command. */
  readonly view: () => View;
}

export interface NewPost {
  /** Makes the message one of a kind: posting under a known key updates the message that is there. */
  readonly key: string;
  readonly to: Destination;
  readonly card: Card;
  /** What the card is about, for commands without an id. */
  readonly tickets: readonly string[];
}

export interface Posting {
  /** Whether a message stands under the key already. */
  exists(key: string): Promise<boolean>;
  /** @throws FeishuError when it could be neither sent nor updated; a message that is too old or gone is left as it is */
  post(message: NewPost): Promise<void>;
  /**
   * Replaces a card.
   * @returns false when it is gone, or too old to be replaced
   * @throws FeishuError
   */
  update(messageId: string, card: Card): Promise<boolean>;
}

export function createPosting(deps: PostingDeps): Posting {
  const { records, im, log } = deps;

  const update = async (messageId: string, card: Card): Promise<boolean> => {
    try {
      await wayDown(deps, cardForms(card), (content) => im.patchCard({ messageId, card: content.card }));
      return true;
    } catch (error) {
      if (!isKind(error, 'gone_target')) throw error;
      log.warn({ err: error, messageId }, 'the card can no longer be updated');
      return false;
    }
  };

  return {
    update,
    exists: async (key) => (await records.get(sentMessages, key)) !== undefined,
    async post(message) {
      const { key, card } = message;
      const known = (await records.get(sentMessages, key))?.value;
      if (known !== undefined) {
        await update(known.messageId, card);
        // What went out first may have been about nothing yet: that work goes on.
        await remember(deps, message, known);
        return;
      }
      const { messageId, threadId } = await send(deps, message);
      await records.put(sentMessages, key, { messageId, threadId });
      await remember(deps, message, { messageId, threadId });
    },
  };
}

/** Stays below Feishu's 50 characters, and is the same for every attempt. */
function uuidOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 48);
}

/** Sends a new message: as a reply where that is asked and possible, else into the chat. */
async function send(deps: PostingDeps, { key, to, card }: NewPost): Promise<SentMessage> {
  const { chatId, replyTo, inThread } = to;
  const uuid = uuidOf(key);
  const lastForm = (): MessageContent => ({ kind: 'text', text: plainText(card, deps.locale) });
  return wayDown(deps, [...cardForms(card), lastForm], async (content) => {
    if (replyTo === undefined) return deps.im.create({ chatId, content, uuid });
    try {
      return await deps.im.reply({ messageId: replyTo, chatId, content, uuid, inThread });
    } catch (error) {
      if (!isKind(error, 'gone_target')) throw error;
      deps.log.warn({ err: error, messageId: replyTo, chatId }, 'the message is gone; answering in the chat');
      return deps.im.create({ chatId, content, uuid });
    }
  });
}

async function remember(
  deps: PostingDeps,
  { to, tickets }: NewPost,
  { messageId, threadId }: { readonly messageId: string; readonly threadId?: string | undefined },
): Promise<void> {
  const { chatId, chatType } = to;
  const postedAtMs = deps.clock.nowMs();
  await deps.postedCards.remember({ messageId, chatId, chatType, threadId, tickets, postedAtMs });
}

interface CardContent {
  readonly kind: 'card';
  readonly card: Card;
}

/** The card and its simpler forms, the best first. Made only when they are needed. */
function cardForms(card: Card): readonly (() => CardContent)[] {
  const form = (make: () => Card) => (): CardContent => ({ kind: 'card', card: make() });
  return [
    form(() => card),
    form(() => withoutPictures(card)),
    form(() => withoutPeople(withoutPictures(card))),
    form(() => textOnly(card)),
  ];
}

/**
 * Tries one form after the other until Feishu takes one. Where a policy forbids the content, the reader is told that instead: it
 * would be refused in any form.
 * @throws FeishuError of the last attempt, or any that has nothing to do with the content
 */
async function wayDown<C extends MessageContent, T>(
  deps: PostingDeps,
  forms: readonly (() => C)[],
  attempt: (content: C | CardContent) => Promise<T>,
): Promise<T> {
  let refusal: unknown;
  for (const [step, form] of forms.entries()) {
    try {
      return await attempt(form());
    } catch (error) {
      if (isKind(error, 'rejected_content'))
        return attempt({ kind: 'card', card: withheldCard(deps.view()) });
      if (!isKind(error, 'rejected_card')) throw error;
      deps.log.warn({ err: error, step }, 'Feishu refused the card; trying a simpler one');
      refusal = error;
    }
  }
  throw refusal;
}

function withheldCard(view: View): Card {
  return noticeCard({ tone: 'problem', what: withheld.what, next: withheld.next }, view);
}

const withheld = {
  what: {
    zh_cn: '飞书的内容策略不允许在这里显示此工单。',
    en_us: 'A content policy of Feishu does not allow this ticket to be shown here.',
    ja_jp: 'Feishu のコンテンツポリシーにより、このチケットはここに表示できません。',
  },
  next: {
    zh_cn: '请在服务台中打开它。',
    en_us: 'Open it in the helpdesk.',
    ja_jp: 'ヘルプデスクで開いてください。',
  },
} as const satisfies Record<string, Text>;

function isKind(error: unknown, kind: FeishuErrorKind): error is FeishuError {
  return error instanceof FeishuError && error.kind === kind;
}
