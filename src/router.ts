/**
 * From a message or a click to a command and its reply: whom the bot listens to, which command is meant, whether the person may use
 * it, and what is said when something is wrong.
 */

import { aboutTicket, beginning } from './arguments.ts';
import { follows, hears, leaveChat, runInBackground } from './background.ts';
import { noticeCard } from './cards/noticeCard.ts';
import { type CheckedClick, checkClick, runClick } from './clicks.ts';
import type { Command, Word } from './command.ts';
import { agentOnly } from './commands/agentOnly.ts';
import { isKept, keepDeed } from './deeds.ts';
import type {
  ClickInbound,
  JsonObject,
  MessageInbound,
  Outgoing,
  PreviewInbound,
  ReadInbound,
  Reply,
  TicketInbound,
} from './domain.ts';
import { holdBack, spend } from './heldBack.ts';
import type { BackgroundCause } from './job.ts';
import { type Near, nearest } from './nearest.ts';
import { type Outcome, refuse, replyOf, settled } from './outcome.ts';
import {
  contextOfMessage,
  type Desk,
  openDesk,
  type RouterDeps,
  runWordsMaxCount,
  viewFor,
} from './place.ts';
import { answerPreview } from './previews.ts';
import { say, sentence } from './text.ts';
import { readCommand } from './typed.ts';

export interface Router {
  /** False for what the bot leaves unanswered. Asks nobody, so it can be asked before anything is stored. */
  concerns(inbound: MessageInbound): boolean;
  /**
   * Every expected failure becomes a reply; what is thrown is a bug, or a store that is away.
   * @returns undefined for silence
   */
  route(inbound: MessageInbound): Promise<Reply | undefined>;
  /** Judges a click within 2.4 s and never throws. @returns the line to answer with; only when `ok` is there work for `runClick` */
  checkClick(inbound: ClickInbound): Promise<CheckedClick>;
  /** Does the work of a click, after checking it again. Throws like `route`. */
  runClick(inbound: ClickInbound): Promise<Reply>;
  /** Whether any command wants to hear this news. */
  follows(inbound: TicketInbound): boolean;
  /** The answer to a client that asks what to show for a link. Never throws. */
  preview(inbound: PreviewInbound): Promise<JsonObject>;
  /** Whether any command wants to know what was read. */
  hears(inbound: ReadInbound): boolean;
  /** @returns what is to be sent because of news or a timer. Throws like `route`, and FeishuError. */
  runInBackground(cause: BackgroundCause): Promise<readonly Outgoing[]>;
  /** Drops what is kept for a chat in which the bot can no longer speak. @throws StoreUnavailable */
  leaveChat(chatId: string): Promise<void>;
}

export function createRouter(deps: RouterDeps): Router {
  const desk = openDesk(deps);
  const plan = planner(desk);
  return {
    concerns: (inbound) => plan(inbound) !== undefined,
    async route(inbound) {
      const planned = plan(inbound);
      if (planned === undefined) return undefined;
      const verdict = spend(desk, inbound, 'command', inbound.sender.openId);
      if (verdict.kind !== 'within') return holdBack(verdict, viewFor(desk, inbound, inbound.chatType));
      return planned.kind === 'unknown'
        ? unknownCommand(desk, planned, inbound)
        : answer(desk, planned, inbound);
    },
    checkClick: (inbound) => checkClick(desk, inbound),
    runClick: (inbound) => runClick(desk, inbound),
    follows: () => follows(desk),
    hears: () => hears(desk),
    preview: (inbound) => answerPreview(desk, inbound),
    runInBackground: (cause) => runInBackground(desk, cause),
    leaveChat: (chatId) => leaveChat(desk, chatId),
  };
}

interface Run {
  readonly kind: 'run';
  readonly command: Command;
  readonly words: readonly Word[];
}
interface Unknown {
  readonly kind: 'unknown';
  readonly name: string;
  readonly near: Near | undefined;
  readonly words: readonly Word[];
}

/** @returns what to do with a message; undefined for silence */
function planner({
  commands,
  botOpenId,
}: RouterDeps): (inbound: MessageInbound) => Run | Unknown | undefined {
  const namesOf = ({ name, aliases }: Command): readonly string[] => [name, ...aliases];
  const names = commands.flatMap(namesOf);
  // A registered command wins over the explanation why there is none.
  const byName = new Map(
    [...agentOnly, ...commands].flatMap((command) => namesOf(command).map((name) => [name, command])),
  );
  return (inbound) => {
    const bot = botOpenId();
    if (inbound.edited || !isFromColleague(inbound, bot)) return undefined;
    const { addressed, command: typed } = readCommand(inbound, bot);
    const name = typed?.name ?? (addressed ? 'help' : undefined);
    if (name === undefined) return undefined;
    const command = byName.get(name);
    if (command !== undefined) return { kind: 'run', command, words: typed?.words ?? [] };
    const near = nearest(name, names);
    return addressed || isSurelyOurs(name, near)
      ? { kind: 'unknown', name, near, words: typed?.words ?? [] }
      : undefined;
  };
}

/** A person of the bot's own tenant. Who that is, only the open id says. */
function isFromColleague({ sender, tenantKey }: MessageInbound, botOpenId: string | undefined): boolean {
  const { type, openId } = sender;
  return type === 'user' && Boolean(openId) && openId !== botOpenId && sender.tenantKey === tenantKey;
}

/** Other bots have slash commands too, so only a slip of the pen is answered where nobody spoke to us. */
function isSurelyOurs(name: string, near: Near | undefined): boolean {
  const longEnough = (text: string): boolean => [...text].length >= 3;
  return near !== undefined && near.distance <= 2 && longEnough(name) && longEnough(near.name);
}

/** The work may start while the rights are read; the reply waits for them, and somebody without rights hears nothing else. */
async function answer(desk: Desk, { command, words }: Run, inbound: MessageInbound): Promise<Reply> {
  const { chatId, sender, tenantKey } = inbound;
  const context = await contextOfMessage(desk, inbound, words);
  const run = (): Promise<Outcome> => settled(async () => command.prepare(words, context.place)(context));
  const early = command.effect === 'reads' ? run() : undefined;
  const asker = { openId: sender.openId, tenantKey: sender.tenantKey, botTenantKey: tenantKey };
  const level = command.accessFor?.(words, context.place) ?? command.access;
  const decision = await desk.access.decide(level, asker, chatId);
  const allowed = decision === 'allowed';
  const ticket = aboutTicket().parse(words, context.place).value;
  const { eventId } = inbound;
  const deed = { what: command.name, ticket, openId: sender.openId, chatId, eventId, allowed };
  await keepDeed(desk, deed, !allowed || isKept(command));
  if (!allowed) return refuse(desk, { command, level, decision, asker, chatId, eventId }, context);
  return replyOf(desk, command, await (early ?? run()), context.view, inbound);
}

function unknownCommand(desk: Desk, { name, near, words }: Unknown, inbound: MessageInbound): Reply {
  desk.metrics.commands.inc({ command: 'unknown', outcome: 'mistaken' });
  // A button carries text alone: whom a mention means would be lost, and so would the end of a long line.
  const typed = words.map(({ text }) => text).join(' ');
  const isWhole = typed.length <= runWordsMaxCount && words.every(({ openId }) => openId === undefined);
  const suggestions =
    near === undefined ? {} : { suggestions: [{ command: near.name, words: typed, isWhole }] };
  const notice = {
    tone: 'problem',
    what: noSuchCommand({ name: beginning(name, shownCharCount) }),
    next: seeHelp,
    ...suggestions,
  } as const;
  return { card: noticeCard(notice, viewFor(desk, inbound, inbound.chatType)), tickets: [] };
}

/** So much of a name is shown. */
const shownCharCount = 20;

const noSuchCommand = sentence(
  '没有 /{name} 这个指令。',
  'There is no command /{name}.',
  '/{name} というコマンドはありません。',
);

const seeHelp = say(
  '发送 /help 查看全部指令。',
  'Send /help to see all commands.',
  '/help を送信するとコマンドの一覧が表示されます。',
);
