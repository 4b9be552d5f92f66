/** What Feishu's documentation shows as answers, from test/fixtures. Each file names its page. */

import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const folder = new URL('../fixtures/', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));

const answerFixture = z.object({ source: z.url(), answer: z.looseObject({ data: z.unknown().optional() }) });

/** The `data` of an answer, or the whole answer where there is none, as the client hands it over. */
export function dataOf(path: string): unknown {
  const { answer } = answerFixture.parse(read(`${path}.json`));
  return answer.data ?? answer;
}

const messageFixture = z.object({
  source: z.url(),
  note: z.string(),
  ticketId: z.string(),
  message: z.looseObject({}),
  expected: z.object({ kind: z.string(), text: z.string(), pictures: z.array(z.unknown()) }),
});

/** Every form of a ticket message, with what is to be read from it. */
export function ticketMessageFixtures() {
  return readdirSync(new URL('helpdesk/messages/', folder)).map((file) => ({
    file,
    ...messageFixture.parse(read(`helpdesk/messages/${file}`)),
  }));
}
