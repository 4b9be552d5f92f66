import { describe, expect, it } from 'vitest';
import { createLimitFill } from '../../src/feishu/limitFill.ts';
import { fakeClock } from '../support/fakeClock.ts';

describe('the fill of the windows', () => {
  it('is that of the fullest window, and goes down as time passes', async () => {
    const clock = fakeClock();
    const fill = createLimitFill(clock);
    expect([...fill.ratios()]).toEqual([]);
    // Ten a second for a ticket; 50 a second and 1000 a minute for a reply.
    for (let count = 0; count < 5; count += 1) fill.departed('ticket');
    for (let count = 0; count < 25; count += 1) fill.departed('messageReply');
    expect([...fill.ratios()]).toEqual([
      ['ticket', 0.5],
      ['messageReply', 0.5],
    ]);
    await clock.advance(1_000);
    expect([...fill.ratios()]).toEqual([
      ['ticket', 0],
      ['messageReply', 0.025],
    ]);
    await clock.advance(59_000);
    expect(fill.ratios().get('messageReply')).toBe(0);
  });

  it('remembers no more than counts', async () => {
    const clock = fakeClock();
    const fill = createLimitFill(clock);
    for (let count = 0; count < 600; count += 1) fill.departed('ticket');
    await clock.advance(2_000);
    for (let count = 0; count < 425; count += 1) fill.departed('ticket');
    expect(fill.ratios().get('ticket')).toBe(42.5);
  });
});
