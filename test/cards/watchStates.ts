/** The cards of news, of what a chat follows, and the lines of an escalation's thread, by name. */

import { lineOf } from '../../src/cards/escalationWords.ts';
import { lineCard } from '../../src/cards/lineCard.ts';
import { digestCard, newsCard, newTicketCard } from '../../src/cards/newsCard.ts';
import { watchListCard } from '../../src/cards/watchListCard.ts';
import type { Card } from '../../src/domain.ts';
import { beginEscalation } from '../../src/escalation.ts';
import { type Happening, noted } from '../../src/escalationState.ts';
import { parseLadder } from '../../src/ladder.ts';
import { agent, guest, minutesAgo, nowMs, talk, ticket, ticketId, view } from './samples.ts';

const seen = view({ actions: new Set(['ticket.show']) });

const escalation = beginEscalation({
  ticket: ticketId,
  number: 1,
  reason: '',
  askedBy: 'ou_asker',
  startedAtMs: minutesAgo(7),
  ladder: parseLadder('app@0m') ?? [],
  people: ['ou_maria'],
  names: { ou_maria: 'Maria *Lopez* <at id=all></at>' },
  place: { chatId: 'oc_1', chatType: 'group' },
});

/** As the thread is told. */
const line = (happening: Happening): Card => {
  const [entry] = noted(escalation, nowMs, happening).story;
  if (entry === undefined) throw new Error('nothing happened');
  return lineCard(lineOf(entry, escalation, 'calling', seen), lineOf(entry, escalation, 'plain', seen));
};

const to = 'ou_maria';

/** By the name of the file that holds the snapshot. */
export const watchStates: Readonly<Record<string, () => Card>> = {
  'line-called': () => line({ what: 'called', to, means: 'app', via: 'group' }),
  'line-refused': () => line({ what: 'refused', to, means: 'sms', why: 'quota', code: 230_024 }),
  'line-uncertain': () => line({ what: 'uncertain', to, means: 'phone' }),
  'line-handed': () => line({ what: 'handed', by: 'ou_other', to }),
  'line-resolved': () =>
    line({ what: 'resolved', by: to, words: '已重启 [交换机](https://example.com) <at id=all></at>' }),
  'news-of-a-ticket': () =>
    newsCard(
      {
        ticket: ticket(),
        conversation: talk,
        lines: [
          { kind: 'status', status: 'waiting_for_guest' },
          { kind: 'owner', owner: agent },
          { kind: 'message', by: 'guest', author: guest, text: '还是连不上。\n邮箱 wang@example.com' },
          { kind: 'more', count: 4 },
          { kind: 'pictures', count: 2 },
        ],
      },
      seen,
    ),
  'news-new-ticket': () => newTicketCard({ ticket: ticket(), conversation: talk }, seen),
  'news-digest': () =>
    digestCard(
      {
        items: Array.from({ length: 23 }, (_, index) => ({
          ticket: `70000000000000000${index}`,
          isNew: index % 2 === 0,
          known: index === 0 ? ticket() : undefined,
        })),
      },
      seen,
    ),
  'watch-list': () =>
    watchListCard(
      {
        tickets: [
          { id: ticketId, known: ticket() },
          { id: '123', known: undefined },
        ],
        filter: { words: ['VPN'], notWords: ['测试'], tags: ['紧急'], notTags: [], channel: 'qr_code' },
        mutedUntilMs: nowMs + 3_600_000,
        waitingCount: 3,
      },
      seen,
    ),
  'watch-list-empty': () =>
    watchListCard({ tickets: [], filter: undefined, mutedUntilMs: undefined, waitingCount: 0 }, seen),
};
