import { describe, expect, it } from 'vitest';
import { createHelpdeskApi } from '../../src/feishu/helpdesk.ts';
import { createAgents } from '../../src/services/agents.ts';
import { dataOf } from '../support/answers.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { type Answer, failure, fakeFeishu, gate } from '../support/fakeFeishu.ts';

function desk(answer: Answer) {
  const clock = fakeClock();
  const client = fakeFeishu({ agentSchedules: answer });
  return { clock, client, agents: createAgents({ helpdesk: createHelpdeskApi(client), clock }) };
}

const schedules = (...people: readonly (readonly [string, number])[]) => ({
  agent_schedules: people.map(([id, status]) => ({ status, agent: { id, name: id } })),
});
const down = failure('passing', 'agentSchedules');

describe('who is an agent', () => {
  it('everyone online, offline or off duty; nobody who was removed, who cannot be told, or whose state is unknown', async () => {
    const { clock, client, agents } = desk(() => dataOf('helpdesk/agent-schedules'));
    const roster = await agents.roster();
    expect(roster.agents.map(({ person, state }) => [person.name, state])).toEqual([
      ['test-user', 'online'],
      ['manual offline', 'offline'],
      ['off duty', 'off_duty'],
    ]);
    expect(roster.readAtMs).toBe(clock.nowMs());
    expect(client.calls[0]?.query).toEqual({ status: [1, 2, 3] });
  });

  it('each once', async () => {
    const { agents } = desk(() => schedules(['ou_1', 1], ['ou_2', 3], ['ou_1', 2]));
    expect((await agents.roster()).agents.map(({ person, state }) => [person.openId, state])).toEqual([
      ['ou_1', 'online'],
      ['ou_2', 'off_duty'],
    ]);
  });
});

describe('how old the roster may be', () => {
  it('60 seconds, from the start of the read and whatever the wall clock does', async () => {
    let answer = gate<unknown>();
    const { clock, client, agents } = desk(() => answer.promise);
    const slow = agents.roster();
    await clock.advance(20_000);
    answer.open(schedules(['ou_1', 1]));
    await slow;
    clock.jumpWall(3_600_000);
    await clock.advance(40_000);
    await agents.roster();
    expect(client.calls).toHaveLength(1);

    answer = gate();
    answer.open(schedules(['ou_2', 1]));
    await clock.advance(1);
    expect((await agents.roster()).agents).toMatchObject([{ person: { openId: 'ou_2' } }]);
    expect(client.calls).toHaveLength(2);
  });

  it('a read that takes more than a minute is not shared with those who come then', async () => {
    const first = gate<unknown>();
    const answers = [first.promise, Promise.resolve(schedules(['ou_new', 1]))];
    const { clock, agents } = desk(() => answers.shift());
    const early = agents.roster();
    await clock.advance(60_001);
    const late = await agents.roster();
    first.open(schedules(['ou_old', 1]));
    await early;
    expect(late.agents).toMatchObject([{ person: { openId: 'ou_new' } }]);
    expect((await agents.roster()).agents).toMatchObject([{ person: { openId: 'ou_new' } }]);
  });
});

describe('several at the same time', () => {
  it('share one read', async () => {
    const answer = gate<unknown>();
    const { client, agents } = desk(() => answer.promise);
    const both = Promise.all([agents.roster(), agents.roster()]);
    answer.open(schedules(['ou_1', 1]));
    const [one, other] = await both;
    expect(one).toBe(other);
    expect(client.calls).toHaveLength(1);
  });

  it('share its failure, and the next one reads again', async () => {
    const answers = [() => Promise.reject(down), () => schedules(['ou_1', 1])];
    const { client, agents } = desk(() => answers.shift()?.());
    const both = await Promise.allSettled([agents.roster(), agents.roster()]);
    expect(both.map((result) => result.status === 'rejected' && result.reason)).toEqual([down, down]);
    expect(client.calls).toHaveLength(1);
    expect((await agents.roster()).agents).toHaveLength(1);
    expect(client.calls).toHaveLength(2);
  });

  it('an old failure does not throw away a newer roster', async () => {
    const first = gate<unknown>();
    const answers = [first.promise, Promise.resolve(schedules(['ou_1', 1]))];
    const { clock, client, agents } = desk(() => answers.shift());
    const early = agents.roster();
    await clock.advance(60_001);
    await agents.roster();
    first.fail(down);
    await expect(early).rejects.toBe(down);
    await agents.roster();
    expect(client.calls).toHaveLength(2);
  });
});
