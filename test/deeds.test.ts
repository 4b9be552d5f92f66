import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Command, defineAction, defineCommand } from '../src/command.ts';
import { commands } from '../src/commands/index.ts';
import type { Reply } from '../src/domain.ts';
import { StoreUnavailable } from '../src/store/store.ts';
import { say } from '../src/text.ts';
import { caseOf, click, from, message, routing, type Setting } from './support/asked.ts';

const words = say('做', 'Do', 'する');
let workCount = 0;
const work = async (): Promise<Reply> => {
  workCount += 1;
  return { card: { schema: '2.0' }, tickets: [] };
};
const value = z.object({ ticket: z.string() });
/** A command that changes something, with a button that does and one that does not. */
const change: Command = defineCommand({
  name: 'change',
  access: 'served',
  effect: 'changes',
  args: [],
  summary: words,
  examples: [],
  run: work,
  actions: {
    now: defineAction({ toast: words, access: 'served', value, run: work }),
    look: defineAction({ toast: words, access: 'served', audited: false, value, run: work }),
  },
});
const look: Command = defineCommand({
  name: 'look',
  access: 'served',
  args: [],
  summary: words,
  examples: [],
  run: work,
  actions: { again: defineAction({ toast: words, access: 'served', value, run: work }) },
});

function setting(more: Setting = {}) {
  const kept: unknown[] = [];
  const audit = {
    note: async (entry: unknown) => void kept.push(entry),
    ofTicket: async () => [],
  };
  workCount = 0;
  return { kept, ...routing({ commands: [change, look], more: { audit }, ...more }) };
}
const deed = { who: 'ou_agent', chatId: 'oc_any', eventId: 'event-1', allowed: true };
const nobody = from('ou_nobody');

describe('the audit keeps', () => {
  it('a command that changes something, with the ticket it is about', async () => {
    const { kept, router } = setting();
    await router.route(message('/change 42'));
    expect(kept).toEqual([{ ...deed, what: 'change', ticket: '42' }]);
  });

  it('a button of such a command, unless it says otherwise', async () => {
    const { kept, router } = setting();
    await router.runClick(click({ action: 'change.now', ticket: '42' }));
    await router.runClick(click({ action: 'change.look', ticket: '42' }));
    expect(kept).toEqual([{ ...deed, what: 'change.now', ticket: '42' }]);
  });

  it('a button that stands for such a command', async () => {
    const { kept, router } = setting();
    await router.runClick(click({ action: 'run', command: 'change', words: '42' }));
    await router.runClick(click({ action: 'run', command: 'look', words: '42' }));
    expect(kept).toEqual([{ ...deed, what: 'change', ticket: '42' }]);
  });

  it('every refusal, of reads too', async () => {
    const { kept, router } = setting();
    await router.route(message('/look 42', nobody));
    await router.checkClick(
      click(
        { action: 'look.again', ticket: '43' },
        { operator: { openId: 'ou_nobody', tenantKey: 't_own' } },
      ),
    );
    const refusal = { ...deed, who: 'ou_nobody', allowed: false };
    expect(kept).toEqual([
      { ...refusal, what: 'look', ticket: '42' },
      { ...refusal, what: 'look.again', ticket: '43' },
    ]);
  });

  it('who had the mask lifted', async () => {
    const { kept, router } = setting({ commands, tickets: { 42: caseOf('42') } });
    await router.runClick(click({ action: 'ticket.reveal', ticket: '42' }));
    expect(kept).toEqual([{ ...deed, what: 'ticket.reveal', ticket: '42' }]);
  });

  it('no reading, which leaves a line in the log', async () => {
    const { kept, lines, router } = setting();
    await router.route(message('/look 42 please'));
    expect(kept).toEqual([]);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ ...deed, what: 'look', ticket: '42', msg: 'audit' }),
    );
  });

  it('nothing that was typed', async () => {
    const { kept, lines, router } = setting();
    await router.route(message('/change my secret plan 13800138000'));
    expect(JSON.stringify(kept) + lines.join('')).not.toMatch(/secret|plan|138/);
    expect(kept).toHaveLength(1);
  });
});

describe('when the audit cannot be written', () => {
  const audit = {
    note: () => Promise.reject(new StoreUnavailable('full')),
    ofTicket: async () => [],
  };

  it('nothing is changed, and the work is tried again', async () => {
    const { router } = setting({ more: { audit } });
    await expect(router.route(message('/change 42'))).rejects.toThrow(StoreUnavailable);
    expect(workCount).toBe(0);
  });

  it('a click is still answered with its refusal', async () => {
    const { router } = setting({ more: { audit } });
    const by = { operator: { openId: 'ou_nobody', tenantKey: 't_own' } };
    const { ok, toast } = await router.checkClick(click({ action: 'change.now', ticket: '42' }, by));
    expect([ok, toast.type]).toEqual([false, 'error']);
  });
});
