/** Which windows a call counts in, and the names of those windows and of the queues before them. */

import type { Priority, WindowRule } from '../store/store.ts';
import { type Endpoint, type EndpointName, endpoints, type Limit, perTarget } from './endpoints.ts';
import type { Pauses } from './pauses.ts';

/** What the background may hold of any window, so that a person always finds room. */
const backgroundShare = 0.7;

/** A call, as far as limits go. */
export interface Want {
  readonly endpoint: EndpointName;
  readonly priority: Priority;
  readonly chatId: string | undefined;
  readonly messageId: string | undefined;
  /** Called when its turn has come. Throws when the call is not to be made any more: then it takes no place. */
  readonly check?: () => void;
}

/** Rules that bind only some callers of an endpoint: those of one chat, of one card, or of the background. */
export interface Side {
  readonly key: string;
  readonly rules: readonly WindowRule[];
}

/** The endpoint's own limits, which bind everybody. */
export function baseRules(endpoint: EndpointName, pauses: Pauses): readonly WindowRule[] {
  const row: Endpoint = endpoints[endpoint];
  return row.limits.map(({ max, perMs }) => ({
    name: `${endpoint}/${perMs}`,
    max: row.special === true ? pauses.pace(endpoint, max) : max,
    perMs,
  }));
}

/** What else binds this call. The keys name the queues in which it waits for them. */
export function sidesOf(want: Want, base: readonly WindowRule[]): readonly Side[] {
  const background = want.priority === 'background';
  const targets = targetsOf(want).map(({ key, limit }): Side => {
    const rule = { name: key, ...limit };
    return { key: queueKey(key, want.priority), rules: background ? [rule, shareOf(rule)] : [rule] };
  });
  return background ? [...targets, { key: backgroundKey(want.endpoint), rules: base.map(shareOf) }] : targets;
}

function shareOf({ name, max, perMs }: WindowRule): WindowRule {
  return { name: `${name}/background`, max: Math.max(1, Math.floor(max * backgroundShare)), perMs };
}

function targetsOf({ chatId, messageId }: Want): readonly { readonly key: string; readonly limit: Limit }[] {
  return [
    ...(chatId === undefined ? [] : [{ key: `chat:${chatId}`, limit: perTarget.chat }]),
    ...(messageId === undefined ? [] : [{ key: `message:${messageId}`, limit: perTarget.message }]),
  ];
}

/** The chat and the card that the call is about, as names of windows. */
export function targetKeys(want: Want): readonly string[] {
  return targetsOf(want).map(({ key }) => key);
}

/** The background has its own queue for a chat too: it may wait long for its share, and a person must not stand behind it. */
export function queueKey(targetKey: string, priority: Priority): string {
  return priority === 'background' ? `${targetKey}/background` : targetKey;
}

/** The queue of the background before an endpoint, and the endpoint's own. */
export const backgroundKey = (endpoint: EndpointName): string => `background:${endpoint}`;
export const turnKey = (endpoint: EndpointName): string => `endpoint:${endpoint}`;
