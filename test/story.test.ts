import { describe, expect, it } from 'vitest';
import type { Conversation, Ticket, TicketMessage } from '../src/domain.ts';
import { storyOf } from '../src/story.ts';
import { agent, conversation, guest, message, minutesAgo, nowMs, person, ticket } from './cards/samples.ts';

let count = 0;
const says = (
  who: typeof guest,
  minutes: number,
  text: string,
  change: Partial<TicketMessage> = {},
): TicketMessage => {
  count += 1;
  return message({ id: `m${count}`, author: who, createdAtMs: minutesAgo(minutes), text, ...change });
};
const second = person('Maria Lopez');
const told = (talk: Conversation, change: Partial<Ticket> = {}) => storyOf(ticket(change), talk, nowMs);
const kinds = (story: ReturnType<typeof told>): string[] => story.events.map(({ kind }) => kind);

describe('a story', () => {
  it('has its milestones at the times of the ticket', () => {
    const story = told(conversation([]), {
      status: 'closed_by_agent',
      closedAtMs: minutesAgo(1),
      closedBy: agent,
    });
    expect(story.events).toMatchObject([
      { kind: 'opened', atMs: minutesAgo(130), who: guest },
      { kind: 'to_human', atMs: minutesAgo(120) },
      { kind: 'first_answer', atMs: minutesAgo(118) },
      { kind: 'closed', atMs: minutesAgo(1), who: agent },
    ]);
  });

  it('says who handed over to whom', () => {
    const story = told(
      conversation([
        says(guest, 130, 'help'),
        says(agent, 118, 'hello'),
        says(guest, 110, 'thanks'),
        says(agent, 109, 'wait'),
        says(second, 100, 'I go on'),
      ]),
    );
    expect(story.events.filter(({ kind }) => kind === 'hand_over')).toEqual([
      { kind: 'hand_over', atMs: minutesAgo(100), from: agent, who: second },
    ]);
  });

  it.each([
    // 61 minutes, from the guest's first word.
    [[130, 69], 1],
    // Exactly an hour is not longer than an hour.
    [[130, 70], 0],
  ])('a wait %j counts from the first word: %i', ([asked = 0, answered = 0], waits) => {
    const story = told(
      conversation([says(guest, asked, 'a'), says(guest, asked - 5, 'b'), says(agent, answered, 'c')]),
    );
    expect(kinds(story).filter((kind) => kind === 'wait')).toHaveLength(waits);
  });

  it('says that somebody still waits, or waited in vain until the end', () => {
    const talk = conversation([says(agent, 125, 'hello'), says(guest, 120, 'and now?')]);
    expect(told(talk).events).toContainEqual({
      kind: 'wait',
      atMs: minutesAgo(120),
      waitedMs: 120 * 60_000,
      ongoing: true,
    });
    const ended = told(talk, { status: 'closed_by_guest', closedAtMs: minutesAgo(20) });
    expect(ended.events).toContainEqual({
      kind: 'wait',
      atMs: minutesAgo(120),
      waitedMs: 100 * 60_000,
      ongoing: true,
    });
  });

  it('says nothing across messages that were not read', () => {
    const talk = conversation(
      [says(guest, 130, 'a'), says(agent, 125, 'x'), says(guest, 124, 'b'), says(second, 5, 'c')],
      {
        totalCount: 2_000,
        omittedCount: 1_996,
        omittedBefore: 3,
      },
    );
    expect(kinds(told(talk))).not.toContain('wait');
    expect(kinds(told(talk))).not.toContain('hand_over');
  });

  it('tells what was asked, what was answered last, and which questions are open', () => {
    const talk = conversation([
      says(guest, 130, 'VPN 连不上'),
      says(agent, 118, '请重启'),
      says(guest, 100, '好了吗？'),
      says(agent, 90, '再试一次'),
      says(guest, 80, '谢谢'),
      says(guest, 70, '怎么设置'),
      says(guest, 60, 'see https://x.example/?q=1'),
    ]);
    const story = told(talk);
    expect(story.asked.map(({ text }) => text)).toEqual(['VPN 连不上']);
    expect(story.lastAnswer?.text).toBe('再试一次');
    expect(story.unanswered.map(({ text }) => text)).toEqual(['怎么设置']);
  });

  it('knows no answer where nobody answered', () => {
    const story = told(conversation([says(guest, 130, 'help?')]), { firstResponseAtMs: undefined });
    expect(story.lastAnswer).toBeUndefined();
    expect(story.unanswered).toEqual([]);
  });

  it('lists the messages with pictures', () => {
    const picture = { kind: 'ticket', ticketId: '1', messageIds: ['m'], index: 0 } as const;
    const shown = says(guest, 100, '', { pictures: [picture] });
    expect(told(conversation([says(guest, 130, 'a'), shown])).pictured).toEqual([shown]);
  });
});
