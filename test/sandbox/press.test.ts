import { afterEach, describe, expect, it } from 'vitest';
import { goodCard } from './caller.ts';
import type { Heard, Reply } from './fakeBot.ts';
import { fine, opened, openStage, question, type Stage } from './stage.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function stage(answer: (heard: Heard) => Reply | Promise<Reply>): Promise<Stage> {
  const opening = await openStage(answer);
  open.push(opening.close);
  return opening;
}

describe('a click', () => {
  async function carded(answer: (heard: Heard) => Reply | Promise<Reply>) {
    const all = await stage((heard) => (heard.path === '/webhook/card' ? answer(heard) : fine));
    const { messageId } = await all.sandbox.say(question);
    await all.api.reply(messageId, goodCard());
    const card = all.sandbox.ledger.repliesTo(messageId)[0]?.messageId ?? '';
    return {
      ...all,
      card,
      click: () => all.sandbox.click({ person: '林晓', messageId: card, value: { action: 'refresh' } }),
    };
  }

  it('calls back with a time in microseconds, a token, and where it was', async () => {
    const { sandbox, bot, card, click } = await carded(() => ({
      status: 200,
      body: { toast: { type: 'info', content: 'ok' } },
    }));
    expect(await click()).toMatchObject({ status: 200, toast: { type: 'info', content: 'ok' } });
    const heard = bot.heard.at(-1);
    const { header, event } = heard === undefined ? { header: {}, event: {} } : opened(sandbox, heard);
    expect(header.create_time).toMatch(/^\d{16}$/);
    expect(header.event_type).toBe('card.action.trigger');
    expect(event).toMatchObject({
      token: expect.stringMatching(/^c-/),
      operator: { open_id: sandbox.world.person('林晓').openId },
      action: { tag: 'button', value: { action: 'refresh' } },
      context: { open_message_id: card },
      host: 'im_message',
    });
  });

  it('shows the returned card', async () => {
    const next = goodCard({ tag: 'markdown', content: 'next' });
    const { sandbox, card, click } = await carded(() => ({
      status: 200,
      body: { card: { type: 'raw', data: next } },
    }));
    await click();
    expect(sandbox.world.messages.get(card)).toMatchObject({ card: next, updated: true });
  });

  it.each([
    ['a bad card', { card: { type: 'raw', data: { schema: '2.0', foo: 1 } } }, 200673],
    ['a card of 1.0', { card: { type: 'raw', data: { elements: [] } } }, 200830],
    ['a bad toast', { toast: { type: 'loud', content: '' } }, 200672],
    ['no object', 'ok', 200672],
  ])('that gets %s shows an error', async (_name, body, code) => {
    const { sandbox, card, click } = await carded(() => ({ status: 200, body }));
    expect(await click()).toMatchObject({ toast: { type: 'error', code } });
    expect(sandbox.world.messages.get(card)?.card).toEqual(goodCard());
  });

  it('undoes an update that comes before its answer', async () => {
    const early = goodCard({ tag: 'markdown', content: 'early' });
    const { sandbox, api, card, click } = await carded(async () => {
      await api.call('PATCH', `/im/v1/messages/${card}`, { content: JSON.stringify(early) });
      return fine;
    });
    expect((await click()).undone).toBe(true);
    expect(sandbox.world.messages.get(card)?.card).toEqual(goodCard());
  });

  it('gives a token for two updates after the answer', async () => {
    let token = '';
    let before: unknown;
    const all = await carded(async (heard) => {
      token = opened(all.sandbox, heard).event.token;
      before = (await all.api.call('POST', '/interactive/v1/card/update', { token, card: goodCard() })).code;
      return fine;
    });
    await all.click();
    const later = goodCard({ tag: 'markdown', content: 'later' });
    const update = async () =>
      (await all.api.call('POST', '/interactive/v1/card/update', { token, card: later })).code;
    expect([before, await update(), await update(), await update()]).toEqual([300090, 0, 0, 300040]);
    expect(all.sandbox.world.messages.get(all.card)?.card).toEqual(later);
  });
});
