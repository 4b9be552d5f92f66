/** Links to tickets, as clients ask for what to show: real webhook, client and helpdesk, on a clock that the test moves. */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mainTicketId } from '../sandbox/seed.ts';
import { type InProcessBot, type InProcessOptions, inProcessBot } from '../support/inProcessBot.ts';

const support = 'IT 服务台';
const link = `https://helpdesk.example/tickets/${mainTicketId}`;
const closed = { chats: new Set<string>(), users: new Set<string>(), managers: undefined };

const answer = z.object({
  inline: z.object({ title: z.string(), i18n_title: z.record(z.string(), z.string()) }),
  card: z.object({ type: z.literal('raw'), data: z.record(z.string(), z.unknown()) }).optional(),
});

interface Asking {
  readonly person?: string;
  readonly url?: string;
  readonly messageId?: string;
  readonly chat?: string;
}

async function previews(options: InProcessOptions = {}) {
  const bot = await inProcessBot(options);
  const pull = async ({
    person = '林晓',
    url = link,
    messageId = 'om_link',
    chat = support,
  }: Asking = {}) => {
    const { openId, tenantKey } = bot.sandbox.world.person(person);
    const open_chat_id = messageId === '' ? '' : bot.sandbox.world.chat(chat).chatId;
    const delivered = bot.sandbox.deliver({
      type: 'url.preview.get',
      route: 'card',
      event: {
        operator: { tenant_key: tenantKey, open_id: openId },
        host: 'im_message',
        context: { url, preview_token: 'token', open_message_id: messageId, open_chat_id },
      },
    });
    const { status, body } = await bot.clock.until(delivered);
    expect(status).toBe(200);
    return body;
  };
  return { ...bot, pull };
}

describe('a link to a ticket', () => {
  it('gets a title in three languages, and a small card of the documented layout', async () => {
    const { pull } = await previews();
    const { inline, card } = answer.parse(await pull());
    expect(inline.i18n_title['en_us']).toContain(`Ticket ${mainTicketId} · In progress`);
    expect(inline.title).toContain('VPN');
    expect(card?.data).toMatchObject({
      config: { wide_screen_mode: true },
      header: { title: { tag: 'plain_text' }, template: 'blue' },
      elements: [{ tag: 'div' }, { tag: 'div' }, { tag: 'note' }],
    });
    expect(card?.data).not.toHaveProperty('schema');
  });

  it('is answered for each client, and asks the helpdesk once', async () => {
    const { pull, sandbox } = await previews();
    const all = await Promise.all(['林晓', 'Maya Patel', '佐藤 健'].map((person) => pull({ person })));
    for (const body of all) expect(answer.parse(body).card).toBeDefined();
    expect(sandbox.ledger.callsTo('ticket')).toHaveLength(1);
  });

  it('has one card for each ticket and chat in half an hour; the title always, and commands too', async () => {
    const bot = await previews();
    expect(answer.parse(await bot.pull()).card).toBeDefined();
    expect(answer.parse(await bot.pull({ messageId: 'om_again' })).card).toBeUndefined();
    expect(answer.parse(await bot.pull({ messageId: 'om_again', chat: '机房运维' })).card).toBeDefined();
    expect(answer.parse(await bot.pull()).card).toBeDefined();
    const { messageId } = await bot.sandbox.say({
      chat: support,
      person: '林晓',
      text: `/ticket ${mainTicketId}`,
    });
    expect(await bot.waitFor(() => bot.sandbox.ledger.repliesTo(messageId)[0])).toBeDefined();
    await bot.clock.advance(31 * 60_000);
    expect(answer.parse(await bot.pull({ messageId: 'om_later' })).card).toBeDefined();
  });

  it('has a title alone while it is a draft, which uses up no card', async () => {
    const { pull } = await previews();
    expect(answer.parse(await pull({ messageId: '' })).card).toBeUndefined();
    expect(answer.parse(await pull()).card).toBeDefined();
  });

  it('shows nothing to who may not see it, of what does not exist, and of other links', async () => {
    const { pull } = await previews({ access: closed });
    expect(await pull({ person: '赵磊' })).toEqual({});
    expect(await pull({ person: 'Alex（外部）' })).toEqual({});
    expect(answer.parse(await pull({ person: '林晓' })).inline.title).toContain('VPN');
    expect(await pull({ url: 'https://helpdesk.example/tickets/11111' })).toEqual({});
    expect(await pull({ url: 'https://example.com/news' })).toEqual({});
  });

  it('masks personal data where the chat is not listed', async () => {
    const open = await previews();
    const masked = await previews({ access: closed });
    const write = (bot: InProcessBot): void => {
      const wire = bot.sandbox.world.tickets.get(mainTicketId)?.wire;
      if (wire?.guest !== undefined) wire.guest = { ...wire.guest, name: 'wang@yunfan.example' };
    };
    write(open);
    write(masked);
    expect(JSON.stringify(await open.pull())).toContain('wang@yunfan.example');
    expect(JSON.stringify(await masked.pull())).not.toContain('wang@yunfan.example');
  });

  it('has no preview rather than a late one', async () => {
    const { pull, sandbox } = await previews();
    sandbox.fault({ endpoint: 'ticket', delayMs: 20_000 });
    expect(await pull()).toEqual({});
  });

  it('leaves nothing in the queue', async () => {
    const { pull, store } = await previews();
    await pull();
    expect(await store.queue.stats()).toMatchObject({ waitingCount: 0, runningCount: 0 });
  });
});
