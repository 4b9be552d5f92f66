/**
 * From the markup that ticket messages carry to plain text: HTML-like text and rich text (post). What comes out is for people to
 * read: no tags that we know are left in it, and nothing in it can become a mention.
 */

import { cleanText, cutText, listOf, objectOf, textMaxCount, type Wire } from './wire.ts';

/** A picture that stands in a text, in the order of the text. `src` is undefined where only its place is known. */
export interface InlineImage {
  readonly src: string | undefined;
}

export interface Plain {
  readonly text: string;
  readonly images: readonly InlineImage[];
}

// ---------------------------------------------------------------- HTML-like text

/** From one `<` to the next `>` with no other `<` between, so that reading is linear whatever the text. */
const tagPattern = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>/g;

/** What may follow a tag's name. Anything else, as in `a<b && c>d`, is no tag. */
const attributesPattern = /^(?:\s+[a-z_:][\w:.-]*(?:=(?:"[^"]*"|'[^']*'|[^\s"']+))?)*\s*\/?$/i;

/** Tags that begin a new line, tags that change only how the text looks, and tags that need more than that. */
const breaks = new Set('br p div tr hr ul ol table blockquote pre h1 h2 h3 h4 h5 h6'.split(' '));
const styles = new Set('b strong i em u s del span font code tbody'.split(' '));
const others = new Set('a at img li td th'.split(' '));

/** What has been written so far. */
interface Page {
  readonly parts: string[];
  readonly images: InlineImage[];
  /** The link that is open: where it goes, and at which part its words begin. */
  link: { readonly href: string; readonly from: number } | undefined;
}

/**
 * Plain text of a text with tags: line breaks for `<br>` and `<p>`, the words of links and their address, `@name` for mentions.
 * Tags that we do not know stay as they are, because people write `List<String>` too. Entities are decoded once.
 */
export function htmlToPlain(source: string): Plain {
  const html = cleanText(source);
  const page: Page = { parts: [], images: [], link: undefined };
  let from = 0;
  for (const match of html.matchAll(tagPattern)) {
    const [tag, slash = '', name = '', attributes = ''] = match;
    const end = match.index + tag.length;
    page.parts.push(decodeEntities(html.slice(from, match.index)));
    if (!isKnown(name.toLowerCase()) || !attributesPattern.test(attributes))
      page.parts.push(decodeEntities(tag));
    else if (slash === '') openTag(page, name.toLowerCase(), attributes, html.slice(end, end + 8));
    else closeTag(page, name.toLowerCase());
    from = end;
  }
  page.parts.push(decodeEntities(html.slice(from)));
  return { text: finish(page.parts.join('')), images: page.images };
}

const isKnown = (name: string): boolean => breaks.has(name) || styles.has(name) || others.has(name);

/** @param next the beginning of what follows the tag */
function openTag(page: Page, name: string, attributes: string, next: string): void {
  switch (name) {
    case 'img':
      openImage(page, attribute(attributes, 'src'));
      return;
    case 'at':
      page.parts.push(atSign(attributes, next));
      return;
    case 'a':
      page.link = { href: attribute(attributes, 'href') ?? '', from: page.parts.length };
      return;
    case 'li':
      page.parts.push('\n• ');
      return;
    case 'td':
    case 'th':
      page.parts.push(' ');
      return;
    default:
      if (breaks.has(name)) page.parts.push('\n');
  }
}

function closeTag(page: Page, name: string): void {
  if (name === 'a' && page.link !== undefined) {
    const { href, from } = page.link;
    page.parts.push(addressBeside(page.parts.slice(from).join(''), href));
    page.link = undefined;
  }
  if (breaks.has(name) && name !== 'br') page.parts.push('\n');
}

/** A picture of the helpdesk can be fetched; of one from elsewhere only the address can be shown. */
function openImage(page: Page, src: string | undefined): void {
  if (src === undefined || src.includes('/ticket_images?')) page.images.push({ src });
  else page.parts.push(addressBeside('', src));
}

/** What stands before the name of someone mentioned. Feishu writes it into the tag's text, other senders do not. */
function atSign(attributes: string, next: string): string {
  const nameless = next.startsWith('</') || attributes.endsWith('/');
  if (nameless) return /\b(?:user_)?id=["']?all\b/i.test(attributes) ? '@all' : '';
  return next.startsWith('@') ? '' : '@';
}

/** The address of a link in brackets, when its words do not say it. */
function addressBeside(words: string, href: string): string {
  if (!/^https?:\/\//i.test(href) || words.includes(href)) return '';
  return words.trim() === '' ? href : ` (${href})`;
}

function attribute(attributes: string, name: 'src' | 'href'): string | undefined {
  const match = attributePatterns[name].exec(attributes);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : decodeEntities(value).trim();
}

const attributePatterns = {
  src: /\ssrc=(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i,
  href: /\shref=(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i,
} as const;

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['hellip', '…'],
  ['mdash', '—'],
  ['ndash', '–'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['middot', '·'],
  ['bull', '•'],
  ['times', '×'],
  ['copy', '©'],
  ['yen', '¥'],
]);

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,6}));/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return entities.get(String(name)) ?? whole;
      const codePoint = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
      return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
    },
  );
}

// ---------------------------------------------------------------- post

const depthMaxCount = 6;

/**
 * Plain text of a rich-text message. Feishu does not document the inner form, so all that are known are read: text,
 * `{title, content: [[…]]}`, one such for each language, and that again under `post`; each also as a JSON string. Of several
 * languages Chinese is taken, or else the first that says something.
 * @see https://open.feishu.cn/document/ukTMukTMukTM/ukDO2YjL5gjN24SO4YjN
 */
export function postToPlain(content: unknown): Plain {
  const draft: Plain = readPost(content, depthMaxCount);
  return { text: finish(draft.text), images: draft.images };
}

const nothing: Plain = { text: '', images: [] };
const saysNothing = ({ text, images }: Plain): boolean => text.trim() === '' && images.length === 0;

function readPost(content: unknown, depth: number): Plain {
  if (depth === 0) return nothing;
  if (typeof content === 'string') {
    const inner = parseStructure(content);
    return isPost(inner) ? readPost(inner, depth - 1) : htmlToPlain(content);
  }
  if (Array.isArray(content)) return paragraphs(content);
  const post = objectOf(content);
  if (post === undefined) return nothing;
  if ('content' in post || 'title' in post) {
    const body = readPost(post['content'], depth - 1);
    const title = typeof post['title'] === 'string' ? post['title'] : '';
    return { text: `${title}\n${body.text}`, images: body.images };
  }
  return firstLanguage(post, depth);
}

function firstLanguage(post: Wire, depth: number): Plain {
  const languages = new Set([post['zh_cn'], ...Object.values(post)]);
  for (const language of languages) {
    if (typeof language !== 'object') continue;
    const plain = readPost(language, depth - 1);
    if (!saysNothing(plain)) return plain;
  }
  return nothing;
}

/** The object or array that a text holds as JSON; undefined when it is just text. */
export function parseStructure(text: string): object | undefined {
  if (!/^\s{0,100}[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a structure is rich text, and not just a text that someone pasted. */
function isPost(value: object | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => typeof item === 'object');
  return Object.keys(value ?? {}).some((key) => /^(?:title|content|post|[a-z]{2}_[a-z]{2})$/i.test(key));
}

function paragraphs(content: readonly unknown[]): Plain {
  const images: InlineImage[] = [];
  const lines = content.map((paragraph) =>
    listOf(paragraph)
      .map((element) => elementText(element, images))
      .join(''),
  );
  return { text: lines.join('\n'), images };
}

/** One element of a paragraph. https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content */
function elementText(element: unknown, images: InlineImage[]): string {
  if (typeof element === 'string') return element;
  const part = objectOf(element);
  if (part === undefined) return '';
  const words = stringIn(part, 'text');
  switch (part['tag']) {
    case 'a':
      return words + addressBeside(words, stringIn(part, 'href'));
    case 'at': {
      const name =
        stringIn(part, 'user_name') || (part['user_id'] === 'all' ? 'all' : stringIn(part, 'name'));
      return name === '' || name.startsWith('@') ? name : `@${name}`;
    }
    case 'img':
      images.push({ src: undefined });
      return '';
    case 'media':
      return `▶ ${stringIn(part, 'file_name')}`.trimEnd();
    case 'emotion':
      return `[${stringIn(part, 'emoji_type')}]`;
    case 'hr':
      return '———';
    default:
      return part['un_escape'] === true ? decodeEntities(words) : words;
  }
}

function stringIn(part: Wire, key: string): string {
  const value = part[key];
  return typeof value === 'string' ? value : '';
}

// ---------------------------------------------------------------- both

/**
 * The last steps, after which nothing is decoded any more: what an entity hid is cleaned, and what looks like the beginning of a
 * mention is made harmless.
 */
function finish(text: string): string {
  const lines = withoutMentions(cleanText(text)).split('\n');
  const tidy = lines.map((line) => line.trimEnd()).join('\n');
  return cutText(tidy.replace(/\n{3,}/g, '\n\n').trim(), textMaxCount);
}

/** In a text message `<at …>` notifies people; with a full-width sign it is only text. */
export function withoutMentions(text: string): string {
  return text.replace(/<(?=\/?at)/gi, '＜');
}
