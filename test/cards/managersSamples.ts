import type { Ticket } from '../../src/domain.ts';
import { figuresOf } from '../../src/figures.ts';
import { type Period, periodName, spansOf } from '../../src/periods.ts';
import { at, closed, opened, person, tooSlow } from '../support/deskTickets.ts';
import { view } from './samples.ts';

export const zone = 'Asia/Shanghai';
/** A Friday. */
export const nowMs = at('2026-11-20 17:30');
export const managersView = (change: Parameters<typeof view>[0] = {}) =>
  view({
    nowMs,
    locale: 'zh_cn',
    actions: new Set(['ticket.show', 'tickets.page', 'faq.open', 'summary.stop']),
    ...change,
  });

const names = ['林晓', '佐藤健', 'Maria Lopez'];
/** Short and long ones. */
const subjects = [
  'VPN 连接失败',
  '三楼打印机卡纸，换过纸盒仍然报错 J-0420',
  'Cannot sign in to the expense system',
  '新同事的账号还没有开通，今天入职培训要用',
];
const tags = ['VPN', '网络', '打印机', '账号'];
const channels = ['search', 'share', 'qr_code', 'other'] as const;
const scores = ['satisfied', 'satisfied', 'average', 'dissatisfied', undefined] as const;

/** The same every time: so many tickets over the three weeks before `nowMs`, most of them closed. */
export function manyTickets(count: number): readonly Ticket[] {
  return Array.from({ length: count }, (_, index) => {
    const createdAtMs = nowMs - 3_600_000 - Math.floor((index * 21 * 86_400_000) / count);
    const ticket: Ticket = {
      ...opened(`69${`${index}`.padStart(17, '0')}`, '2026-11-01 00:00'),
      createdAtMs,
      updatedAtMs: createdAtMs,
      guest: person('王芳'),
      owner: index % 7 === 0 ? undefined : person(names[index % 3] ?? ''),
      tags: [tags[index % 4] ?? ''],
      channel: channels[index % 4] ?? 'other',
      firstResponseSec: index % 3 === 0 ? undefined : 60 + index,
      firstResponseAtMs: createdAtMs + 60_000,
      lastResponseAtMs: createdAtMs + 120_000,
      fields: [{ id: '1', key: 'subject', name: '主题', value: `${subjects[index % 4]}` }],
    };
    const closedAtMs = createdAtMs + 5 * 3_600_000;
    if (index % 5 === 0 || closedAtMs > nowMs) return ticket;
    const stage = index % 4 === 0 ? 'bot' : 'human';
    const end = {
      closedAtMs,
      resolutionSec: 3_600 + index,
      score: scores[index % 5],
      dissatisfaction: tooSlow,
      stage,
    } as const;
    return { ...ticket, ...closed('2026-11-01 00:00', end) };
  });
}

export function summaryOf(period: Period, tickets: readonly Ticket[] = manyTickets(240)) {
  const spans = spansOf(period, nowMs, zone);
  return { figures: figuresOf(tickets, spans, zone), title: periodName(period), typed: '', isWhole: true };
}
