import { describe, expect, it } from 'vitest';
import { namesOf } from '../../src/commands/escalationStart.ts';
import type { Agent } from '../../src/domain.ts';
import { FeishuError } from '../../src/errors.ts';
import { beginEscalation, step } from '../../src/escalation.ts';

const agent = (openId: string, name: string): Agent => ({
  person: { openId, name, email: undefined, department: undefined },
  state: 'online',
  skills: [],
});
const listed = {
  agents: {
    roster: async () => ({ readAtMs: 0, agents: [agent('ou_maria', 'Maria Lopez'), agent('ou_li', '')] }),
  },
};

describe('the names of people in an escalation', () => {
  it('are those by which they were mentioned, else those of the agents’ list', async () => {
    const people = [
      { openId: 'ou_maria', name: undefined },
      { openId: 'ou_sato', name: '佐藤健' },
      { openId: 'ou_li', name: undefined },
      { openId: 'ou_x', name: undefined },
    ];
    expect(await namesOf(people, listed)).toEqual({ ou_maria: 'Maria Lopez', ou_sato: '佐藤健' });
  });

  it('are not asked for where all are known', async () => {
    const roster = () => Promise.reject(new Error('asked'));
    expect(await namesOf([{ openId: 'ou_sato', name: '佐藤健' }], { agents: { roster } })).toEqual({
      ou_sato: '佐藤健',
    });
  });

  it('do not matter when the list cannot be read', async () => {
    const roster = () =>
      Promise.reject(new FeishuError({ kind: 'passing', code: undefined, endpoint: 'agentSchedules' }));
    expect(await namesOf([{ openId: 'ou_x', name: undefined }], { agents: { roster } })).toEqual({});
  });

  it('are kept with what was done, and never replace those that were known', () => {
    const begun = beginEscalation({
      ticket: '1',
      number: 1,
      reason: '',
      askedBy: 'ou_asker',
      startedAtMs: 0,
      ladder: [{ means: 'app', afterMs: 0 }],
      people: ['ou_maria'],
      names: { ou_maria: 'Maria Lopez' },
      place: { chatId: 'oc_1', chatType: 'group' },
    });
    const names = { ou_maria: 'M.', ou_li: '李浩' };
    const { state } = step(begun, { kind: 'take', by: 'ou_li', names, atMs: 1 }, { minuteOf: () => 0 });
    expect(state.names).toEqual({ ou_maria: 'Maria Lopez', ou_li: '李浩' });
  });
});
