/** What `/help` shows as an example can be typed as it stands, in every language. */

import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { readCommand } from '../../src/typed.ts';
import { message } from '../support/asked.ts';

const place = {
  chatId: 'oc_any',
  chatType: 'group',
  messageId: 'om_ask',
  ticketHere: '123',
  recentTickets: [],
  ticketHost: undefined,
} as const;

const examples = commands.flatMap((command) =>
  command.examples.flatMap((example) =>
    [...new Set(Object.values(example))].map((typed) => ({ typed, command, example })),
  ),
);

describe.each(examples)('$typed', ({ typed, command }) => {
  it('is this command, and it takes these words', () => {
    const { command: read } = readCommand(message(typed), undefined);
    expect([command.name, ...command.aliases]).toContain(read?.name);
    expect(() => command.prepare(read?.words ?? [], place)).not.toThrow();
  });
});

describe('an example', () => {
  it('speaks no Chinese to whoever reads English', () => {
    for (const { example } of examples) expect(example.en_us).not.toMatch(/\p{Script=Han}/u);
  });
});
