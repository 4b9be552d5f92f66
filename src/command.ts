/**
 * What a command is. A contributor reads this first: a new chat command is one file in `commands/`, made by `defineCommand`,
 * and a line in `commands/index.ts`. The parser, `/help`, the buttons, did-you-mean and the README all follow from it.
 */

import type { z } from 'zod';
import type { View } from './cards/view.ts';
import type { Json, Outgoing, ReadInbound, Reply, Text, TicketInbound } from './domain.ts';
import type { Services } from './services/services.ts';
import { joinText, same } from './text.ts';

/**
 * Who may use a command; `access.ts` holds the table of levels and roles.
 * - `anyone` in the tenant
 * - `served`: agents, listed people, people in listed chats
 * - `involved`: anyone in the tenant; the command itself serves only those who are in the escalation, or are served
 * - `managers`
 * - `overview`: managers, and everyone served while no managers are named
 */
export type AccessLevel = 'anyone' | 'served' | 'involved' | 'managers' | 'overview';

/** One word of what was typed, or one mention of a person in it. */
export interface Word {
  readonly text: string;
  /** Set when the word is a mention. */
  readonly openId: string | undefined;
}

/** What the place of a message tells a command. */
export interface Place {
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  /** The message that asks, or the card that was clicked: news goes to its thread. */
  readonly messageId?: string | undefined;
  /** The ticket that the thread, or the card replied to, is about. */
  readonly ticketHere: string | undefined;
  /** The tickets that the bot showed last in this chat, the newest first. */
  readonly recentTickets: readonly string[];
  /** The host of `TICKET_URL`; links to it are ticket links. */
  readonly ticketHost: string | undefined;
}

/** Everything that a command may look at besides its arguments. */
export interface Context extends Services {
  readonly askerId: string;
  /** The bot itself, once it is known. */
  readonly botOpenId?: string | undefined;
  readonly place: Place;
  readonly view: View;
  /** Whether the asker has further rights here. */
  may(level: AccessLevel): Promise<boolean>;
  /** The registered commands, for `/help`. */
  readonly commands: readonly Command[];
}

/** One argument: takes words from the front and says what it made of them. */
export interface Argument<T> {
  /** As `/help` shows it, such as `<id>` or `[period]`. */
  readonly usage: Text;
  /** @throws UserError when the words do not fit */
  parse(words: readonly Word[], place: Place): { readonly value: T; readonly rest: readonly Word[] };
}

/** A button's work, and what it says at once. */
export interface Action {
  /** The line shown while the work is under way. */
  readonly toast: Text;
  readonly access: AccessLevel;
  /** Each use is kept for `/audit`. Default: when its command `changes` something. */
  readonly audited?: boolean;
  /**
   * Looks whether something stands against the click before it is answered, in what is stored alone: it has until 2.4 s after the click, and does no work.
   * @returns what holds now, for the toast; then the click ends there
   */
  objection?(value: Json): ((context: Context) => Promise<Text | undefined>) | undefined;
  /** @returns the work, or undefined when the value of the button does not fit (an old or a forged card). */
  prepare(value: Json): ((context: Context) => Promise<Reply>) | undefined;
}

/** What a command may look at when nobody has asked: a timer fired, or a ticket changed. */
export interface Background extends Services {
  readonly nowMs: number;
  /** How a card looks in a chat: what may be shown there, which buttons exist. */
  viewIn(chat: { readonly chatId: string; readonly chatType: 'p2p' | 'group' }): View;
  /** Whether a colleague has these rights in a chat now; `unknown` when that cannot be checked just then. */
  mayNow(level: AccessLevel, openId: string, chatId: string): Promise<'allowed' | 'denied' | 'unknown'>;
}

/**
 * What a command does when its time has come. It was set through `timers.set`, survives restarts, and may fire late; after a crash it
 * may run again, so what it sends must have keys that stay the same.
 */
export interface TimerHandler {
  /** @returns the work, or undefined when the value does not fit (a timer of an older version). */
  prepare(value: Json): ((background: Background) => Promise<readonly Outgoing[]>) | undefined;
}

export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly access: AccessLevel;
  /** The level for what was typed, where one command does things for different people. */
  accessFor?(words: readonly Word[], place: Place): AccessLevel;
  /**
   * `reads`: its work may begin while the asker's rights are still being read, because its answer is held back until they are
   * known. `changes`: it starts only when they are.
   */
  readonly effect: 'reads' | 'changes';
  /** The whole command as it is typed: `/ticket [id or link …]`. */
  readonly usage: Text;
  readonly summary: Text;
  readonly examples: readonly Text[];
  /** By the name after the dot in a button's `action`. */
  readonly actions: Readonly<Record<string, Action>>;
  /** By the name after the dot in `timers.set`. */
  readonly timers: Readonly<Record<string, TimerHandler>>;
  /** What follows from news about a ticket. The news is a hint only: read the ticket again. May run more than once for one event. */
  onTicket?(news: TicketInbound, background: Background): Promise<readonly Outgoing[]>;
  /** Somebody has read messages of the bot's in their direct chat. May run more than once. */
  onRead?(read: ReadInbound, background: Background): Promise<readonly Outgoing[]>;
  /** The bot can no longer speak in a chat: drops what the command keeps for it. May run more than once. */
  onChatLeft?(chatId: string, background: Background): Promise<void>;
  /** Checks the arguments. @throws UserError */
  prepare(words: readonly Word[], place: Place): (context: Context) => Promise<Reply>;
}

interface CommandSpec<A extends readonly unknown[]> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly access: AccessLevel;
  accessFor?(words: readonly Word[], place: Place): AccessLevel;
  readonly effect?: 'reads' | 'changes';
  readonly args: { readonly [K in keyof A]: Argument<A[K]> };
  readonly summary: Text;
  /** What is the same in all languages is a plain string. */
  readonly examples: readonly (string | Text)[];
  readonly actions?: Readonly<Record<string, Action>>;
  readonly timers?: Readonly<Record<string, TimerHandler>>;
  onTicket?(news: TicketInbound, background: Background): Promise<readonly Outgoing[]>;
  onRead?(read: ReadInbound, background: Background): Promise<readonly Outgoing[]>;
  onChatLeft?(chatId: string, background: Background): Promise<void>;
  run(args: A, context: Context): Promise<Reply>;
}

/** Describes a command. Words that no argument takes are ignored: people add "please" and "thanks". */
export function defineCommand<A extends readonly unknown[]>(spec: CommandSpec<A>): Command {
  const { args, run, ...rest } = spec;
  return {
    ...rest,
    aliases: spec.aliases ?? [],
    effect: spec.effect ?? 'reads',
    actions: spec.actions ?? {},
    timers: spec.timers ?? {},
    examples: spec.examples.map((example) => (typeof example === 'string' ? same(example) : example)),
    usage: joinText([same(`/${spec.name}`), ...args.map((arg) => arg.usage)], ' '),
    prepare(words, place) {
      const values = parseAll(args, words, place);
      return (context) => run(values, context);
    },
  };
}

function parseAll<A extends readonly unknown[]>(
  args: { readonly [K in keyof A]: Argument<A[K]> },
  words: readonly Word[],
  place: Place,
): A {
  let left = words;
  // The mapped tuple type is lost in map(); each value is made by the argument of the same position.
  return args.map((arg) => {
    const { value, rest } = arg.parse(left, place);
    left = rest;
    return value;
  }) as unknown as A;
}

/** Describes what a button does. The value is checked against `schema` when it comes back. */
export function defineAction<T>(spec: {
  readonly toast: Text;
  readonly access: AccessLevel;
  readonly audited?: boolean;
  readonly value: z.ZodType<T>;
  objection?(value: T, context: Context): Promise<Text | undefined>;
  run(value: T, context: Context): Promise<Reply>;
}): Action {
  return {
    toast: spec.toast,
    access: spec.access,
    ...(spec.audited === undefined ? {} : { audited: spec.audited }),
    objection(value) {
      const parsed = spec.value.safeParse(value);
      return parsed.success ? async (context) => spec.objection?.(parsed.data, context) : undefined;
    },
    prepare(value) {
      const parsed = spec.value.safeParse(value);
      return parsed.success ? (context) => spec.run(parsed.data, context) : undefined;
    },
  };
}

/** Describes what a timer does. The value is checked against `schema` when it fires. */
export function defineTimer<T>(spec: {
  readonly value: z.ZodType<T>;
  run(value: T, background: Background): Promise<readonly Outgoing[]>;
}): TimerHandler {
  return {
    prepare(value) {
      const parsed = spec.value.safeParse(value);
      return parsed.success ? (background) => spec.run(parsed.data, background) : undefined;
    },
  };
}
