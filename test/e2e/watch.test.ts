/** News about tickets, as chats get it: real webhook, queue and client, on a clock that the test moves. */

import { describe, expect, it } from 'vitest';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { ticketWriter } from '../sandbox/ticketWriter.ts';
import { type InProcessBot, inProcessBot } from '../support/inProcessBot.ts';

const support = 'IT 服务台';
const ticket = mainTicketId;
const minuteMs = 60_000;

interface Story extends InProcessBot {
  say(text: string, more?: Partial<SayInput>): Promise<SentReply>;
  pass(ms: number): Promise<void>;
  /** A person writes into the ticket. */
  write(person: string, words: string, id?: string): Promise<void>;
  change(wire: Record<string, unknown>, id?: string): Promise<void>;
  /** What the bot said in the chat without being asked, as text. */
  unasked(chat?: string): string[];
  /** A new ticket. */
  open(words: string, wire?: Record<string, unknown>): Promise<string>;
}

function text(card: unknown): string {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('content' in node && typeof node.content === 'string') found.push(node.content);
    for (const [key, child] of Object.entries(node)) if (key !== 'summary') visit(child);
  };
  visit(card);
  return found.join('\n');
}

async function story(): Promise<Story> {
  const bot = await inProcessBot();
  const { sandbox, clock } = bot;
  const asked = new Set<string>();
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    await bot.idle();
  };
  const ticketOf = (id: string) => {
    const found = sandbox.world.tickets.get(id);
    if (found === undefined) throw new Error('no ticket');
    return found;
  };
  return {
    ...bot,
    pass,
    async say(words, more = {}) {
      const { messageId } = await sandbox.say({ chat: support, person: '林晓', text: words, ...more });
      const reply = await bot.waitFor(() => sandbox.ledger.repliesTo(messageId)[0]);
      await pass(50);
      for (const { messageId: id } of sandbox.ledger.repliesTo(messageId)) asked.add(id);
      return reply;
    },
    async write(person, words, id = ticket) {
      const message = ticketWriter(sandbox.world, ticketOf(id)).text(sandbox.world.person(person), 0, words);
      await sandbox.announce.ticketMessage(id, message.id);
    },
    async change(wire, id = ticket) {
      Object.assign(ticketOf(id).wire, wire, { updated_at: clock.nowMs() });
      await sandbox.announce.ticketUpdated(id, {});
    },
    unasked: (chat = support) =>
      sandbox.ledger
        .sentTo(sandbox.world.chat(chat).chatId)
        .filter(({ messageId }) => !asked.has(messageId))
        .map(({ card }) => text(card)),
    async open(words, wire = {}) {
      const guest = sandbox.world.person('王敏');
      const id = String(7_000_000_000_000_000_000n + BigInt(sandbox.world.tickets.size));
      const added = sandbox.world.addTicket({
        ticket_id: id,
        status: 1,
        ticket_type: 2,
        guest: { id: guest.openId, name: guest.name },
        created_at: clock.nowMs(),
        ...wire,
      });
      ticketWriter(sandbox.world, added).text(guest, 0, words);
      await sandbox.announce.ticketCreated(id);
      return id;
    },
  };
}

describe('/watch <id>', () => {
  it('tells in its thread, half a minute of changes in one message', async () => {
    const s = await story();
    const reply = await s.say(`/watch ${ticket}`);
    expect(text(reply.card)).toContain('Following Ticket');
    await s.write('王敏', '又断了');
    await s.pass(10_000);
    await s.write('林晓', '我来看看');
    await s.change({ status: 3 });
    expect(s.unasked()).toEqual([]);
    await s.pass(25_000);
    const [news, ...more] = s.unasked();
    expect(more).toEqual([]);
    expect(news).toContain('Customer 王敏: 又断了');
    expect(news).toContain('Agent 林晓: 我来看看');
    expect(news).toContain('State:');
    const sent = s.sandbox.ledger.sentTo(s.sandbox.world.chat(support).chatId).at(-1);
    const parentOf = (messageId = ''): string | undefined =>
      s.sandbox.world.messages.get(messageId)?.parentId;
    expect(parentOf(sent?.messageId)).toBe(parentOf(reply.messageId));
    expect(sent?.threadId).toBeDefined();
    expect(s.sandbox.ledger.notifications()).toEqual([]);
  });

  it('says nothing when nothing is new, and nothing twice', async () => {
    const s = await story();
    await s.say(`/watch ${ticket}`);
    await s.change({});
    await s.pass(40_000);
    expect(s.unasked()).toEqual([]);
    await s.write('王敏', '又断了');
    await s.pass(40_000);
    await s.write('王敏', '好了');
    await s.pass(40_000);
    expect(s.unasked()).toHaveLength(2);
    expect(s.unasked()[1]).not.toContain('又断了');
  });

  it('asked for a second time in the same chat moves to the new thread: nobody gets it twice', async () => {
    const s = await story();
    await s.say(`/watch ${ticket}`);
    expect(text((await s.say(`/watch ${ticket}`)).card)).toContain('follows Ticket');
    await s.write('王敏', '又断了');
    await s.pass(40_000);
    expect(s.unasked()).toHaveLength(1);
  });

  it('/unwatch alone offers what the chat follows, and nothing else', async () => {
    const s = await story();
    expect(text((await s.say('/unwatch')).card)).toContain('This chat follows no ticket');
    await s.say('/ticket 6626871355780366332');
    await s.say(`/watch ${ticket}`);
    const offered = text((await s.say('/unwatch')).card);
    expect(offered).toContain('Which ticket are you no longer to hear of?');
    expect(offered).toContain(ticket);
    expect(offered).not.toContain('6626871355780366332');
  });

  it('ends with /unwatch', async () => {
    const s = await story();
    const { messageId } = await s.say(`/watch ${ticket}`);
    expect(text((await s.say('/unwatch', { replyTo: messageId, inThread: true })).card)).toContain(
      'No longer following',
    );
    expect(text((await s.say(`/unwatch ${ticket}`)).card)).toContain('does not follow');
    await s.write('王敏', '又断了');
    await s.pass(40_000);
    expect(s.unasked()).toEqual([]);
  });

  it('tells what came while no process ran', async () => {
    const s = await story();
    await s.say(`/watch ${ticket}`);
    await s.write('王敏', '又断了');
    await s.pause();
    await s.clock.advance(10 * minuteMs);
    s.resume();
    await s.pass(1_000);
    expect(s.unasked()).toHaveLength(1);
  });

  it('is the button of a ticket’s card too', async () => {
    const s = await story();
    const card = await s.say(`/ticket ${ticket}`);
    await s.sandbox.click({
      person: '林晓',
      messageId: card.messageId,
      value: { action: 'watch.start', ticket },
    });
    await s.pass(1_000);
    await s.write('王敏', '又断了');
    await s.pass(40_000);
    expect(s.unasked().at(-1)).toContain('又断了');
  });
});

describe('/watch new', () => {
  it('tells of new tickets in the chat, those that fit alone', async () => {
    const s = await story();
    expect(text((await s.say('/watch new VPN -测试')).card)).toContain('New tickets that fit');
    await s.open('VPN 断了');
    await s.open('VPN 测试');
    await s.open('打印机卡纸');
    await s.pass(40_000);
    expect(s.unasked()).toHaveLength(1);
    expect(s.unasked()[0]).toContain('VPN 断了');
    await s.say('/unwatch new');
    await s.open('VPN 又断了');
    await s.pass(40_000);
    expect(s.unasked()).toHaveLength(1);
  });

  it('does not tell a chat that has it in a thread already', async () => {
    const s = await story();
    await s.say('/watch new');
    const id = await s.open('VPN 断了');
    await s.say(`/watch ${id}`);
    await s.pass(40_000);
    expect(s.unasked()).toEqual([]);
  });

  it('ten messages an hour, the rest in one', async () => {
    const s = await story();
    await s.say('/watch new');
    for (let n = 0; n < 14; n += 1) await s.open(`新工单 ${n}`);
    await s.pass(40_000);
    expect(s.unasked()).toHaveLength(10);
    for (let min = 0; min < 61; min += 1) await s.pass(minuteMs);
    expect(s.unasked()).toHaveLength(11);
    expect(s.unasked().at(-1)).toContain('News about 4 tickets');
  });

  it('mute: nothing until then, and then one message', async () => {
    const s = await story();
    await s.say('/watch new');
    expect(text((await s.say('/watch mute 30m')).card)).toContain('No news until 17:30');
    await s.open('一');
    await s.open('二');
    for (let min = 0; min < 28; min += 1) await s.pass(minuteMs);
    expect(s.unasked()).toEqual([]);
    const list = text((await s.say('/watch list')).card);
    expect(list).toContain('New tickets: all');
    expect(list).toContain('Muted until 17:30');
    expect(list).toContain('2 updates wait');
    for (let min = 0; min < 4; min += 1) await s.pass(minuteMs);
    expect(s.unasked()).toHaveLength(1);
    expect(s.unasked()[0]).toContain('News about 2 tickets');
  });

  it('a condition or a time that makes no sense is explained', async () => {
    const s = await story();
    expect(text((await s.say('/watch new channel:pigeon')).card)).toContain(
      '“channel:pigeon” is no condition',
    );
    expect(text((await s.say('/watch mute forever')).card)).toContain('no length of time');
  });
});
