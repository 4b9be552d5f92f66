import { describe, expect, it } from 'vitest';
import { textOnly, withoutPictures } from '../../src/cards/degrade.ts';
import { helpCard } from '../../src/cards/helpCard.ts';
import { noticeCard, stillWorkingCard } from '../../src/cards/noticeCard.ts';
import { type TicketCardData, ticketCard } from '../../src/cards/ticketCard.ts';
import { ticketListCard } from '../../src/cards/ticketListCard.ts';
import type { View } from '../../src/cards/view.ts';
import type { Card, Picture } from '../../src/domain.ts';
import { say } from '../../src/text.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import {
  conversation,
  failed,
  guest,
  loading,
  message,
  minutesAgo,
  numbers,
  person,
  ready,
  talk,
  talkWith,
  ticket,
  view,
} from './samples.ts';

const one = (change: Partial<TicketCardData> = {}, seen: Partial<View> = {}): Card =>
  ticketCard({ ticket: ticket(), conversation: talk, pictures: [], ...change }, view(seen));

const withPictures = (pictures: readonly Picture[], sentCount = pictures.length): Card =>
  one({ conversation: talkWith(sentCount), pictures });

const unowned = ticket({
  owner: undefined,
  agents: [],
  status: 'queueing',
  createdAtMs: minutesAgo(42),
  updatedAtMs: undefined,
  agentEnteredAtMs: undefined,
  firstResponseAtMs: undefined,
  lastResponseAtMs: undefined,
  agentServiceMin: undefined,
  firstResponseSec: undefined,
  fields: [],
  tags: [],
});

const closed = ticket({
  status: 'closed_by_agent',
  closedBy: person('佐藤健'),
  closedAtMs: minutesAgo(2),
  resolutionSec: 7080,
  processingSec: 3600,
});

const commands = [
  {
    usage: '/ticket [id or link …]',
    aliases: ['/t', '/工单'],
    summary: say('查看工单', 'Show a ticket', 'チケットを表示'),
    examples: ['/ticket 6626871355780366331', '/t 123 456'],
  },
  {
    usage: '/help [command]',
    aliases: ['/帮助'],
    summary: say('查看帮助', 'Show help', 'ヘルプを表示'),
    examples: ['/help ticket'],
  },
];

const cards: Readonly<Record<string, () => Card>> = {
  'ticket-in-progress': () => one(),
  'ticket-nobody-owns': () => one({ ticket: unowned, conversation: conversation([message()]) }),
  'ticket-bot-stage': () => one({ ticket: { ...unowned, stage: 'bot', status: 'created' } }),
  'ticket-guest-waits': () =>
    one({
      conversation: conversation([
        ...talk.messages,
        message({ id: 'm5', createdAtMs: minutesAgo(3), text: '还是不行' }),
      ]),
    }),
  'ticket-closed-solved': () =>
    one({ ticket: { ...closed, solved: true, score: 'satisfied', comment: '很快解决了，谢谢！' } }),
  'ticket-closed-unsolved': () =>
    one({
      ticket: {
        ...closed,
        solved: false,
        score: 'dissatisfied',
        dissatisfaction: say('响应太慢', 'Too slow', '対応が遅い'),
        comment: 'Nobody called back.',
        collaborators: [person('Chen Wei')],
      },
    }),
  'ticket-no-messages': () => one({ conversation: conversation([]) }),
  'ticket-messages-unread': () => one({ conversation: undefined }),
  'ticket-10000-messages': () =>
    one({ conversation: { ...talk, totalCount: 10_000, omittedCount: 9_000, omittedBefore: 2 } }),
  'ticket-late': () => one({}, { late: true }),
  'ticket-masked': () =>
    one(
      {
        conversation: conversation([message({ text: '请回信到 wang.fang@example.com' })]),
        ticket: ticket({ fields: [] }),
      },
      { privacy: 'masked', actions: new Set(), ticketUrl: undefined },
    ),
  'ticket-one-picture': () => withPictures([ready(1)]),
  'ticket-nine-pictures': () => withPictures(numbers(9).map(ready)),
  'ticket-57-pictures': () => withPictures(numbers(40).map(ready), 57),
  'ticket-pictures-loading': () => withPictures([ready(1), ready(2), loading(3), loading(4), loading(5)]),
  'ticket-pictures-failed': () =>
    withPictures([
      ready(1),
      ready(2),
      failed(3, 'deleted'),
      failed(4, 'deleted'),
      ready(5),
      failed(6, 'too_large'),
      ready(7),
      ready(8),
    ]),
  'ticket-too-large': () =>
    one({
      ticket: ticket({
        fields: numbers(30).map((id) => ({
          id: `${id}`,
          key: `k${id}`,
          name: `<${'名'.repeat(40)}>`,
          value: '*$'.repeat(200),
        })),
      }),
      conversation: conversation(
        numbers(30).map((id) =>
          message({
            id: `m${id}`,
            text: '很长的描述。'.repeat(500),
            author: { ...guest, name: `${'长'.repeat(60)}` },
          }),
        ),
      ),
    }),
  'ticket-without-pictures': () => withoutPictures(withPictures(numbers(12).map(ready))),
  'ticket-text-only': () => textOnly(withPictures(numbers(3).map(ready))),
  'list-of-five': () =>
    ticketListCard(
      [
        { state: 'found', ticket: unowned, conversation: conversation([message()]) },
        { state: 'found', ticket: ticket(), conversation: talkWith(3) },
        { state: 'found', ticket: { ...closed, solved: true }, conversation: undefined },
        { state: 'missing', id: '42' },
        { state: 'failed', id: '43', logId: '20250304103000ABCDEF' },
      ],
      view(),
    ),
  'help-direct': () => helpCard({ commands, chatType: 'p2p' }, view()),
  'help-group': () => helpCard({ commands, chatType: 'group' }, view()),
  'help-one-command': () => helpCard({ commands, chatType: 'group', only: '/工单' }, view()),
  'notice-unknown-command': () =>
    noticeCard(
      {
        tone: 'info',
        what: say(
          '没有 /tikcet 这个指令',
          'There is no command /tikcet',
          '/tikcet というコマンドはありません',
        ),
        suggestions: ['/ticket'],
      },
      view(),
    ),
  'notice-failure': () =>
    noticeCard(
      {
        tone: 'problem',
        what: say('飞书服务台没有响应', 'The helpdesk does not answer', 'ヘルプデスクが応答しません'),
        next: say('请稍后再试。', 'Try again later.', '後でもう一度お試しください。'),
        logId: '20250304103000ABCDEF',
        link: {
          text: say('打开工单', 'Open the ticket', 'チケットを開く'),
          url: 'https://desk.example.com/tickets/1',
        },
      },
      view(),
    ),
  'still-working': () => stillWorkingCard(view()),
};

describe('every card in every state', () => {
  it.each(Object.entries(cards))('%s', async (name, build) => {
    const card = build();
    expect(checkCard(card)).toEqual([]);
    await expect(`${JSON.stringify(card, null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.json`);
  });
});
