import { describe, expect, it } from 'vitest';
import { caseOf, click, from, message, routing, spoken } from './support/asked.ts';

const budget = { personCount: 2, chatCount: 3 };
const setting = () => routing({ config: { budget }, tickets: { 42: caseOf('42') } });

let count = 0;
const fresh = () => {
  count += 1;
  return { eventId: `event-${count}`, messageId: `om_${count}` };
};

describe('somebody who asks too much', () => {
  it('hears it once, then nothing until the minute is over', async () => {
    const { router, clock, asked, lines } = setting();
    const ask = async (text = '/ticket 42') => spoken((await router.route(message(text, fresh())))?.card);
    await ask();
    await ask();
    await clock.advance(15_000);
    expect(await ask()).toContain('I will answer again in 45 seconds');
    expect([await ask(), await ask('/help'), await ask('/nonsense')]).toEqual(['', '', '']);
    expect(asked).toHaveLength(2);
    expect(lines.filter((line) => line.includes('over the budget'))).toHaveLength(1);
    await clock.advance(45_000);
    expect(await ask()).toContain('Ticket 42');
  });

  it('may be a manager', async () => {
    const { router } = routing({ config: { budget }, access: { managers: new Set(['ou_manager']) } });
    const ask = async () =>
      spoken((await router.route(message('/help', { ...from('ou_manager'), ...fresh() })))?.card);
    await ask();
    await ask();
    expect(await ask()).toContain('within a minute');
  });

  it('does not silence others, but a chat has its budget too', async () => {
    const { router } = setting();
    const ask = async (openId: string) =>
      spoken((await router.route(message('/help', { ...from(openId), ...fresh() })))?.card);
    for (let n = 0; n < 4; n += 1) await ask('ou_1');
    expect(await ask('ou_2')).toContain('/ticket');
    expect(await ask('ou_3')).toContain('in this chat within a minute');
    expect(await ask('ou_4')).toBe('');
  });

  it('uses up nothing of a chat when it is somebody from outside, who is refused anyway', async () => {
    const { router } = setting();
    const press = (openId: string | undefined, tenantKey: string) => {
      const by = { operator: { openId, tenantKey } };
      return router.checkClick(click({ action: 'ticket.refresh', ticket: '42' }, { ...fresh(), ...by }));
    };
    for (let n = 0; n < 10; n += 1) {
      expect((await press(`ou_${n}`, 't_elsewhere')).toast.type).toBe('error');
      expect((await press(undefined, 't_own')).toast.type).toBe('error');
    }
    expect((await press('ou_agent', 't_own')).ok).toBe(true);
  });

  it('is answered at every click', async () => {
    const { router, asked } = setting();
    const press = () => router.checkClick(click({ action: 'ticket.refresh', ticket: '42' }, fresh()));
    await press();
    await press();
    for (let n = 0; n < 3; n += 1) {
      const { ok, toast } = await press();
      expect([ok, toast.type]).toEqual([false, 'warning']);
      expect(toast.content.en_us).toBe('Too many clicks. Please try again in 60 seconds.');
    }
    expect(asked).toEqual([]);
  });
});
