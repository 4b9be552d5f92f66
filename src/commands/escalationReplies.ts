/** What people answer to an escalation: in its thread without a number, anywhere else with that of its ticket. */

import { aboutTicket, ticketNumber } from '../arguments.ts';
import { type Argument, type Command, type Context, defineCommand, type Word } from '../command.ts';
import { UserError } from '../errors.ts';
import { same, say } from '../text.ts';
import { peopleIn } from './escalationStart.ts';
import { type Asked, reasonIn, typedWish, whichOne } from './escalationWish.ts';

const usualSnoozeMs = 15 * 60_000;
const snoozeMaxMs = 24 * 3_600_000;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

async function wish(ticket: string | undefined, asked: Asked, context: Context) {
  return typedWish(await whichOne(ticket, context), asked, context);
}

const ack = defineCommand({
  name: 'ack',
  aliases: ['接手'],
  access: 'involved',
  effect: 'changes',
  args: [aboutTicket()],
  summary: say('接手升级', 'Take an escalation', 'エスカレーションを引き受ける'),
  examples: ['/ack', '/ack 123'],
  run: ([ticket], context) => wish(ticket, { kind: 'take' }, context),
});

const handover = defineCommand({
  name: 'handover',
  aliases: ['转交'],
  access: 'involved',
  effect: 'changes',
  args: [toPerson()],
  summary: say('把升级转交给别人', 'Hand an escalation over', 'エスカレーションを引き継ぐ'),
  examples: [
    say('/转交 @某人', '/handover @someone', '/handover @誰か'),
    say('/转交 123 @某人', '/handover 123 @someone', '/handover 123 @誰か'),
  ],
  run: ([{ ticket, person }], context) =>
    wish(ticket, { kind: 'hand', to: person?.openId ?? '', name: person?.name }, context),
});

const snooze = defineCommand({
  name: 'snooze',
  aliases: ['稍后'],
  access: 'involved',
  effect: 'changes',
  args: [pause()],
  summary: say('过一会儿再呼叫', 'Call again in a while', 'しばらくして再度呼び出す'),
  examples: ['/snooze 15m', '/snooze 123 1h'],
  run: ([{ ticket, forMs }], context) => wish(ticket, { kind: 'snooze', forMs }, context),
});

const resolve = defineCommand({
  name: 'resolve',
  aliases: ['解决'],
  access: 'involved',
  effect: 'changes',
  args: [outcome()],
  summary: say('结束升级并写明结果', 'End an escalation and say how', 'エスカレーションを解決する'),
  examples: [
    say('/解决 已重启交换机', '/resolve the switch was restarted', '/resolve スイッチを再起動'),
    say('/解决 123 已换网线', '/resolve 123 new cable', '/resolve 123 ケーブルを交換'),
  ],
  run: ([{ ticket, words }], context) => wish(ticket, { kind: 'resolve', words }, context),
});

const stop = defineCommand({
  name: 'stop',
  aliases: ['停止'],
  access: 'involved',
  effect: 'changes',
  args: [aboutTicket()],
  summary: say('停止呼叫', 'Stop the calls', '呼び出しを停止'),
  examples: ['/stop', '/stop 123'],
  run: ([ticket], context) => wish(ticket, { kind: 'stop' }, context),
});

export const escalationReplies: readonly Command[] = [ack, handover, snooze, resolve, stop];

// ---------------------------------------------------------------- arguments

interface ToPerson {
  readonly ticket: string | undefined;
  readonly person: { readonly openId: string; readonly name: string | undefined } | undefined;
}

function toPerson(): Argument<ToPerson> {
  return {
    usage: say('@某人', '@person', '@担当者'),
    parse(words, place) {
      const others = words.filter(({ openId }) => openId === undefined);
      const { value: ticket } = aboutTicket().parse(others, place);
      return { value: { ticket, person: peopleIn(words)[0] }, rest: [] };
    },
  };
}

function pause(): Argument<{ readonly ticket: string | undefined; readonly forMs: number }> {
  return {
    usage: same('[15m]'),
    parse(words, place) {
      const times = words.flatMap(({ text }) => timeIn(text) ?? []);
      const { value: ticket, rest } = aboutTicket().parse(
        words.filter(({ text }) => timeIn(text) === undefined),
        place,
      );
      const forMs = times[0] ?? usualSnoozeMs;
      if (rest.length > 0 && times.length === 0) throw new UserError(noTime, timeLike);
      if (forMs <= 0 || forMs > snoozeMaxMs) throw new UserError(tooLong, timeLike);
      return { value: { ticket, forMs }, rest: [] };
    },
  };
}

/** `15m`, `1h`, `90s`, `15分钟`; in milliseconds. */
function timeIn(text: string): number | undefined {
  const found = /^(\d{1,5})(s|m|h|min|分钟|分|小时|時間|秒)$/iu.exec(text);
  if (found === null) return undefined;
  const unit = found[2]?.toLowerCase() ?? '';
  const short = { min: 'm', 分钟: 'm', 分: 'm', 小时: 'h', 時間: 'h', 秒: 's' }[unit] ?? unit;
  return Number(found[1]) * (unitMs[short] ?? 0);
}

/** Where the place names the ticket, all of it is the outcome, unless it begins with a ticket's number, which is long. */
function outcome(): Argument<{ readonly ticket: string | undefined; readonly words: string }> {
  return {
    usage: say('<处理结果>', '<reason>', '<対応内容>'),
    parse(words, place) {
      const [first, ...others] = words;
      const number = ticketNumber(first?.text ?? '');
      const isMeant = place.ticketHere === undefined || (first?.text.length ?? 0) >= 10;
      const ticket = isMeant ? number : undefined;
      return {
        value: { ticket, words: reasonIn(textOf(ticket === undefined ? words : others)) },
        rest: [],
      };
    },
  };
}

function textOf(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(' ');
}

const noTime = say('没有看懂时间。', 'That is no length of time.', '時間を読み取れません。');
const tooLong = say('最长可以暂停 24 小时。', 'At most 24 hours are possible.', '最長 24 時間までです。');
const timeLike = say(
  '例如：/snooze 15m 或 /snooze 1h',
  'Such as: /snooze 15m or /snooze 1h',
  '例：/snooze 15m、/snooze 1h',
);
