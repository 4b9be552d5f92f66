/**
 * A ticket message as Feishu sends it → `TicketMessage`. What the message says is a JSON string inside the JSON, in several forms.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket-message/list
 * @see https://open.feishu.cn/document/ukTMukTMukTM/ukDO2YjL5gjN24SO4YjN
 */

import { z } from 'zod';
import type { PictureSource, TicketMessage } from '../domain.ts';
import { htmlToPlain, type InlineImage, type Plain, parseStructure, postToPlain } from './plainText.ts';
import { amountOf, field, idOf, lineOf, listOf, momentMsOf, objectOf, openIdOf, type Wire } from './wire.ts';

/** More pictures than this in one message are a mistake or an attack. */
const picturesMaxCount = 100;

/** Feishu's names for the kinds; one page calls pictures `img`. */
const kinds: ReadonlyMap<unknown, TicketMessage['kind']> = new Map([
  ['text', 'text'],
  ['post', 'post'],
  ['image', 'image'],
  ['img', 'image'],
  ['file', 'file'],
  ['media', 'media'],
]);

const messageShape = z.object({
  id: field(idOf),
  message_id: field(idOf),
  message_type: field((type) => kinds.get(type)),
  created_at: field(momentMsOf),
  content: field((content) => content),
  user_name: field(lineOf),
  user_id: field(openIdOf),
});

/** The content, opened: an object of the documented form, or a text that stands for itself. */
type Content = { readonly wire: Wire } | { readonly text: string };

/** Reads one message of a ticket. Never throws: what makes no sense is left out. */
export function parseTicketMessage(wire: unknown, ticketId: string): TicketMessage {
  const message = messageShape.parse(objectOf(wire) ?? {});
  const content = openContent(message.content);
  const inner = 'wire' in content ? content.wire : {};
  // The content knows better: the message's own type is `text` for others in some answers.
  const kind = kinds.get(inner['msg_type']) ?? message.message_type ?? 'unknown';
  const { text, images } = plainOf(kind, content);
  const messageIds = unique([message.id, message.message_id]);
  const pictures = { ticketId, messageIds, kind, images, keys: listOf(inner['image_keys']) };
  return {
    id: message.id ?? message.message_id ?? '',
    kind,
    createdAtMs: message.created_at,
    author: {
      openId: message.user_id,
      name: message.user_name === '-' ? '' : message.user_name,
      email: undefined,
      department: undefined,
    },
    text,
    pictures: picturesOf(pictures).slice(0, picturesMaxCount),
  };
}

/** The fields by which a content is known; another object is a text that someone pasted. */
const contentKeys = [
  'msg_type',
  'content',
  'text',
  'image_key',
  'image_keys',
  'title',
  'post',
  'zh_cn',
  'en_us',
  'ja_jp',
];

function openContent(content: unknown): Content {
  if (typeof content !== 'string') return { wire: objectOf(content) ?? {} };
  const wire = objectOf(parseStructure(content));
  if (wire !== undefined && contentKeys.some((key) => Object.hasOwn(wire, key))) return { wire };
  return { text: content.trim() === 'null' ? '' : content };
}

function plainOf(kind: TicketMessage['kind'], content: Content): Plain {
  if (kind === 'image' || kind === 'file' || kind === 'media') return { text: '', images: [] };
  if ('text' in content) return htmlToPlain(content.text);
  const { wire } = content;
  // A list of paragraphs has its title beside it; anything else holds its own.
  const said = Array.isArray(wire['content']) ? wire : (wire['content'] ?? wire['text']);
  if (typeof said === 'string' && kind !== 'post') return htmlToPlain(said);
  if (typeof said === 'number' || typeof said === 'boolean') return htmlToPlain(String(said));
  return postToPlain(said ?? wire);
}

interface PicturesIn {
  readonly ticketId: string;
  readonly messageIds: readonly string[];
  readonly kind: TicketMessage['kind'];
  readonly images: readonly InlineImage[];
  readonly keys: readonly unknown[];
}

/**
 * Where the pictures of a message can be fetched. An image message has one, without an index; rich text has one for each of its
 * `image_keys`, by index, or where they are missing one for each picture in the text.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/ticket_image
 */
function picturesOf(message: PicturesIn): readonly PictureSource[] {
  const { ticketId, messageIds, kind, images, keys } = message;
  const own = (index: number | undefined): PictureSource[] =>
    messageIds.length === 0 ? [] : [{ kind: 'ticket', ticketId, messageIds, index }];
  if (kind === 'image') return own(undefined);
  if (kind === 'file' || kind === 'media') return [];
  if (keys.length > 0)
    return keys.flatMap((key, index) => (typeof key === 'string' && key !== '' ? own(index) : []));
  return images.flatMap(({ src }, index) => {
    if (src === undefined) return kind === 'post' ? own(index) : [];
    return linkedPicture(src, message);
  });
}

/**
 * A picture by its address in a text. Texts are written by anyone, so only the message's id and the index are taken from it: an
 * address that names another ticket must not open that ticket's pictures.
 */
function linkedPicture(src: string, { ticketId, messageIds }: PicturesIn): readonly PictureSource[] {
  const address = /\/helpdesk\/v1\/ticket_images\?([^#]*)/.exec(src);
  if (address === null) return [];
  const query = new URLSearchParams(address[1] ?? '');
  const linkedTicket = query.get('ticket_id');
  if (linkedTicket !== null && linkedTicket !== ticketId) return [];
  const ids = unique([idOf(query.get('msg_id')), ...messageIds]);
  if (ids.length === 0) return [];
  const index = amountOf(query.get('index'));
  return [
    { kind: 'ticket', ticketId, messageIds: ids, index: Number.isSafeInteger(index) ? index : undefined },
  ];
}

function unique(ids: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}
