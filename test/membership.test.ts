import { describe, expect, it } from 'vitest';
import { defineCommand } from '../src/command.ts';
import { commands } from '../src/commands/index.ts';
import type { MembershipInbound } from '../src/domain.ts';
import { same } from '../src/text.ts';
import { buttonsOf, helpdesk, routing, spoken } from './support/asked.ts';

const event = (change: MembershipInbound['change'], eventId = 'ev-1'): MembershipInbound => ({
  kind: 'membership',
  eventId,
  appId: 'cli',
  tenantKey: 't_own',
  transport: 'webhook',
  receivedAtMs: 0,
  createdAtMs: undefined,
  chatId: 'oc_new',
  change,
});

describe('a group that the bot is added to', () => {
  it('gets one hint: what to type, and where to read more', async () => {
    const { router } = routing();
    const [hint, ...others] = await router.runInBackground(event('added'));
    expect(others).toEqual([]);
    if (hint?.kind !== 'post') throw new Error('nothing is posted');
    expect(hint.to).toEqual({ chatId: 'oc_new', chatType: 'group', replyTo: undefined, inThread: false });
    expect(spoken(hint.card)).toContain('/ticket 123');
    expect(spoken(hint.card, 'zh_cn')).toContain('@我');
    expect(buttonsOf(hint.card).values).toEqual([{ action: 'run', command: 'help', words: '' }]);
  });

  it('gets it once for each time: the same event again is the same message', async () => {
    const { router } = routing();
    const keys = await Promise.all(
      [event('added'), event('added'), event('added', 'ev-2')].map(async (one) => {
        const [hint] = await router.runInBackground(one);
        return hint?.kind === 'post' ? hint.key : undefined;
      }),
    );
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

describe('a group that the bot is removed from', () => {
  it('is forgotten: its cards, and what commands keep for it', async () => {
    const forgotten: string[] = [];
    const { services } = helpdesk();
    const postedCards = {
      ...services.postedCards,
      forgetChat: async (chatId: string) => void forgotten.push(`cards of ${chatId}`),
    };
    const keeper = defineCommand({
      name: 'keep',
      access: 'anyone',
      args: [],
      summary: same('keep'),
      examples: [],
      onChatLeft: async (chatId) => void forgotten.push(`keep of ${chatId}`),
      run: async () => ({ card: { schema: '2.0' }, tickets: [] }),
    });
    const { router } = routing({ commands: [...commands, keeper], more: { postedCards } });
    expect(await router.runInBackground(event('removed'))).toEqual([]);
    expect(forgotten).toEqual(['keep of oc_new', 'cards of oc_new']);
    await router.leaveChat('oc_other');
    expect(forgotten.slice(2)).toEqual(['keep of oc_other', 'cards of oc_other']);
  });
});
