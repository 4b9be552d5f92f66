/** Escalations with several people, from the call to its end: real webhook, queue and client, on a clock that the test moves. */

import { describe, expect, it } from 'vitest';
import { parseLadder } from '../../src/ladder.ts';
import type { Store } from '../../src/store/store.ts';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { type InProcessBot, type InProcessOptions, inProcessBot } from '../support/inProcessBot.ts';

const support = 'IT 服务台';
const lunch = '午餐拼单';
const minuteMs = 60_000;
const ticket = mainTicketId;

interface Story extends InProcessBot {
  readonly id: (name: string) => string;
  /** Says something and waits until nothing is under way. */
  say(text: string, person?: string, more?: Partial<SayInput>): Promise<SentReply | undefined>;
  /** The escalation's card as it shows now. */
  card(): SentReply;
  /** Who was called, in order. */
  rings(): string[];
  /** What stands in the escalation's thread besides its card, in English. */
  lines(): string[];
  press(
    person: string,
    action: string,
    more?: { messageId?: string; formValue?: Record<string, unknown> },
  ): Promise<void>;
  pass(ms: number): Promise<void>;
}

async function story(options: InProcessOptions = {}): Promise<Story> {
  const bot = await inProcessBot(options);
  const { sandbox, clock } = bot;
  const id = (name: string): string => sandbox.world.person(name).openId;
  const cardOf = (): SentReply => {
    const chats = [...sandbox.world.chats.values()];
    const found = chats
      .flatMap(({ chatId, type }) => (type === 'p2p' ? [] : sandbox.ledger.sentTo(chatId)))
      .find(({ card }) => text(card).includes('Escalation · Ticket'));
    if (found === undefined) throw new Error('no card');
    return found;
  };
  const idle = async (): Promise<void> => {
    await clock.advance(50);
    await bot.idle();
  };
  return {
    ...bot,
    id,
    card: cardOf,
    async say(words, person = '林晓', more = {}) {
      const { messageId } = await sandbox.say({ chat: support, person, text: words, ...more });
      await bot.waitFor(() => sandbox.ledger.repliesTo(messageId)[0]);
      await idle();
      return sandbox.ledger.repliesTo(messageId)[0];
    },
    rings: () =>
      sandbox.ledger
        .notifications()
        .filter(({ via }) => via.startsWith('urgent'))
        .map(({ target, via }) => `${sandbox.world.person(target).name} ${via.slice(7)}`),
    lines() {
      const { messageId, threadId } = cardOf();
      return [...sandbox.world.messages.values()]
        .filter((one) => one.threadId === threadId && one.sender.type === 'app')
        .filter((one) => one.parentId !== undefined && one.messageId !== messageId)
        .map(({ card }) => text(card));
    },
    async press(person, action, { messageId = cardOf().messageId, formValue } = {}) {
      const value = { action: `escalate.${action}`, ticket, number: 1 };
      await sandbox.click({ person, messageId, value, ...(formValue === undefined ? {} : { formValue }) });
      await idle();
    },
    async pass(ms) {
      await clock.advance(ms);
      await idle();
    },
  };
}

/** The English texts of a card in one string. */
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

const at = (openId: string): string => `<at user_id="${openId}"></at>`;

describe('from the call to the end', () => {
  it('calls who is on duty, rung by rung, until somebody takes it', async () => {
    const s = await story();
    const reply = await s.say(`/escalate ${ticket} 财务部全部断网`);
    expect(text(reply?.card)).toContain('is escalated: calling Maya Patel by urgent message');
    await s.pass(0);
    expect(s.rings()).toEqual(['Maya Patel app']);
    expect(text(s.card().card)).toContain('财务部全部断网');
    expect(text(s.card().card)).toContain('Calling Maya Patel; nobody has taken it');
    await s.pass(5 * minuteMs);
    await s.pass(5 * minuteMs);
    expect(s.rings()).toEqual(['Maya Patel app', 'Maya Patel app', 'Maya Patel sms']);
    await s.press('Maya Patel', 'take');
    expect(text(s.card().card)).toContain('Maya Patel took it after 10 min');
    await s.pass(45 * minuteMs);
    expect(s.rings()).toHaveLength(3);
    await s.press('Maya Patel', 'resolve', { formValue: { reason: '已重启核心交换机' } });
    expect(text(s.card().card)).toContain('Maya Patel resolved it: 已重启核心交换机');
    expect(s.lines().every((line) => !line.includes('\n'))).toBe(true);
    expect(s.lines().at(-1)).toContain('resolved it');
  });

  it('goes on to the next person after a round, and mentions whom it calls', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`, '佐藤 健');
    for (let min = 0; min < 21; min += 1) await s.pass(minuteMs);
    expect(s.rings()).toEqual(['林晓 app', '林晓 app', '林晓 sms', '林晓 phone', 'Maya Patel app']);
    expect(s.lines()[0]).toContain(`<at id=${s.id('林晓')}>`);
  });

  it('stands in a thread under the ticket’s card, which comes first where there is none', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    const card = s.sandbox.world.messages.get(s.card().messageId);
    const root = s.sandbox.world.messages.get(card?.rootId ?? '');
    expect(text(root?.card)).toContain('VPN');
    expect(card?.threadId).toBeDefined();
  });

  it('does not begin twice', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    const again = await s.say(`/escalate ${ticket} again`, '佐藤 健');
    expect(text(again?.card)).toContain('is escalated already');
    await s.pass(0);
    expect(s.rings()).toEqual(['Maya Patel app']);
  });

  it('calls whom the command mentions, and those with a skill', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket} ${at(s.id('佐藤 健'))} please`);
    await s.pass(0);
    expect(s.rings()).toEqual(['佐藤 健 app']);
    const other = await story();
    await other.say(`/escalate ${ticket} skill:网络`, 'Maya Patel');
    await other.pass(0);
    expect(other.rings()).toEqual(['林晓 app']);
  });

  it('calls the people of the configuration when nobody is on duty, and says when there is nobody at all', async () => {
    const s = await story({ oncall: { users: [] } });
    s.sandbox.world.schedules.length = 0;
    expect(text((await s.say(`/escalate ${ticket}`))?.card)).toContain('Nobody is on duty');
    const other = await story({ oncall: { users: [s.id('陈锐')] } });
    other.sandbox.world.schedules.length = 0;
    await other.say(`/escalate ${ticket}`);
    await other.pass(0);
    expect(other.rings()).toEqual(['陈锐 app']);
  });

  it('stands in the chat for escalations when there is one', async () => {
    const s = await story();
    const chatId = s.sandbox.world.chat('机房运维').chatId;
    const other = await story({ oncall: { chatId } });
    await other.say(`/escalate ${ticket}`);
    await other.pass(0);
    expect(
      other.sandbox.ledger
        .sentTo(chatId)
        .map(({ card }) => text(card))
        .join(),
    ).toContain('Escalation · Ticket');
    expect(s.sandbox.ledger.sentTo(chatId)).toEqual([]);
  });
});

describe('commands in the thread', () => {
  /** Says it in the thread of the escalation. */
  const inThread = (s: Story): Partial<SayInput> => ({ replyTo: s.card().messageId, inThread: true });

  it('need no number, and say what happened in one line', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    expect(text((await s.say('/snooze 15m', 'Maya Patel', inThread(s)))?.card)).toContain('snoozes it');
    await s.pass(14 * minuteMs);
    expect(s.rings()).toEqual(['Maya Patel app']);
    await s.pass(2 * minuteMs);
    expect(s.rings()).toEqual(['Maya Patel app', 'Maya Patel app']);
    const handed = await s.say(`/handover ${at(s.id('佐藤 健'))}`, 'Maya Patel', inThread(s));
    expect(text(handed?.card)).toContain(`hands it over to <at id=${s.id('佐藤 健')}>`);
    await s.pass(0);
    expect(s.rings().at(-1)).toBe('佐藤 健 app');
    expect(text((await s.say('/ack', '佐藤 健', inThread(s)))?.card)).toContain('takes it');
    expect(text((await s.say('/ack', '林晓', inThread(s)))?.card)).toContain(
      'Too late: 佐藤 健 has taken it',
    );
    const before = s.lines().length;
    expect(text((await s.say('/resolve 换了 网线', '佐藤 健', inThread(s)))?.card)).toContain(
      'resolved it: 换了 网线',
    );
    // The answer is the line: nothing is said twice.
    expect(s.lines()).toHaveLength(before + 1);
    expect(text((await s.say('/ack', '林晓', inThread(s)))?.card)).toContain('is over');
  });

  it.each([
    ['a link', 'https://desk.example/tickets/123 换了网线'],
    ['a mention', '@佐藤 500 个错误消失了'],
  ])('/resolve finds the only escalation of the chat when its reason begins with %s', async (_, reason) => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    const words = reason.replace('@佐藤', at(s.id('佐藤 健')));
    expect(text((await s.say(`/resolve ${words}`, 'Maya Patel'))?.card)).toContain('resolved it');
  });

  it('/stop ends the calls; the thread is told of what was said elsewhere', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    await s.say(`/stop ${ticket}`, '林晓', { chat: '机房运维' });
    expect(s.lines().at(-1)).toContain('stopped the calls');
    await s.pass(60 * minuteMs);
    expect(s.rings()).toEqual(['Maya Patel app']);
  });
});

describe('two who click at once', () => {
  it('one has it, the other is told', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    const value = { action: 'escalate.take', ticket, number: 1 };
    const { messageId } = s.card();
    const told = await Promise.all(
      ['林晓', 'Maya Patel'].map(async (person) => {
        const { toast } = await s.sandbox.click({ person, messageId, value });
        return `${toast?.type}: ${toast?.i18n?.['en_us']}`;
      }),
    );
    await s.pass(1_000);
    expect(told.sort()).toEqual([
      'info: Taking it…',
      expect.stringMatching(/^warning: (?:.+ pressed a button just before you|Too late: .+ has taken it)/),
    ]);
    const said = s.lines().join('\n');
    expect(said.match(/takes it/g)).toHaveLength(1);
    expect(said).not.toContain('Too late');
  });
});

describe('who is not in the chat', () => {
  it('is called directly, with the same card, whose buttons act on the same escalation', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket} ${at(s.id('赵磊'))}`);
    await s.pass(1_000);
    const direct = s.sandbox.world.directChat(s.id('赵磊')).chatId;
    const [copy] = s.sandbox.ledger.sentTo(direct);
    expect(text(copy?.card)).toContain('Escalation · Ticket');
    expect(s.rings()).toEqual(['赵磊 app']);
    expect(s.lines().join()).toContain('not in this chat, so directly');
    await s.sandbox.deliver({
      type: 'im.message.message_read_v1',
      event: {
        reader: { reader_id: { open_id: s.id('赵磊') }, read_time: '0', tenant_key: '1' },
        message_id_list: [copy?.messageId],
      },
    });
    await s.pass(1_000);
    expect(text(s.card().card)).toContain('read');
    await s.press('赵磊', 'take', { messageId: copy?.messageId ?? '' });
    expect(text(s.card().card)).toContain('took it');
    expect(text(s.sandbox.ledger.sentTo(direct)[0]?.card)).toContain('took it');
  });

  it('may take it although nobody serves them else; a colleague who is not in it may not', async () => {
    const s = await story({ access: { chats: new Set(), users: new Set(), managers: undefined } });
    await s.say(`/escalate ${ticket} ${at(s.id('赵磊'))}`);
    await s.pass(1_000);
    await s.press('李浩', 'take');
    expect(text(s.card().card)).toContain('nobody has taken it');
    const [copy] = s.sandbox.ledger.sentTo(s.sandbox.world.directChat(s.id('赵磊')).chatId);
    await s.press('赵磊', 'take', { messageId: copy?.messageId ?? '' });
    expect(text(s.card().card)).toContain('took it');
  });
});

describe('who has read it in the chat', () => {
  it('is seen at the next rung, with one look', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    s.sandbox.world.messages.get(s.card().messageId)?.readers.push(s.id('Maya Patel'));
    await s.pass(5 * minuteMs);
    expect(s.sandbox.ledger.callsTo('readUsers')).toHaveLength(1);
    expect(s.rings()).toEqual(['Maya Patel app', 'Maya Patel app']);
    expect(text(s.card().card)).toMatch(/✓✓ Urgent message .* · read/);
  });
});

describe('what Feishu refuses', () => {
  it.each([
    [230023, 'cannot be called now', 'Maya Patel app'],
    [230024, 'the quota is used up', '林晓 sms'],
    [99991672, 'the bot lacks the permission', '林晓 sms'],
    [230052, 'does not let the bot send urgent messages', '林晓 app'],
    [230001, 'not in this chat, so directly', '林晓 app'],
    [4242, 'Feishu refused it', '林晓 app'],
  ])('%i is shown, and the next that works comes at once', async (code, why, then) => {
    const s = await story();
    s.sandbox.fault({ endpoint: 'urgentApp', status: 400, code, times: 1 });
    await s.say(`/escalate ${ticket}`, '佐藤 健');
    await s.pass(1_000);
    expect(s.rings()).toEqual([then]);
    expect(s.lines().join('\n')).toContain(why);
    await s.press('林晓', 'take');
    expect(text(s.card().card)).toContain('took it');
  });

  it('everything: it is said, and tried again', async () => {
    const s = await story();
    for (const endpoint of ['urgentApp', 'urgentSms', 'urgentPhone'])
      s.sandbox.fault({ endpoint, status: 400, code: 99991672 });
    await s.say(`/escalate ${ticket}`);
    await s.pass(1_000);
    expect(s.lines().join('\n')).toContain('Nobody can be called by any means now');
    s.sandbox.clearFaults();
    await s.pass(6 * minuteMs);
    expect(s.rings()).toEqual(['Maya Patel app']);
  });

  it('an SMS without an answer is not sent again: the card says so, and the next person is called', async () => {
    const s = await story({ oncall: { ladder: parseLadder('sms@0m app@5m') ?? [] } });
    s.sandbox.fault({ endpoint: 'urgentSms', drop: 'after', times: 1 });
    await s.say(`/escalate ${ticket}`, '佐藤 健');
    await s.pass(1_000);
    expect(s.rings()).toEqual(['林晓 sms', 'Maya Patel sms']);
    expect(s.lines().join('\n')).toContain('It is not known whether 林晓 was called by SMS');
  });

  it('the card itself: everybody is called directly', async () => {
    const s = await story();
    const { chatId } = s.sandbox.world.chat(lunch);
    s.sandbox.world.chat(lunch).botMayPost = false;
    await s.sandbox.say({ chat: lunch, person: '林晓', text: `/escalate ${ticket}` });
    await s.pass(2_000);
    expect(s.sandbox.ledger.sentTo(chatId)).toEqual([]);
    expect(s.rings()).toEqual(['Maya Patel app']);
  });
});

describe('a process that dies', () => {
  it('while the timer runs: the rung comes when another works again', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    await s.pause();
    await s.clock.advance(20 * minuteMs);
    s.resume();
    await s.pass(1_000);
    expect(s.rings()).toEqual(['Maya Patel app', 'Maya Patel app']);
    await s.pass(4 * minuteMs);
    expect(s.rings()).toHaveLength(2);
    await s.pass(2 * minuteMs);
    expect(s.rings().at(-1)).toBe('Maya Patel sms');
  });

  /** Feishu makes the call; the process dies before it has written that down. */
  async function diesCalling(ladder: string): Promise<Story> {
    let called = (): boolean => false;
    let over = false;
    const s = await story({
      oncall: { ladder: parseLadder(ladder) ?? [] },
      spoil: (store) => {
        const put: Store['records']['put'] = (kind, ...rest) =>
          kind.name === 'escalation' && called() && !over
            ? new Promise(() => undefined)
            : store.records.put(kind, ...rest);
        return { ...store, records: { ...store.records, put } };
      },
    });
    called = () => s.rings().length > 0;
    await s.sandbox.say({ chat: support, person: '佐藤 健', text: `/escalate ${ticket}` });
    await s.waitFor(() => s.rings()[0]);
    await s.pause();
    over = true;
    s.resume();
    await s.waitFor(() => s.rings()[1]);
    await s.waitFor(() => (s.lines().join().includes('Called') ? true : undefined));
    return s;
  }

  it('while it calls in the app: the call is repeated', async () => {
    const s = await diesCalling('app@0m');
    expect(s.rings()).toEqual(['林晓 app', '林晓 app']);
    expect(text(s.card().card)).toMatch(/✓ Urgent message/);
  });

  it.each([
    ['sms', 'SMS'],
    ['phone', 'phone'],
  ])(
    'while it calls for money (%s): that is not repeated, and the next person is called',
    async (means, word) => {
      const s = await diesCalling(`${means}@0m app@9m`);
      expect(s.rings()).toEqual([`林晓 ${means}`, `Maya Patel ${means}`]);
      expect(s.lines().join('\n')).toContain(`It is not known whether 林晓 was called by ${word}`);
      expect(text(s.card().card)).toContain('the bot was interrupted');
    },
  );

  it('while it posts the card: there is one card', async () => {
    const s = await story();
    await s.say(`/ticket ${ticket}`);
    s.sandbox.fault({ endpoint: 'messageReply', drop: 'after', after: 1, times: 1 });
    await s.sandbox.say({ chat: support, person: '佐藤 健', text: `/escalate ${ticket}` });
    await s.waitFor(() => s.sandbox.ledger.callsTo('messageReply')[2]);
    await s.pause();
    s.resume();
    await s.waitFor(() => s.rings()[0]);
    const cards = s.sandbox.ledger
      .sentTo(s.sandbox.world.chat(support).chatId)
      .filter(({ card }) => text(card).includes('Escalation · Ticket'));
    expect(cards).toHaveLength(1);
    expect(s.rings()).toEqual(['林晓 app']);
  });
});

describe('the ticket', () => {
  it('being closed stops the calls', async () => {
    const s = await story();
    await s.say(`/escalate ${ticket}`);
    await s.pass(0);
    const wire = s.sandbox.world.tickets.get(ticket)?.wire;
    if (wire !== undefined) wire.status = 50;
    await s.sandbox.announce.ticketUpdated(ticket, { status: 2 });
    await s.pass(1_000);
    expect(text(s.card().card)).toContain('The ticket was closed');
    await s.pass(60 * minuteMs);
    expect(s.rings()).toEqual(['Maya Patel app']);
  });

  it('that is closed, or does not exist, is not escalated', async () => {
    const s = await story();
    expect(text((await s.say('/escalate 11111'))?.card)).toContain('No such ticket');
    const wire = s.sandbox.world.tickets.get(ticket)?.wire;
    if (wire !== undefined) wire.status = 50;
    expect(text((await s.say(`/escalate ${ticket}`))?.card)).toContain('is closed');
  });
});

describe('the button on a ticket’s card', () => {
  it('asks first, and calls then', async () => {
    const s = await story();
    const shown = await s.say(`/ticket ${ticket}`);
    const messageId = shown?.messageId ?? '';
    await s.sandbox.click({ person: '林晓', messageId, value: { action: 'escalate.open', ticket } });
    await s.pass(1_000);
    expect(s.rings()).toEqual([]);
    const form = s.sandbox.ledger
      .repliesTo(messageId)
      .find(({ card }) => text(card).includes('Escalate now'));
    const value = { action: 'escalate.start', ticket };
    const formValue = { reason: '全员断网', people: [s.id('佐藤 健')] };
    await s.sandbox.click({ person: '林晓', messageId: form?.messageId ?? '', value, formValue });
    await s.pass(1_000);
    expect(s.rings()).toEqual(['佐藤 健 app']);
    expect(text(s.card().card)).toContain('全员断网');
  });
});

describe('/oncall', () => {
  it('says who is on duty now and next', async () => {
    const s = await story();
    // Monday, 17:00 in Shanghai; the office opens again on Tuesday.
    const sato = s.sandbox.world.schedules.find(({ openId }) => openId === s.id('佐藤 健'));
    sato?.hours.splice(0, 1, { start_time: '09:00', end_time: '16:00', weekday: 10 });
    const card = text((await s.say('/oncall'))?.card);
    expect(card).toMatch(
      /林晓[\s\S]*Maya Patel[\s\S]*陈锐[\s\S]*Next[\s\S]*佐藤 健[\s\S]*From 2026-01-06 09:00/,
    );
    expect(text((await s.say('/oncall 账号'))?.card)).not.toContain('林晓');
    expect(text((await s.say('/oncall cooking'))?.card)).toContain('Nobody is on duty now');
  });
});
