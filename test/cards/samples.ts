import type { View } from '../../src/cards/view.ts';
import type {
  Conversation,
  Person,
  Picture,
  PictureFailure,
  PictureSource,
  Ticket,
  TicketMessage,
} from '../../src/domain.ts';

/** Domain values for the tests of cards. Every function takes what a test wants to be different. */

const minuteMs = 60_000;
/** 2025-03-04 10:30 in Shanghai. */
export const nowMs = Date.parse('2025-03-04T02:30:00Z');
export const minutesAgo = (count: number): number => nowMs - count * minuteMs;

export const view = (change: Partial<View> = {}): View => ({
  nowMs,
  timeZone: 'Asia/Shanghai',
  privacy: 'open',
  ticketUrl: 'https://desk.example.com/tickets/{id}',
  actions: new Set(['ticket.refresh', 'ticket.show', 'ticket.conversation', 'ticket.pictures', 'run']),
  late: false,
  ...change,
});

export const person = (name: string, change: Partial<Person> = {}): Person => ({
  openId: `ou_${name}`,
  name,
  email: undefined,
  department: undefined,
  ...change,
});

export const guest = person('王芳', { department: '市场部' });
export const agent = person('佐藤健');

export const ticketId = '6626871355780366331';

export const ticket = (change: Partial<Ticket> = {}): Ticket => ({
  id: ticketId,
  helpdeskId: '6626871355780366330',
  guest,
  owner: agent,
  agents: [agent, person('Maria Lopez')],
  collaborators: [],
  closedBy: undefined,
  stage: 'human',
  status: 'in_progress',
  channel: 'search',
  solved: undefined,
  score: undefined,
  dissatisfaction: undefined,
  comment: undefined,
  createdAtMs: minutesAgo(130),
  updatedAtMs: minutesAgo(5),
  closedAtMs: undefined,
  agentEnteredAtMs: minutesAgo(120),
  firstResponseAtMs: minutesAgo(118),
  lastResponseAtMs: minutesAgo(5),
  agentServiceMin: 113.5,
  firstResponseSec: 120,
  botServiceSec: 600,
  resolutionSec: undefined,
  processingSec: undefined,
  fields: [
    { id: '1', key: 'subject', name: '主题', value: 'VPN 连接失败，错误代码 809' },
    { id: '2', key: 'os', name: 'Operating system', value: 'Windows 11 (23H2)' },
  ],
  tags: ['VPN', '网络'],
  ...change,
});

export const message = (change: Partial<TicketMessage> = {}): TicketMessage => ({
  id: 'm1',
  kind: 'text',
  createdAtMs: minutesAgo(130),
  author: guest,
  text: 'VPN 一直连不上，换了网络也一样。\n错误代码 809，附截图。',
  pictures: [],
  ...change,
});

export const conversation = (
  messages: readonly TicketMessage[],
  change: Partial<Conversation> = {},
): Conversation => ({
  messages,
  totalCount: messages.length,
  omittedCount: 0,
  omittedBefore: undefined,
  ...change,
});

export const talk = conversation([
  message(),
  message({ id: 'm2', author: agent, createdAtMs: minutesAgo(118), text: '您好，请问公司网络下也不行吗？' }),
  message({ id: 'm3', createdAtMs: minutesAgo(100), text: '公司网络下可以，在家不行。' }),
  message({ id: 'm4', author: agent, createdAtMs: minutesAgo(5), text: '请更新客户端到 5.2 再试。' }),
]);

const source = (number: number): PictureSource => ({
  kind: 'ticket',
  ticketId,
  messageIds: [`m${number}`],
  index: undefined,
});

export const ready = (number: number): Picture => ({
  state: 'ready',
  source: source(number),
  imageKey: `img_v3_02ab_${String(number).padStart(8, '0')}-1b2c-4d3e-8f90-a1b2c3d4e5fg`,
});
export const loading = (number: number): Picture => ({ state: 'loading', source: source(number) });
export const failed = (number: number, reason: PictureFailure): Picture => ({
  state: 'failed',
  source: source(number),
  reason,
});

export const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1);

/** A conversation in which the guest sent so many pictures. */
export const talkWith = (pictureCount: number): Conversation =>
  conversation([
    ...talk.messages.slice(0, 3),
    message({
      id: 'm9',
      kind: 'post',
      createdAtMs: minutesAgo(90),
      text: '截图如下',
      pictures: numbers(pictureCount).map(source),
    }),
    ...talk.messages.slice(3),
  ]);
