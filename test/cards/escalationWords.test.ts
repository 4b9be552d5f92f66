import { describe, expect, it } from 'vitest';
import { lineOf, personIn, storyLines } from '../../src/cards/escalationWords.ts';
import { beginEscalation } from '../../src/escalation.ts';
import { type Escalation, noted } from '../../src/escalationState.ts';
import { exportPage } from '../../src/exportPage.ts';
import { parseLadder } from '../../src/ladder.ts';
import { minutesAgo, talk, ticket, ticketId, view } from './samples.ts';

const begun = beginEscalation({
  ticket: ticketId,
  number: 1,
  reason: 'write to wang@example.com',
  askedBy: 'ou_asker',
  startedAtMs: minutesAgo(9),
  ladder: parseLadder('app@0m') ?? [],
  people: ['ou_maria'],
  names: { ou_maria: 'Maria <b>', bad: 'Nobody' },
  place: { chatId: 'oc_1', chatType: 'group' },
});
const resolved: Escalation = [
  { what: 'called', to: 'ou_maria', means: 'app', via: 'group' } as const,
  { what: 'resolved', by: 'ou_maria', words: '*done*' } as const,
].reduce((state, one) => noted(state, minutesAgo(1), one), begun);

describe('people in a line', () => {
  it.each([
    ['ou_maria', 'calling', '<at id=ou_maria></at>'],
    ['ou_maria', 'names', 'Maria ＜b＞'],
    ['ou_maria', 'plain', 'Maria <b>'],
    ['ou_x', 'names', "<person id='ou_x' show_name=true show_avatar=false style='normal'></person>"],
    ['ou_x', 'plain', 'Someone'],
    // What is no id is never mentioned: Feishu would refuse the whole card.
    ['all', 'calling', 'Someone'],
    ["ou_x'></at>", 'calling', 'Someone'],
    ["ou_x'></at>", 'names', 'Someone'],
  ] as const)('%s, %s', (id, naming, expected) => {
    expect(personIn(begun, id, naming, view()).en_us).toBe(expected);
  });

  it('mentions only who is called, not who acts', () => {
    const [, entry] = resolved.story;
    expect(entry && lineOf(entry, resolved, 'calling', view()).en_us).not.toContain('<at');
  });
});

describe('the story', () => {
  it('is plain text with times, from the question to the end', () => {
    const lines = storyLines(resolved, view()).map((line) => line.en_us);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\d\d:\d\d Someone asked for help: write to /);
    expect(lines[1]).toMatch(/Called Maria <b> by urgent message/);
    expect(lines[2]).toMatch(/Maria <b> resolved it: \*done\*$/);
  });

  it('masks what the place may not see, and stands in an export as text alone', () => {
    const masked = view({ privacy: 'masked', locale: 'en_us' });
    const escalations = [storyLines(resolved, masked)];
    const page = exportPage({ ticket: ticket(), conversation: talk, pictures: [], escalations }, masked);
    const html = Buffer.from(page).toString('utf8');
    expect(html).toContain('<h2>Escalation</h2>');
    expect(html).toContain('Called Maria &lt;b&gt; by urgent message');
    expect(html).not.toContain('wang@example.com');
  });
});
