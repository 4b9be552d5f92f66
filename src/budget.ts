/**
 * How much one person and one chat may ask in a minute, so that nobody can use up what Feishu allows the bot for everyone.
 *
 * Kept in memory: a command costs no further write, and a restart forgives at most one minute. With several replicas each has its own
 * count, so that the bounds grow with their number; what Feishu allows is kept exactly elsewhere.
 */

import type { Clock } from './clock.ts';
import { say, sentence } from './text.ts';

/** A minute of somebody begins with the first thing that they ask. */
const windowMs = 60_000;

export interface BudgetLimits {
  /** Commands in a minute; clicks are counted apart, to the same number. */
  readonly personCount: number;
  readonly chatCount: number;
}

export interface Asking {
  /** The event: the same one, worked on again after a crash, is judged as before. */
  readonly eventId: string;
  readonly kind: 'command' | 'click';
  readonly openId: string;
  readonly chatId: string;
}

/**
 * - `within`: serve it
 * - `tell`: the first one over the budget: say so, and when the bot listens again
 * - `silent`: it was said already
 */
export type Verdict =
  | { readonly kind: 'within' }
  | { readonly kind: 'tell' | 'silent'; readonly whose: 'person' | 'chat'; readonly forMs: number };

export interface Budget {
  spend(asking: Asking): Verdict;
}

interface Minute {
  readonly endMs: number;
  readonly served: Set<string>;
  /** The event that was answered with the notice. */
  toldBy: string | undefined;
}

/** @param limits undefined: nobody is held back */
export function createBudget(limits: BudgetLimits | undefined, clock: Pick<Clock, 'monoMs'>): Budget {
  const minutes = new Map<string, Minute>();
  let prunedAtMs = clock.monoMs();

  const prune = (nowMs: number): void => {
    if (nowMs - prunedAtMs < windowMs) return;
    prunedAtMs = nowMs;
    for (const [key, { endMs }] of minutes) if (endMs <= nowMs) minutes.delete(key);
  };
  const minuteOf = (key: string, nowMs: number): Minute => {
    const known = minutes.get(key);
    if (known !== undefined && known.endMs > nowMs) return known;
    const fresh: Minute = { endMs: nowMs + windowMs, served: new Set(), toldBy: undefined };
    minutes.set(key, fresh);
    return fresh;
  };

  return {
    spend({ eventId, kind, openId, chatId }) {
      if (limits === undefined) return { kind: 'within' };
      const nowMs = clock.monoMs();
      prune(nowMs);
      const person = minuteOf(`${kind}/${openId}`, nowMs);
      const chat = minuteOf(`${kind}/${chatId}`, nowMs);
      // Who is held back does not use up what the chat has.
      const over = [
        { whose: 'person' as const, minute: person, maxCount: limits.personCount },
        { whose: 'chat' as const, minute: chat, maxCount: limits.chatCount },
      ].find(({ minute, maxCount }) => !minute.served.has(eventId) && minute.served.size >= maxCount);
      if (over === undefined) {
        for (const { served } of [person, chat]) served.add(eventId);
        return { kind: 'within' };
      }
      const { minute, whose } = over;
      minute.toldBy ??= eventId;
      return { kind: minute.toldBy === eventId ? 'tell' : 'silent', whose, forMs: minute.endMs - nowMs };
    },
  };
}

// ---------------------------------------------------------------- sentences

export const tooMuch = {
  person: say(
    '你在一分钟内发送的指令太多了。',
    'You have sent very many commands within a minute.',
    '1 分間に送信されたコマンドが多すぎます。',
  ),
  chat: say(
    '这个群在一分钟内发送的指令太多了。',
    'Very many commands were sent in this chat within a minute.',
    'このチャットで 1 分間に送信されたコマンドが多すぎます。',
  ),
} as const;

export const listensAgain = sentence(
  '我会在 {seconds} 秒后继续回答，在此之前不再回复。',
  'I will answer again in {seconds} seconds, and stay silent until then.',
  '{seconds} 秒後に再び応答します。それまでは返信しません。',
);

/** For the one line that a click is answered with. */
export const clickLater = sentence(
  '点击太频繁，请 {seconds} 秒后再试。',
  'Too many clicks. Please try again in {seconds} seconds.',
  '操作が多すぎます。{seconds} 秒後にもう一度お試しください。',
);
