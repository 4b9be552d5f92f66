/** Every card in every state that people meet, by name: for the snapshots and for the gallery. */

import { missingRight, whomToAsk } from '../../src/access.ts';
import { type ConversationCardData, conversationCard } from '../../src/cards/conversationCard.ts';
import { textOnly, withoutPictures } from '../../src/cards/degrade.ts';
import { helpCard } from '../../src/cards/helpCard.ts';
import { noticeCard, stillWorkingCard } from '../../src/cards/noticeCard.ts';
import { picturesCard } from '../../src/cards/picturesCard.ts';
import { type TicketCardData, ticketCard } from '../../src/cards/ticketCard.ts';
import { ticketListCard } from '../../src/cards/ticketListCard.ts';
import { unreachableCard } from '../../src/cards/unreachableCard.ts';
import type { View } from '../../src/cards/view.ts';
import { welcomeCard } from '../../src/cards/welcomeCard.ts';
import { whichTicketCard } from '../../src/cards/whichTicketCard.ts';
import type { Card, Picture } from '../../src/domain.ts';
import { same, say, text } from '../../src/text.ts';
import { escalationStates } from './escalationStates.ts';
import { managersStates } from './managersStates.ts';
import {
  agent,
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
  ticketId,
  view,
} from './samples.ts';
import { watchStates } from './watchStates.ts';

const lines = [
  '早上好，VPN 还是连不上，换了手机热点也一样。',
  '请问提示的错误代码是多少？能截一张图吗？',
  '是 809。图在上面。\n另外昨天下午还是好的。',
  'Thanks — the gateway looks fine from here. Which network are you on?',
  '酒店的无线。白天在公司正常，晚上在酒店不行。',
  '好的，我先查一下网关的日志，大概需要十分钟。',
  '月底要关账，今天之内能处理吗？',
] as const;

const one = (change: Partial<TicketCardData> = {}, seen: Partial<View> = {}): Card =>
  ticketCard({ ticket: ticket(), conversation: talk, pictures: [], ...change }, view(seen));

const withPictures = (pictures: readonly Picture[], sentCount = pictures.length): Card =>
  one({ conversation: talkWith(sentCount), pictures });

const said = (change: Partial<ConversationCardData>): Card =>
  conversationCard(
    { ticket: ticket(), conversation: longTalk, page: undefined, pictures: [], ...change },
    view(),
  );

const longTalk = conversation(
  numbers(34).map((number) =>
    message({
      id: `m${number}`,
      author: number % 3 === 0 ? agent : guest,
      createdAtMs: minutesAgo(135 - 4 * number),
      text: lines[number % lines.length] ?? '',
    }),
  ),
);

const shownPictures = (pictures: readonly Picture[], sentCount: number, page = 1): Card =>
  picturesCard({ ticket: ticket(), conversation: talkWith(sentCount), page, pictures }, view());

const unowned = ticket({
  id: '6955412087630210114',
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
    usage: say('/ticket [编号或链接 …]', '/ticket [id or link …]', '/ticket [番号かリンク …]'),
    aliases: ['/t', '/工单'],
    summary: say('查看工单', 'Show a ticket', 'チケットを表示'),
    examples: [same('/ticket 6626871355780366331'), same('/t 123 456')],
  },
  {
    usage: say('/help [指令]', '/help [command]', '/help [コマンド]'),
    aliases: ['/帮助'],
    summary: say('查看帮助', 'Show help', 'ヘルプを表示'),
    examples: [same('/help ticket')],
  },
];

/** By the name of the file that holds the snapshot. */
export const states: Readonly<Record<string, () => Card>> = {
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
        comment: '&'.repeat(240),
        collaborators: numbers(6).map((id) => person(`${'长'.repeat(20)}${id}`)),
        agents: numbers(6).map((id) => person(`${'长'.repeat(20)}${id}`)),
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
            pictures: talkWith(40).messages[3]?.pictures.slice(id, id + 1) ?? [],
            text: '很长的描述。'.repeat(500),
            author: { ...guest, name: `${'长'.repeat(60)}` },
          }),
        ),
      ),
      pictures: numbers(30).map((id) => (id % 2 === 0 ? ready(id) : failed(id, 'unreadable'))),
    }),
  'ticket-without-pictures': () => withoutPictures(withPictures(numbers(12).map(ready))),
  'ticket-text-only': () => textOnly(withPictures(numbers(3).map(ready))),
  'ticket-with-every-button': () =>
    one(
      { ticket: unowned, conversation: talkWith(12), pictures: numbers(12).map(ready) },
      { actions: new Set([...view().actions, 'escalate.open', 'watch.start']) },
    ),
  'ticket-note': () =>
    one({ ticket: ticket({ comment: '客户在出差，电话不方便，请在会话里回复。', commentAuthor: '林晓' }) }),
  'ticket-ended': () => one({ ended: true }),
  'conversation-first-page': () => said({ page: 1 }),
  'conversation-last-page': () => said({ page: undefined }),
  'conversation-with-pictures': () =>
    said({ conversation: talkWith(4), pictures: [ready(1), ready(2), failed(3, 'deleted'), ready(4)] }),
  'conversation-long-message': () =>
    said({
      page: 1,
      conversation: conversation([message({ text: '很长的描述，一句接着一句。'.repeat(200) })]),
    }),
  'conversation-10000-messages': () =>
    said({
      page: 1,
      conversation: { ...talk, totalCount: 10_000, omittedCount: 9_996, omittedBefore: 2 },
    }),
  'conversation-unread': () => said({ conversation: undefined }),
  'pictures-all': () => shownPictures(numbers(14).map(ready), 14),
  'pictures-second-page': () => shownPictures(numbers(17).map(ready), 57, 2),
  'pictures-loading': () => shownPictures([...numbers(5).map(ready), ...numbers(9).map(loading)], 14),
  'unreachable-last-known': () =>
    unreachableCard(
      {
        ticketId,
        known: { ticket: ticket({ fields: [], tags: [], agents: [] }), readAtMs: minutesAgo(2) },
        logId: '20250304103000ABCDEF',
      },
      view(),
    ),
  'unreachable-unknown': () =>
    unreachableCard({ ticketId, known: undefined, logId: '20250304103000ABCDEF' }, view()),
  'which-ticket': () =>
    whichTicketCard(
      {
        command: 'ticket',
        what: say('要查看哪个工单？', 'Which ticket do you mean?', 'どのチケットですか？'),
        next: say(
          '请在指令后面写上工单编号或链接，例如 123。',
          'Write its number or link after the command, such as 123.',
          'コマンドの後にチケット番号かリンクを書いてください（例：123）。',
        ),
        tickets: [
          { id: ticketId, known: ticket() },
          { id: '6955412087630210114', known: unowned },
          { id: '6958823341190254601', known: undefined },
        ],
      },
      view(),
    ),
  welcome: () => welcomeCard(view()),
  'notice-no-such-ticket': () =>
    noticeCard(
      {
        tone: 'problem',
        what: text.labelled({ label: text.ticket({ id: '42' }), value: text.notFound }),
        next: say(
          '请检查编号，它必须属于本服务台。',
          'Please check the number: it must belong to this helpdesk.',
          '番号を確認してください。このヘルプデスクのものである必要があります。',
        ),
      },
      view(),
    ),
  'notice-no-right': () =>
    noticeCard(
      { tone: 'problem', what: missingRight('served', 'ticket'), next: whomToAsk('served', true) },
      view(),
    ),
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
        suggestions: [{ command: 'ticket', words: '123', isWhole: true }],
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
  ...managersStates,
  ...escalationStates,
  ...watchStates,
};
