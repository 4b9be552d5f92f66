import { imRefusal, Refusal } from './api/answers.ts';
import { codes, isObject } from './cardChecks.ts';
import { cardMentions, checkCard, problemText } from './cardRules.ts';
import { mentionsIn } from './cardText.ts';
import type { Chat, Mention, Notification } from './nouns.ts';
import { sizes } from './rules.ts';
import type { World } from './world.ts';

/**
 * What may be sent as `content`, by message type.
 * https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json
 */
export interface CheckedContent {
  readonly content: string;
  /** The card, for `interactive`. */
  readonly card?: unknown;
  readonly mentions: readonly Mention[];
  /** Who is notified: open_ids, or `all`. */
  readonly notified: readonly string[];
  readonly via: Notification['via'];
}

/** Throws a Refusal when Feishu would not take the content. */
export function checkContent(
  world: World,
  chat: Chat | undefined,
  msgType: string,
  content: string,
): CheckedContent {
  const limit = msgType === 'text' ? sizes.textBytes : sizes.cardBytes;
  if (Buffer.byteLength(content) > limit) throw imRefusal.tooLong();
  const parsed = parse(content, msgType);
  switch (msgType) {
    case 'text':
      return textContent(world, parsed, content);
    case 'post':
      return postContent(world, parsed, content);
    case 'interactive':
      return cardContent(world, chat, parsed, content);
    case 'image':
      return imageContent(world, parsed, content);
    case 'file':
    case 'audio':
    case 'media':
      return { content, mentions: [], notified: [], via: 'text' };
    default:
      throw imRefusal.invalidParam(`msg_type ${msgType} is not supported`);
  }
}

function parse(content: string, msgType: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) return value;
  } catch {
    // Falls through to the refusal.
  }
  if (msgType === 'interactive') throw cardRefusal(codes.badJson, 'ROOT', 'parse card json err');
  throw imRefusal.invalidParam('content is not a string in json format');
}

function textContent(
  world: World,
  parsed: Readonly<Record<string, unknown>>,
  content: string,
): CheckedContent {
  const { text } = parsed;
  if (typeof text !== 'string' || text === '') throw imRefusal.invalidParam('text is empty');
  const ids = [...text.matchAll(/<at\s+user_id\s*=\s*"([^"]+)"\s*>/g)].map(([, id = '']) => id);
  return { content, ...mentioned(world, ids), via: 'text' };
}

function postContent(
  world: World,
  parsed: Readonly<Record<string, unknown>>,
  content: string,
): CheckedContent {
  const bodies = Object.values(parsed);
  if (bodies.length === 0 || !bodies.every((body) => isObject(body) && Array.isArray(body['content']))) {
    throw imRefusal.invalidParam('post needs content by language');
  }
  const nodes = bodies.flatMap((body) => (isObject(body) ? flat(body['content']) : []));
  for (const node of nodes) {
    if (node['tag'] === 'img' && !knownImage(world, String(node['image_key'])))
      throw imRefusal.invalidParam('invalid image_key');
  }
  const ids = nodes.flatMap((node) => (node['tag'] === 'at' ? [String(node['user_id'])] : []));
  const inMarkdown = nodes.flatMap((node) => (node['tag'] === 'md' ? mentionsIn(String(node['text'])) : []));
  return { content, ...mentioned(world, [...ids, ...inMarkdown]), via: 'post' };
}

const flat = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.flatMap((one: unknown) => (isObject(one) ? [one] : flat(one))) : [];

function imageContent(
  world: World,
  parsed: Readonly<Record<string, unknown>>,
  content: string,
): CheckedContent {
  if (!knownImage(world, String(parsed['image_key']))) {
    throw new Refusal(400, 230017, 'Bot is NOT the owner of the resource.');
  }
  return { content, mentions: [], notified: [], via: 'text' };
}

const knownImage = (world: World, key: string): boolean => {
  const image = world.images.get(key);
  return image !== undefined && !image.deleted && image.byThisApp && image.imageType === 'message';
};

const cardRefusal = (code: number, path: string, message: string): Refusal =>
  new Refusal(400, 230099, problemText({ code, path, message }));

function cardContent(
  world: World,
  chat: Chat | undefined,
  parsed: Readonly<Record<string, unknown>>,
  content: string,
): CheckedContent {
  if (parsed['type'] === 'template') {
    throw cardRefusal(
      200380,
      'ROOT',
      'template does not exist, please confirm whether this template has been released',
    );
  }
  requireCard(world, chat, parsed);
  return { content, card: parsed, ...mentioned(world, cardMentions(parsed)), via: 'card' };
}

/** Throws the refusal of the card's first problem. */
export function requireCard(world: World, chat: Chat | undefined, card: unknown): void {
  const problem = checkCard(card, {
    imageExists: (key) => knownImage(world, key),
    personExists: (id) => world.personByAnyId(id) !== undefined,
    emailExists: (email) => [...world.people.values()].some((person) => person.email === email),
    atAllAllowed: chat?.atAll === true,
  })[0];
  if (problem?.code === codes.tooLong) throw imRefusal.tooLong();
  if (problem !== undefined) throw new Refusal(400, 230099, problemText(problem));
}

function mentioned(world: World, ids: readonly string[]): { mentions: Mention[]; notified: string[] } {
  const people = ids.flatMap((id) => {
    const email = id.startsWith('email:') ? id.slice(6) : undefined;
    const person =
      email === undefined
        ? world.personByAnyId(id)
        : [...world.people.values()].find((one) => one.email === email);
    return person === undefined ? [] : [person];
  });
  const mentions = people.map(({ openId, name, tenantKey }, index) => ({
    key: `@_user_${index + 1}`,
    id: openId,
    name,
    tenantKey,
    isBot: false,
  }));
  const everybody = ids.includes('all') ? ['all'] : [];
  return { mentions, notified: [...new Set([...people.map(({ openId }) => openId), ...everybody])] };
}
