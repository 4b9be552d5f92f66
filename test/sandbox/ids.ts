import { createHash, randomBytes } from 'node:crypto';

/** Identifiers in the forms that Feishu uses. https://open.feishu.cn/document/server-docs/api-call-guide/terminology */

const hex = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** The same name always gets the same id, so that a demo looks the same on every machine. */
export const openIdOf = (name: string): string => `ou_${hex(`open:${name}`, 32)}`;
export const unionIdOf = (name: string): string => `on_${hex(`union:${name}`, 32)}`;
export const userIdOf = (name: string): string => hex(`user:${name}`, 8);
export const chatIdOf = (name: string): string => `oc_${hex(`chat:${name}`, 32)}`;

export const newMessageId = (): string => `om_${randomBytes(16).toString('hex')}`;
export const newThreadId = (): string => `omt_${randomBytes(8).toString('hex')}`;
export const newEventId = (): string => randomBytes(16).toString('hex');
export const newToken = (): string => `t-${randomBytes(20).toString('hex')}`;
export const newCardToken = (): string => `c-${randomBytes(20).toString('hex')}`;
export const newReactionId = (): string => randomBytes(24).toString('base64url');

/** `img_v3_…`, as uploads answer it. */
export function newImageKey(): string {
  const text = randomBytes(16).toString('hex');
  const tail = [text.slice(4, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20, 24)].join('-');
  return `img_v3_02${text.slice(0, 2)}_${tail}-${text.slice(20, 31)}g`;
}

export const newFileKey = (): string =>
  `file_v3_${randomBytes(4).toString('hex')}-${randomBytes(8).toString('hex')}`;

/** 19 digits, above 2^53, growing with the time: as tickets, ticket messages and FAQs are numbered. */
export const snowflake = (timeMs: number, sequence: number): string =>
  ((BigInt(Math.floor(timeMs)) << 22n) + BigInt(sequence % 4_194_304)).toString();

/** The request id of the platform: time, then hex. */
export function newLogId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/\D/g, '').slice(0, 14);
  return `${time}${randomBytes(10).toString('hex').toUpperCase()}`;
}
