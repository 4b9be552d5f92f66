import { describe, expect, it } from 'vitest';
import { calendarIn } from '../src/calendar.ts';
import type { Agent } from '../src/domain.ts';
import { dutyAt } from '../src/duty.ts';
import { parseAgent } from '../src/feishu/wireAgent.ts';

const shanghai = calendarIn('Asia/Shanghai');
const berlin = calendarIn('Europe/Berlin');

interface Hours {
  readonly start_time: string;
  readonly end_time: string;
  readonly weekday: number;
}

/** As the helpdesk writes it. */
function agent(
  name: string,
  status: number,
  hours: readonly Hours[] | undefined,
  skills: readonly string[] = [],
): Agent {
  const parsed = parseAgent({
    status,
    agent: { id: `ou_${name}`, name },
    ...(hours === undefined ? {} : { schedule: hours }),
    agent_skills: skills.map((one) => ({ id: one, name: one, is_default: false })),
  });
  if (parsed === undefined) throw new Error('no agent');
  return parsed;
}

const range = (start_time: string, end_time: string, weekday: number): Hours => ({
  start_time,
  end_time,
  weekday,
});
/** A moment by a clock in Shanghai. 2026-01-05 is a Monday. */
const at = (text: string): number => Date.parse(`${text}:00+08:00`);
const names = (list: readonly { readonly agent: Agent }[]): string[] =>
  list.map((one) => one.agent.person.name);
const isOn = (hours: readonly Hours[], moment: string): boolean =>
  dutyAt([agent('a', 1, hours)], at(moment), shanghai).now.length === 1;

describe('who is on duty', () => {
  it.each([
    ['09:00', '18:00', 1, '2026-01-05T08:59', false],
    ['09:00', '18:00', 1, '2026-01-05T09:00', true],
    ['09:00', '18:00', 1, '2026-01-05T17:59', true],
    ['09:00', '18:00', 1, '2026-01-05T18:00', false],
    ['09:00', '18:00', 1, '2026-01-06T10:00', false],
    ['09:00', '18:00', 7, '2026-01-04T10:00', true],
    // Every day, working days, weekend.
    ['09:00', '18:00', 9, '2026-01-04T10:00', true],
    ['09:00', '18:00', 10, '2026-01-09T10:00', true],
    ['09:00', '18:00', 10, '2026-01-10T10:00', false],
    ['09:00', '18:00', 11, '2026-01-10T10:00', true],
    ['09:00', '18:00', 11, '2026-01-09T10:00', false],
    // To the last minute of the day.
    ['00:00', '24:00', 1, '2026-01-05T23:59', true],
    ['00:00', '24:00', 1, '2026-01-06T00:00', false],
    // Over midnight: the day is the one on which it began.
    ['22:00', '06:00', 1, '2026-01-05T22:30', true],
    ['22:00', '06:00', 1, '2026-01-06T05:59', true],
    ['22:00', '06:00', 1, '2026-01-06T06:00', false],
    ['22:00', '06:00', 1, '2026-01-05T05:00', false],
    ['22:00', '06:00', 10, '2026-01-10T05:00', true],
    ['22:00', '06:00', 10, '2026-01-11T05:00', false],
  ])('%s–%s, weekday %i, at %s: %s', (from, until, weekday, moment, expected) => {
    expect(isOn([range(from, until, weekday)], moment)).toBe(expected);
  });

  it('leaves out hours that make no sense', () => {
    const odd = [range('9 o’clock', '18:00', 9), range('25:00', '26:00', 9), range('09:00', '18:00', 8)];
    expect(agent('a', 1, [...odd, range('11:00', '12:00', 9)]).hours).toHaveLength(1);
    expect(isOn([...odd, range('11:00', '12:00', 9)], '2026-01-05T10:00')).toBe(false);
  });

  it('is only who is on line', () => {
    const always = [range('00:00', '24:00', 9)];
    const all = [1, 2, 3, 4, 5].map((status) => agent(`s${status}`, status, always));
    expect(names(dutyAt(all, at('2026-01-05T10:00'), shanghai).now)).toEqual(['s1']);
  });

  it('is who is on line when no hours are set', () => {
    expect(
      names(dutyAt([agent('a', 1, undefined), agent('b', 3, [])], at('2026-01-05T10:00'), shanghai).now),
    ).toEqual(['a']);
  });

  it('can be asked by skill, however it is written', () => {
    const agents = [
      agent('net', 1, undefined, ['网络 Network']),
      agent('office', 1, undefined, ['办公设备']),
    ];
    const by = (skill: string): string[] =>
      names(dutyAt(agents, at('2026-01-05T10:00'), shanghai, skill).now);
    expect(by('网络')).toEqual(['net']);
    expect(by('ＮＥＴＷＯＲＫ')).toEqual(['net']);
    expect(by('办公')).toEqual(['office']);
    expect(by('cooking')).toEqual([]);
  });
});

describe('until when, and who comes next', () => {
  const times = (hours: readonly Hours[], moment: string) =>
    dutyAt([agent('a', 1, hours)], at(moment), shanghai);

  it('ends with the hours, and not where other hours begin at once', () => {
    expect(times([range('09:00', '18:00', 9)], '2026-01-05T10:00').now[0]?.untilMs).toBe(
      at('2026-01-05T18:00'),
    );
    const two = [range('09:00', '18:00', 1), range('18:00', '02:00', 1)];
    expect(times(two, '2026-01-05T10:00').now[0]?.untilMs).toBe(at('2026-01-06T02:00'));
    expect(times([range('00:00', '24:00', 10)], '2026-01-05T10:00').now[0]?.untilMs).toBe(
      at('2026-01-10T00:00'),
    );
  });

  it('has no end in sight round the clock', () => {
    expect(times([range('00:00', '24:00', 9)], '2026-01-05T10:00').now[0]).toMatchObject({
      untilMs: undefined,
    });
  });

  it('names those who come, the first first, but nobody who went off line by hand', () => {
    const agents = [
      agent('evening', 3, [range('18:00', '24:00', 9)]),
      agent('noon', 1, [range('12:00', '18:00', 9)]),
      agent('away', 2, [range('11:00', '18:00', 9)]),
      agent('now', 1, [range('09:00', '12:00', 9)]),
    ];
    const { now, next } = dutyAt(agents, at('2026-01-05T10:00'), shanghai);
    expect(names(now)).toEqual(['now']);
    expect(names(next)).toEqual(['noon', 'evening']);
    expect(next[0]?.fromMs).toBe(at('2026-01-05T12:00'));
  });

  it('looks over the weekend, and a whole week', () => {
    const monday = dutyAt([agent('a', 3, [range('09:00', '18:00', 1)])], at('2026-01-05T19:00'), shanghai);
    expect(monday.next[0]?.fromMs).toBe(at('2026-01-12T09:00'));
  });
});

describe('where clocks are changed', () => {
  const moment = (text: string): number => Date.parse(text);

  it('the night in which an hour is missing ends by the clock on the wall', () => {
    const once = agent('b', 1, [range('22:00', '06:00', 6)]);
    expect(dutyAt([once], moment('2026-03-29T00:30:00Z'), berlin).now[0]?.untilMs).toBe(
      moment('2026-03-29T04:00:00Z'),
    );
  });

  it('the night with an hour twice is an hour longer', () => {
    const once = agent('b', 1, [range('22:00', '06:00', 6)]);
    const began = moment('2026-10-24T20:00:00Z');
    expect(dutyAt([once], began, berlin).now[0]?.untilMs).toBe(moment('2026-10-25T05:00:00Z'));
    expect(dutyAt([once], began - 60_000, berlin).now).toEqual([]);
  });

  it('hours that begin in the missing hour begin as much later', () => {
    const early = agent('c', 1, [range('02:30', '05:00', 7)]);
    const { next } = dutyAt([early], moment('2026-03-29T00:00:00Z'), berlin);
    expect(next[0]?.fromMs).toBe(moment('2026-03-29T01:30:00Z'));
  });
});
