import { describe, expect, it } from 'vitest';
import { type TicketCardData, ticketCard } from '../../src/cards/ticketCard.ts';
import type { View } from '../../src/cards/view.ts';
import type { Card, Ticket } from '../../src/domain.ts';
import { say } from '../../src/text.ts';
import { allOf, behaviors, boxes, configOf, headerOf, imageKeys, lines, read } from './reading.ts';
import {
  agent,
  conversation,
  guest,
  message,
  minutesAgo,
  numbers,
  person,
  ready,
  talk,
  talkWith,
  ticket,
  ticketId,
  view,
} from './samples.ts';

const one = (change: Partial<TicketCardData> = {}, seen: Partial<View> = {}): Card =>
  ticketCard({ ticket: ticket(), conversation: talk, pictures: [], ...change }, view(seen));
const of = (change: Partial<Ticket>): Card => one({ ticket: ticket(change) });

describe('the header', () => {
  it('has the subject, the number, and the state, stage and satisfaction as tags', () => {
    const card = of({ score: 'average' });
    expect(headerOf(card)).toMatchObject({
      template: 'blue',
      title: { tag: 'plain_text', content: 'VPN 连接失败，错误代码 809' },
      subtitle: { content: `Ticket ${ticketId}`, i18n_content: { zh_cn: `工单 ${ticketId}` } },
    });
    expect(allOf(card, 'text_tag').map((tag) => allOf(tag, 'plain_text')[0])).toMatchObject([
      { content: 'In progress', i18n_content: { ja_jp: '対応中' } },
      { content: 'Human' },
      { content: 'Average' },
    ]);
  });

  it('takes the first words of the customer when no field names the subject', () => {
    expect(headerOf(of({ fields: [] }))).toMatchObject({
      title: { content: 'VPN 一直连不上，换了网络也一样。错误代码 809，附截图。' },
    });
  });

  it('is the number alone when nobody said anything', () => {
    const card = one({ ticket: ticket({ fields: [] }), conversation: undefined });
    expect(headerOf(card)).toMatchObject({ title: { content: `Ticket ${ticketId}` } });
    expect(headerOf(card)).not.toHaveProperty('subtitle');
  });

  it.each([
    [{ status: 'created' }, 'orange'],
    [{ status: 'queueing' }, 'orange'],
    [{ status: 'in_progress' }, 'blue'],
    [{ status: 'pending' }, 'yellow'],
    [{ status: 'waiting_for_guest' }, 'wathet'],
    [{ status: 'closed_by_guest' }, 'grey'],
    [{ status: 'closed_by_agent', solved: true }, 'green'],
    [{ status: 'closed_by_bot', solved: false }, 'red'],
    [{ status: 'unknown', stage: 'unknown' }, 'grey'],
  ] as const)('of %o is %s', (change, color) => {
    expect(headerOf(of(change))).toMatchObject({ template: color });
  });

  it('tells the notification what it is about', () => {
    expect(configOf(one())).toMatchObject({
      update_multi: true,
      summary: {
        content: `Ticket ${ticketId} · In progress · VPN 连接失败，错误代码 809`,
        i18n_content: { zh_cn: `工单 ${ticketId} · 处理中 · VPN 连接失败，错误代码 809` },
      },
    });
  });
});

describe('the facts', () => {
  it('call out that nobody owns an open ticket', () => {
    const [owner] = allOf(of({ owner: undefined }), 'plain_text').filter(
      ({ content }) => content === 'Unassigned',
    );
    expect(owner).toMatchObject({ text_color: 'red' });
  });

  it('name the people plainly, the owner once', () => {
    const card = one();
    expect(lines(card)).toEqual(expect.arrayContaining(['佐藤健', '王芳 · 市场部']));
    expect(read(card)).toContain('Other agents: Maria Lopez');
    expect(allOf(card, 'person')).toEqual([]);
  });

  it('say how many agents more there are', () => {
    const agents = numbers(9).map((number) => person(`a${number}`));
    expect(read(of({ agents }))).toContain('a1 · a2 · a3 · a4 · a5 · a6 · +3');
  });

  it('say dates in the zone of the view, which the last line names', () => {
    const shown = lines(one({}, { timeZone: 'America/New_York' }));
    expect(shown).toContain('2025-03-03 19:20');
    expect(shown.at(-1)).toBe('As of 2025-03-03 21:30 (America/New_York)');
  });

  it('leave out what Feishu did not say', () => {
    const card = of({
      createdAtMs: undefined,
      firstResponseAtMs: undefined,
      tags: [],
      agents: [],
      guest: undefined,
    });
    expect(read(card)).not.toMatch(/Created|Tags|Other agents|undefined|NaN/);
    expect(read(card)).toContain('Customer: Unknown');
  });

  it('hold what is folded: times, people and custom fields', () => {
    const card = of({ collaborators: [person('Chen Wei')], closedBy: agent, resolutionSec: 7_200 });
    expect(
      allOf(card, 'collapsible_panel').map((panel) => read({ schema: '2.0', body: { ...panel } })),
    ).toEqual([
      [
        'More details',
        'Open for: 2 h 10 min',
        'First response: 2025-03-04 08:32',
        'Time to first response: 2 min',
        'Agent service time: 1 h 53 min',
        'Bot service time: 10 min',
        'Time to resolution: 2 h',
        'Other agents: Maria Lopez',
        'Closed by: 佐藤健',
        'Collaborators: Chen Wei',
        'Custom fields',
        '主题 VPN 连接失败，错误代码 809',
        'Operating system Windows 11 (23H2)',
      ].join('\n'),
    ]);
  });
});

describe('the conversation', () => {
  it('quotes the customer in a box of its own, with the name', () => {
    const [quote] = boxes(one());
    expect(lines(quote)).toEqual([
      'In the customer’s words · 王芳',
      'VPN 一直连不上，换了网络也一样。\n错误代码 809，附截图。',
    ]);
  });

  it('shows the latest three in their order, with author and time', () => {
    const shown = lines(one());
    const from = shown.indexOf('佐藤健 · 2025-03-04 08:32');
    expect(shown.slice(from, from + 6)).toEqual([
      '佐藤健 · 2025-03-04 08:32',
      '您好，请问公司网络下也不行吗？',
      '王芳 · 2025-03-04 08:50',
      '公司网络下可以，在家不行。',
      '佐藤健 · 2025-03-04 10:25',
      '请更新客户端到 5.2 再试。',
    ]);
  });

  it('says how much of a long description is left out', () => {
    const card = one({ conversation: conversation([message({ text: '长'.repeat(2_000) })]) });
    expect(lines(card)).toContain('1,501 more characters: read on with “Conversation”');
    const readable = one(
      { conversation: conversation([message({ text: '长'.repeat(2_000) })]) },
      { actions: new Set() },
    );
    expect(lines(readable)).toContain('1,501 more characters are not shown');
  });

  it('says it when messages were not read, could not be read, or do not exist', () => {
    expect(read(one({ conversation: { ...talk, totalCount: 1_240, omittedCount: 200 } }))).toContain(
      '1,240 messages; the middle 200 are not shown',
    );
    expect(read(one({ conversation: undefined }))).toContain('The messages could not be read');
    expect(read(one({ conversation: conversation([]) }))).toContain('No messages yet');
  });

  it('says in words what is no text', () => {
    const { pictures } = talkWith(2).messages[3] ?? { pictures: [] };
    const card = one({
      conversation: conversation([
        message({ author: agent, text: '' }),
        message({ author: agent, kind: 'file', text: '' }),
        message({ author: agent, kind: 'media', text: '' }),
        message({ author: agent, kind: 'image', text: '', pictures }),
        message({ author: agent, kind: 'unknown', text: '' }),
      ]),
    });
    const shown = lines(card);
    expect(shown).toEqual(
      expect.arrayContaining(['[2 pictures]', '[video]', '[message of an unknown kind]']),
    );
  });

  it('keeps the verdict of the customer apart from the facts', () => {
    const card = of({ status: 'closed_by_agent', dissatisfaction: say('太慢', '', '') });
    expect(lines(boxes(card).at(-1))).toEqual(['Rating · 王芳', 'Reason: 太慢']);
  });

  it('calls a remark a note, and names its author only when that is known', () => {
    const comment = 'Call before noon';
    expect(lines(boxes(of({ comment })).at(-1))).toEqual(['Note', comment]);
    expect(lines(boxes(of({ comment, commentAuthor: '林晓' })).at(-1))).toEqual(['Note · 林晓', comment]);
  });
});

describe('the buttons', () => {
  it('refresh the card and open the ticket', () => {
    expect(behaviors(one())).toEqual([
      [{ type: 'callback', value: { action: 'ticket.refresh', ticket: ticketId } }],
      [{ type: 'open_url', default_url: `https://desk.example.com/tickets/${ticketId}` }],
    ]);
  });

  it('are absent when they would do nothing', () => {
    expect(behaviors(one({}, { actions: new Set(), ticketUrl: undefined }))).toEqual([]);
  });

  it('encode the id in the address', () => {
    const card = one(
      { ticket: ticket({ id: '1/../2?x=#' }) },
      { ticketUrl: 'https://d.example/{id}?t={id}' },
    );
    expect(behaviors(card)[1]).toEqual([
      { type: 'open_url', default_url: 'https://d.example/1%2F..%2F2%3Fx%3D%23?t=1%2F..%2F2%3Fx%3D%23' },
    ]);
  });
});

describe('the whole card', () => {
  it('says that it is late', () => {
    expect(lines(one({}, { late: true }))[0]).toMatch(/^Late answer/);
    expect(read(one())).not.toContain('Late answer');
  });

  it('says when it was true', () => {
    expect(lines(one()).at(-1)).toBe('As of 2025-03-04 10:30 (Asia/Shanghai)');
  });

  it('masks addresses in every place', () => {
    const mail = 'wang.fang@example.com';
    const data: TicketCardData = {
      ticket: ticket({
        guest: person(mail, { department: mail }),
        owner: person(mail),
        comment: mail,
        tags: [mail],
        dissatisfaction: say(mail, mail, mail),
        collaborators: [person(mail)],
        fields: [{ id: '1', key: mail, name: mail, value: mail }],
      }),
      conversation: conversation([message({ text: mail }), message({ author: agent, text: mail })]),
      pictures: [],
    };
    expect(JSON.stringify(ticketCard(data, view()))).toContain(mail);
    expect(JSON.stringify(ticketCard(data, view({ privacy: 'masked' })))).not.toMatch(/wang|example\.com"/);
  });

  it('gives up history before pictures, pictures before words, and says so', () => {
    const wordy = (count: number): Card =>
      one({
        ticket: ticket({
          guest,
          comment: '"'.repeat(count),
          fields: numbers(30).map((id) => ({
            id: `${id}`,
            key: '',
            name: '*'.repeat(30),
            value: '$'.repeat(count),
          })),
        }),
        conversation: conversation([
          message({ text: '"\\'.repeat(5 * count) }),
          ...numbers(3).map(() =>
            message({
              author: agent,
              text: '"'.repeat(count),
              pictures: talkWith(9).messages[3]?.pictures ?? [],
            }),
          ),
        ]),
        pictures: numbers(40).map(ready),
      });
    expect(read(wordy(10))).not.toContain('too large');
    expect(read(wordy(200))).toContain('too large');
    expect(imageKeys(wordy(200))).toHaveLength(40);
  });

  it('has nothing of its own that changes from run to run', () => {
    expect(one({ conversation: talkWith(3), pictures: numbers(3).map(ready) })).toEqual(
      one({ conversation: talkWith(3), pictures: numbers(3).map(ready) }),
    );
    expect(minutesAgo(0)).toBe(view().nowMs);
  });
});
