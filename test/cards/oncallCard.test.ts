import { describe, expect, it } from 'vitest';
import { calendarIn } from '../../src/calendar.ts';
import { oncallCard } from '../../src/cards/oncallCard.ts';
import type { Agent, DutyHours } from '../../src/domain.ts';
import { dutyAt } from '../../src/duty.ts';
import { spoken } from '../support/asked.ts';
import { view } from './samples.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
// A Monday, 17:00 in Shanghai.
const nowMs = Date.parse('2026-01-05T09:00:00Z');
const online = (name: string, hours: readonly DutyHours[]): Agent => ({
  person: { openId: `ou_${name}`, name, email: undefined, department: undefined },
  state: 'online',
  skills: [],
  hours,
});

describe('the card of those on duty', () => {
  it('says until when, and why somebody without hours is on it', () => {
    const agents = [
      online('Office', [{ weekdays: everyDay, fromMin: 540, untilMin: 1_080 }]),
      online('Always', [{ weekdays: everyDay, fromMin: 0, untilMin: 1_440 }]),
      online('Free', []),
      online('Night', [{ weekdays: everyDay, fromMin: 1_320, untilMin: 360 }]),
    ];
    const duty = dutyAt(agents, nowMs, calendarIn('Asia/Shanghai'));
    const card = oncallCard({ duty, skill: undefined, standInCount: 0 }, view({ nowMs }));
    const [now = '', next = ''] = spoken(card).split('\nNext\n');
    expect(now).toMatch(/Office\nUntil .*18:00\nAlways\nNo end set\nFree\nOnline; no hours are set/);
    expect(next).toMatch(/^Night\nFrom .*22:00/);
  });
});
