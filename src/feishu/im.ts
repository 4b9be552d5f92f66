/** Chat messages, pictures and the bot itself, as functions. */

import { z } from 'zod';
import type { Card, JsonObject } from '../domain.ts';
import type { Priority } from '../store/store.ts';
import type { FeishuClient } from './client.ts';
import { withoutMentions } from './plainText.ts';
import { field, idOf, lineOf, openIdOf } from './wire.ts';

export type MessageContent =
  | { readonly kind: 'card'; readonly card: Card }
  /** Plain text. Nothing in it mentions anybody. */
  | { readonly kind: 'text'; readonly text: string };

export interface SentMessage {
  readonly messageId: string;
  /** The thread that the message stands in, when it stands in one. */
  readonly threadId: string | undefined;
  readonly chatId: string;
}

interface NewMessage {
  /** Where it will stand; its 5 messages a second count. */
  readonly chatId: string;
  readonly content: MessageContent;
  /** At most 50 characters. Within an hour Feishu sends one message for it, whatever the content. */
  readonly uuid: string;
  /** Default `person`. */
  readonly priority?: Priority;
}

/** All functions throw FeishuError. */
export interface ImApi {
  /**
   * Answers a message.
   * @param reply `inThread` opens a thread where there is none; a message in a thread is always answered there
   * @see https://open.feishu.cn/document/server-docs/im-v1/message/reply
   */
  reply(reply: NewMessage & { readonly messageId: string; readonly inThread: boolean }): Promise<SentMessage>;
  /**
   * Sends a message to a chat.
   * @see https://open.feishu.cn/document/server-docs/im-v1/message/create
   */
  create(message: NewMessage): Promise<SentMessage>;
  /**
   * Replaces a card that the bot sent within 14 days.
   * @param update `priority` is `card` unless given
   * @see https://open.feishu.cn/document/server-docs/im-v1/message-card/patch
   */
  patchCard(update: {
    readonly messageId: string;
    readonly card: Card;
    readonly priority?: Priority;
  }): Promise<void>;
  /**
   * Uploads a picture for use in messages and cards.
   * @param bytes at most 10 MB
   * @returns its `image_key`
   * @see https://open.feishu.cn/document/server-docs/im-v1/image/create
   */
  uploadImage(
    bytes: Uint8Array,
    file: { readonly fileName: string; readonly mime: string },
    priority?: Priority,
  ): Promise<string>;
  /**
   * The bytes of a picture that the bot uploaded.
   * @param maxBytes default 10 MiB, the most that can be uploaded
   * @see https://open.feishu.cn/document/server-docs/im-v1/image/get
   */
  image(
    imageKey: string,
    options?: { readonly maxBytes?: number; readonly priority?: Priority },
  ): Promise<Uint8Array>;
  /** @see https://open.feishu.cn/document/ukTMukTMukTM/uAjMxEjLwITMx4CMyETM */
  botInfo(): Promise<{ readonly openId: string; readonly name: string }>;
}

const imageMaxBytes = 10 * 1_024 * 1_024;

const required = z.string().min(1);
const sentAnswer = z.object({ message_id: required, thread_id: field(idOf), chat_id: field(idOf) });
const uploadAnswer = z.object({ image_key: required });
const bot = z.object({
  open_id: field(openIdOf).pipe(z.string()),
  app_name: field(lineOf),
});
/** This answer has its `bot` where others have `data`; both places are read. */
const botAnswer = z.union([z.object({ bot }).transform((answer) => answer.bot), bot]);

export function createImApi(client: FeishuClient): ImApi {
  const sent = async (answer: Promise<z.infer<typeof sentAnswer>>, chatId: string): Promise<SentMessage> => {
    const { message_id: messageId, thread_id: threadId, chat_id } = await answer;
    return { messageId, threadId, chatId: chat_id ?? chatId };
  };

  return {
    reply({ messageId, chatId, content, uuid, inThread, priority = 'person' }) {
      const body = { ...contentBody(content), reply_in_thread: inThread, uuid };
      const call = { endpoint: 'messageReply', path: { messageId }, body, chatId, priority } as const;
      return sent(client.call(call, sentAnswer), chatId);
    },

    create({ chatId, content, uuid, priority = 'person' }) {
      const query = { receive_id_type: 'chat_id' };
      const body = { receive_id: chatId, ...contentBody(content), uuid };
      const call = { endpoint: 'messageCreate', query, body, chatId, priority } as const;
      return sent(client.call(call, sentAnswer), chatId);
    },

    async patchCard({ messageId, card, priority = 'card' }) {
      const body = { content: JSON.stringify(card) };
      await client.call(
        { endpoint: 'messagePatch', path: { messageId }, body, messageId, priority },
        z.unknown(),
      );
    },

    async uploadImage(bytes, { fileName, mime }, priority = 'person') {
      const body = new FormData();
      body.append('image_type', 'message');
      // Without a file name some servers take the part for a text field.
      body.append('image', new Blob([bytes], { type: mime }), fileName);
      return (await client.call({ endpoint: 'imageUpload', body, priority }, uploadAnswer)).image_key;
    },

    image(imageKey, { maxBytes = imageMaxBytes, priority = 'person' } = {}) {
      return client.download({ endpoint: 'image', path: { imageKey }, priority }, maxBytes);
    },

    async botInfo() {
      const { open_id: openId, app_name: name } = await client.call({ endpoint: 'botInfo' }, botAnswer);
      return { openId, name };
    },
  };
}

/** Feishu takes the content as JSON in a string. https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json */
function contentBody(content: MessageContent): JsonObject {
  switch (content.kind) {
    case 'card':
      return { msg_type: 'interactive', content: JSON.stringify(content.card) };
    case 'text':
      return { msg_type: 'text', content: JSON.stringify({ text: withoutMentions(content.text) }) };
  }
}
