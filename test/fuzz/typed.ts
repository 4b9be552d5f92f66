/** Command lines, through the router and back to a card, without the network between. */

import { cardMentions, checkCard } from '../sandbox/cardRules.ts';
import { caseOf, message, routing } from '../support/asked.ts';
import { mutateText, oddString } from './mutate.ts';
import type { Random } from './random.ts';

const starts = [
  ...[
    '/ticket 42',
    '/t 42, 43',
    '/工单 https://x.example/tickets/42',
    '/help ticket',
    '／ｔｉｃｋｅｔ　４２',
    '@_user_1 /ticket 42',
  ],
  ...[
    '/faq vpn',
    '/tickets open 7d',
    '/summary last week',
    '/export 42',
    '/audit 42',
    '/close 42',
    '/x',
    '/',
    '@_user_1',
    '',
  ],
] as const;

/** @returns what went wrong; undefined when it was answered as it should be, or left alone */
export async function tryCommandLine(random: Random): Promise<string | undefined> {
  let text: string = random.pick(starts);
  for (let changes = random.below(5); changes > 0; changes -= 1) text = mutateText(text, random);
  if (random.chance(0.1)) text += ` ${oddString(random)}`.repeat(random.below(200));
  const mentions = [
    { key: '@_user_1', openId: 'ou_bot', name: oddString(random) },
    { key: oddString(random), openId: undefined, name: oddString(random) },
  ];
  const inbound = message(text, { mentions, chatType: random.chance(0.5) ? 'p2p' : 'group' });
  const { router } = routing({ tickets: { 42: caseOf('42', [1, 2]) } });
  try {
    const reply = await router.route(inbound);
    return reply === undefined ? undefined : problemOf(reply.card);
  } catch (error) {
    return `${JSON.stringify(text)} threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}

/** What Feishu would refuse, or what the card would do that it must not. */
export function problemOf(card: unknown): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(card));
  if (bytes > 30 * 1024) return `a card of ${bytes} bytes`;
  const problems = [...checkCard(card), ...cardMentions(card)];
  return problems.length === 0 ? undefined : `a card with ${JSON.stringify(problems).slice(0, 500)}`;
}
