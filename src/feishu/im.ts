/** Chat messages, pictures and the bot itself, as functions. */

import { z } from 'zod';
import type { Card, JsonObject } from '../domain.ts';
import type { Priority } from '../store/store.ts';
import type { Admit } from './call.ts';
import type { FeishuClient } from './client.ts';
import { withoutMentions } from './plainText.ts';
import { field, idOf, lineOf, listOf, momentMsOf, objectOf, openIdOf } from './wire.ts';

export type MessageContent =
  | { readonly kind: 'card'; readonly card: Card }
  /** Plain text. Nothing in it mentions anybody. */
  | { readonly kind: 'text'; readonly text: string }
  /** A file that `uploadFile` has taken. */
  | { readonly kind: 'file'; readonly fileKey: string };

export interface SentMessage {
  readonly messageId: string;
  /** The thread that the message stands in, when it stands in one. */
  readonly threadId: string | undefined;
  readonly chatId: string;
}

/** What a list of messages says about one. */
export interface ListedMessage {
  readonly messageId: string;
  /** The message that it answers. */
  readonly parentId: string | undefined;
  readonly threadId: string | undefined;
  readonly createdAtMs: number | undefined;
  /** Which app sent it; undefined for a person. */
  readonly appId: string | undefined;
}

interface NewMessage {
  /** Where it will stand; its 5 messages a second count. For `create` also a person's open id: their direct chat with the bot. */
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
   * One page of 50 of what was said in a chat or in a thread. A chat lists only where its threads begin.
   * @param query `fromMs` holds for a chat alone; `page` is the `nextPage` of the page before
   * @see https://open.feishu.cn/document/server-docs/im-v1/message/list
   */
  listMessages(query: {
    readonly container: { readonly kind: 'chat' | 'thread'; readonly id: string };
    readonly fromMs: number;
    readonly newestFirst: boolean;
    readonly page: string | undefined;
  }): Promise<{ readonly messages: readonly ListedMessage[]; readonly nextPage: string | undefined }>;
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
   * Uploads a file for use in messages.
   * @param bytes at most 30 MB, and not empty
   * @returns its `file_key`
   * @see https://open.feishu.cn/document/server-docs/im-v1/file/create
   */
  uploadFile(bytes: Uint8Array, file: { readonly name: string; readonly mime: string }): Promise<string>;
  /**
   * The bytes of a picture that the bot uploaded.
   * @param maxBytes default 10 MiB, the most that can be uploaded
   * @see https://open.feishu.cn/document/server-docs/im-v1/image/get
   */
  image(
    imageKey: string,
    options?: {
      readonly maxBytes?: number;
      readonly admit?: Admit | undefined;
      readonly priority?: Priority;
    },
  ): Promise<Uint8Array>;
  /** @see https://open.feishu.cn/document/ukTMukTMukTM/uAjMxEjLwITMx4CMyETM */
  botInfo(): Promise<{
    readonly openId: string;
    readonly name: string;
    /** 2 is on; undefined when Feishu does not say. */
    readonly activateStatus?: number | undefined;
  }>;
}

const imageMaxBytes = 10 * 1_024 * 1_024;
/** The most that a page of messages may hold. */
const listPageCount = 50;

const required = z.string().min(1);
const sentAnswer = z.object({ message_id: required, thread_id: field(idOf), chat_id: field(idOf) });
const uploadAnswer = z.object({ image_key: required });
const fileAnswer = z.object({ file_key: required });
const listAnswer = z.object({
  items: field(listOf),
  has_more: z.unknown().optional(),
  page_token: z.unknown().optional(),
});
const bot = z.object({
  open_id: field(openIdOf).pipe(z.string()),
  app_name: field(lineOf),
  activate_status: z.number().optional().catch(undefined),
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
      const query = { receive_id_type: chatId.startsWith('ou_') ? 'open_id' : 'chat_id' };
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

    async listMessages({ container, fromMs, newestFirst, page }) {
      const query = {
        container_id_type: container.kind,
        container_id: container.id,
        sort_type: newestFirst ? 'ByCreateTimeDesc' : 'ByCreateTimeAsc',
        page_size: listPageCount,
        ...(container.kind === 'chat' ? { start_time: Math.floor(fromMs / 1_000) } : {}),
        ...(page === undefined ? {} : { page_token: page }),
      };
      const answer = await client.call({ endpoint: 'messageList', query, priority: 'card' }, listAnswer);
      const next = answer.has_more === true && typeof answer.page_token === 'string' ? answer.page_token : '';
      return {
        messages: answer.items.flatMap((item) => listedOf(item) ?? []),
        nextPage: next === '' || next === page ? undefined : next,
      };
    },

    async uploadImage(bytes, { fileName, mime }, priority = 'person') {
      const form = {
        fields: { image_type: 'message' },
        file: { part: 'image', name: fileName, mime, bytes },
      };
      return (await client.call({ endpoint: 'imageUpload', form, priority }, uploadAnswer)).image_key;
    },

    async uploadFile(bytes, { name, mime }) {
      // `stream`: any file that is none of the office formats.
      const fields = { file_type: 'stream', file_name: name };
      const form = { fields, file: { part: 'file', name, mime, bytes } };
      return (await client.call({ endpoint: 'fileUpload', form }, fileAnswer)).file_key;
    },

    image(imageKey, { maxBytes = imageMaxBytes, admit, priority = 'person' } = {}) {
      return client.download({ endpoint: 'image', path: { imageKey }, priority }, maxBytes, admit);
    },

    async botInfo() {
      const answer = await client.call({ endpoint: 'botInfo' }, botAnswer);
      const { open_id: openId, app_name: name, activate_status: activateStatus } = answer;
      return { openId, name, activateStatus };
    },
  };
}

/** Undefined for what has no id. */
function listedOf(item: unknown): ListedMessage | undefined {
  const message = objectOf(item);
  const messageId = idOf(message?.['message_id']);
  if (message === undefined || messageId === undefined) return undefined;
  const sender = objectOf(message['sender']);
  return {
    messageId,
    parentId: idOf(message['parent_id']),
    threadId: idOf(message['thread_id']),
    createdAtMs: momentMsOf(message['create_time']),
    appId: sender?.['sender_type'] === 'app' ? idOf(sender['id']) : undefined,
  };
}

/** Feishu takes the content as JSON in a string. https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json */
function contentBody(content: MessageContent): JsonObject {
  switch (content.kind) {
    case 'card':
      return { msg_type: 'interactive', content: JSON.stringify(content.card) };
    case 'file':
      return { msg_type: 'file', content: JSON.stringify({ file_key: content.fileKey }) };
    case 'text':
      return { msg_type: 'text', content: JSON.stringify({ text: withoutMentions(content.text) }) };
  }
}
