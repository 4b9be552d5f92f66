/** The cards for managers in every state that people meet, by name: tables, summaries, stories, exports, answers of the knowledge base. */

import { type AuditLine, auditCard } from '../../src/cards/auditCard.ts';
import { doctorCard } from '../../src/cards/doctorCard.ts';
import { exportCard } from '../../src/cards/exportCard.ts';
import { faqCard, faqListCard } from '../../src/cards/faqCard.ts';
import { schedulesCard } from '../../src/cards/schedulesCard.ts';
import { storyCard } from '../../src/cards/storyCard.ts';
import { readingCard, summaryCard } from '../../src/cards/summaryCard.ts';
import { ticketTableCard } from '../../src/cards/ticketTableCard.ts';
import type { Card, Finding } from '../../src/domain.ts';
import { recurrenceName } from '../../src/recurrence.ts';
import { words as doctor } from '../../src/services/doctor/words.ts';
import { storyOf } from '../../src/story.ts';
import { say } from '../../src/text.ts';
import { at } from '../support/deskTickets.ts';
import { entry, pictured } from './faqSamples.ts';
import { managersView, manyTickets, nowMs, summaryOf } from './managersSamples.ts';
import { conversation, minutesAgo, talk, talkWith, ticket, view } from './samples.ts';

export const table = {
  tickets: manyTickets(240).slice(0, 10),
  page: 2,
  totalCount: 34,
  isWhole: true,
  typed: '我的 未关闭',
  line: 'status:open agent:ou_1',
  sort: 'newest',
} as const;
const story = storyOf(ticket(), talkWith(3), view().nowMs);
const faqView = managersView({ nowMs: view().nowMs });
const exported = {
  ticketId: '42',
  messageCount: 12,
  pictureCount: 5,
  doneCount: 2,
  missingCount: 0,
  isDone: false,
};
export const schedule = {
  id: '1a2b3c4d',
  when: recurrenceName({ days: 'weekday', hour: 9, minute: 30 }),
  typed: 'yesterday tag:VPN',
  dueAtMs: at('2026-11-23 09:30'),
};

const scheduled = say('本会话的定时汇总', 'Scheduled summaries in this chat', 'このチャットの定期サマリー');

const deeds: readonly AuditLine[] = [
  { what: 'export', who: 'ou_1a2b3c4d5e', chatId: 'oc_9f8e7d6c', allowed: true, atMs: minutesAgo(3) },
  { what: 'escalate.stop', who: 'ou_5e4d3c2b1a', chatId: 'oc_9f8e7d6c', allowed: true, atMs: minutesAgo(9) },
  { what: 'audit', who: 'ou_0f0f0f0f0f', chatId: 'oc_1a1a1a1a', allowed: false, atMs: minutesAgo(31) },
];

const healthy: readonly Finding[] = [
  { check: 'app', name: doctor.app, state: 'pass', what: doctor.tokenIssued },
  { check: 'clock', name: doctor.clock, state: 'pass', what: doctor.clockRight },
  { check: 'card', name: doctor.card, state: 'skip', what: doctor.noChat },
];
const ill: readonly Finding[] = [
  {
    check: 'clock',
    name: doctor.clock,
    state: 'fail',
    what: doctor.clockOff({ seconds: 95 }),
    remedy: doctor.setClock,
  },
  {
    check: 'network',
    name: doctor.network,
    state: 'warn',
    what: doctor.unreachable({ why: 'ECONNREFUSED' }),
    remedy: doctor.openTheWay,
    link: 'https://open.feishu.cn/app',
  },
  ...healthy,
];

/** By the name of the file that holds the snapshot. */
export const managersStates: Readonly<Record<string, () => Card>> = {
  'faq-entry': () => faqCard({ faq: entry(), pictures: pictured(entry()) }, faqView),
  'faq-expired': () =>
    faqCard({ faq: entry({ expiresAtMs: view().nowMs - 86_400_000, answer: [] }), pictures: [] }, faqView),
  'faq-list': () =>
    faqListCard({ words: 'VPN', kind: 'found', faqs: [entry(), entry({ id: '7' })] }, faqView),
  'faq-nearest': () => faqListCard({ words: 'VPM', kind: 'near', faqs: [entry()] }, faqView),
  'faq-nothing': () => faqListCard({ words: '<午餐>', kind: 'near', faqs: [] }, managersView()),
  'tickets-page': () => ticketTableCard(table, managersView()),
  'tickets-more': () =>
    ticketTableCard({ ...table, page: 1, totalCount: 1_000, isWhole: false }, managersView()),
  'tickets-none': () =>
    ticketTableCard(
      { ...table, tickets: [], page: 1, totalCount: 0, strictest: { filter: 'tag:VPN', count: 120 } },
      managersView(),
    ),
  'summary-week': () => summaryCard(summaryOf({ kind: 'days', count: 7 }), managersView()),
  'summary-week-english': () =>
    summaryCard(summaryOf({ kind: 'days', count: 7 }), managersView({ locale: 'en_us' })),
  'summary-today': () =>
    summaryCard(
      { ...summaryOf({ kind: 'today' }), typed: '今天 tag:VPN' },
      managersView({ locale: 'en_us' }),
    ),
  'summary-empty': () => summaryCard(summaryOf({ kind: 'yesterday' }, []), managersView()),
  'summary-late': () =>
    summaryCard(
      { ...summaryOf({ kind: 'yesterday' }), dueAtMs: nowMs - 8 * 3_600_000, isWhole: false },
      managersView(),
    ),
  'summary-reading': () => readingCard({ readCount: 2_400, expectedCount: 12_000 }, managersView()),
  'summary-schedules': () => schedulesCard({ title: scheduled, rows: [schedule, schedule] }, managersView()),
  'summary-no-schedules': () => schedulesCard({ title: scheduled, rows: [] }, managersView()),
  'story-open': () => storyCard({ ticket: ticket(), conversation: talkWith(3), story }, view()),
  'story-paragraph': () =>
    storyCard({ ticket: ticket(), conversation: talk, story, paragraph: 'VPN 连不上。' }, view()),
  'story-messages-unread': () =>
    storyCard(
      { ticket: ticket(), conversation: undefined, story: storyOf(ticket(), conversation([]), 0) },
      view(),
    ),
  audit: () => auditCard(ticket().id, deeds, view()),
  'audit-nothing': () => auditCard(ticket().id, [], view()),
  'doctor-checking': () => doctorCard(undefined, view()),
  'doctor-well': () => doctorCard(healthy, view()),
  'doctor-ill': () => doctorCard(ill, view()),
  'export-making': () => exportCard(exported, managersView()),
  'export-done': () => exportCard({ ...exported, missingCount: 2, isDone: true }, managersView()),
};
