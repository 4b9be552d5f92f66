/** What the helpdesk answers, through the readers of the wire to a card, without the network between. */

import { readdirSync, readFileSync } from 'node:fs';
import { ticketCard } from '../../src/cards/ticketCard.ts';
import { FeishuError } from '../../src/errors.ts';
import { createHelpdeskApi } from '../../src/feishu/helpdesk.ts';
import { createLog } from '../../src/log.ts';
import { createTickets } from '../../src/services/tickets.ts';
import { dataOf } from '../support/answers.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { fakeFeishu } from '../support/fakeFeishu.ts';
import { mutateJson } from './mutate.ts';
import type { Random } from './random.ts';
import { problemOf } from './typed.ts';

const folder = 'test/fixtures/helpdesk/messages/';
const messages: readonly unknown[] = readdirSync(folder).map(
  (name) => Object(JSON.parse(readFileSync(folder + name, 'utf8'))).message,
);
const ticket = dataOf('helpdesk/ticket');
const fields = dataOf('helpdesk/customized-fields');

/** @returns what went wrong; undefined when a card came of it, or an error of the kind that people are told */
export async function tryAnswers(random: Random): Promise<string | undefined> {
  const said = Array.from({ length: random.below(6) }, () => mutateJson(random.pick(messages), random));
  const client = fakeFeishu({
    ticket: () => mutateJson(ticket, random),
    ticketMessages: () => mutateJson({ messages: said, total: said.length }, random),
    customizedFields: () => mutateJson(fields, random),
  });
  const tickets = createTickets({
    helpdesk: createHelpdeskApi(client),
    clock: fakeClock(),
    log: createLog('silent'),
  });
  try {
    const { ticket: read, conversation } = await tickets.get('6626871355780366331');
    const view = {
      nowMs: Date.UTC(2026, 0, 5, 9),
      timeZone: 'Asia/Shanghai',
      privacy: random.chance(0.5) ? ('masked' as const) : ('open' as const),
      ticketUrl: undefined,
      actions: new Set<string>(),
      late: false,
    };
    return problemOf(ticketCard({ ticket: read, conversation, pictures: [] }, view));
  } catch (error) {
    if (error instanceof FeishuError) return undefined;
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}
