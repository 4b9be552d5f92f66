import { describe, expect, it } from 'vitest';
import type { CallOutcome, Card, Outgoing, SendEnd } from '../src/domain.ts';
import { FeishuError, type FeishuErrorKind } from '../src/errors.ts';
import { type OutgoingDeps, send, sendAll } from '../src/outgoing.ts';

const card: Card = { schema: '2.0' };
const to = { chatId: 'oc_1', chatType: 'group', replyTo: undefined, inThread: false } as const;

/** A chat that refuses some keys, and remembers what was done. */
function chat(
  refused: Readonly<Record<string, FeishuErrorKind | 'bug'>> = {},
  outcome: CallOutcome = { kind: 'reached' },
) {
  const done: string[] = [];
  const act = (what: string): void => {
    done.push(what);
    const kind = refused[what];
    if (kind === 'bug') throw new TypeError('a bug');
    if (kind !== undefined) throw new FeishuError({ kind, code: 1, endpoint: 'messageCreate' });
  };
  const deps: OutgoingDeps = {
    posting: {
      exists: async () => false,
      standingAt: async () => undefined,
      async post({ key }) {
        act(key);
        return `om_${key}`;
      },
      postFile: async () => undefined,
      async update(messageId) {
        act(messageId);
        return messageId !== 'om_gone';
      },
    },
    buzz: {
      async call({ person, means }) {
        act(`${means} ${person}`);
        return outcome;
      },
    },
  };
  return { deps, done };
}

const post = (key: string, ended?: (end: SendEnd) => Promise<readonly Outgoing[]>): Outgoing => ({
  kind: 'post',
  key,
  to,
  card,
  tickets: [],
  ...(ended === undefined ? {} : { ended }),
});

describe('what follows from how something ended', () => {
  it('is sent after it, in order, to any depth', async () => {
    const { deps, done } = chat();
    const ends: SendEnd[] = [];
    const second = post('b', async () => [post('d')]);
    await send(
      deps,
      post('a', async (end) => {
        ends.push(end);
        return [second, post('c')];
      }),
    );
    expect(done).toEqual(['a', 'b', 'd', 'c']);
    expect(ends).toEqual([{ ok: true, messageId: 'om_a' }]);
  });

  it('a failure is heard instead of thrown, and whether it is for good', async () => {
    const { deps } = chat({ a: 'passing', b: 'unreachable_chat' });
    const ends: SendEnd[] = [];
    const hear = async (end: SendEnd): Promise<readonly Outgoing[]> => {
      ends.push(end);
      return [];
    };
    await send(deps, post('a', hear));
    await send(deps, post('b', hear));
    await send(deps, { kind: 'update', messageId: 'om_gone', card, ended: hear });
    expect(ends).toEqual([
      { ok: false, forGood: false },
      { ok: false, forGood: true },
      { ok: false, forGood: true },
    ]);
  });

  it('where nobody hears of it, a failure is thrown after the others were tried', async () => {
    const { deps, done } = chat({ a: 'passing' });
    await expect(sendAll(deps, [post('a'), post('b')])).rejects.toThrow('passing');
    expect(done).toEqual(['a', 'b']);
  });

  it('a bug is never swallowed', async () => {
    const { deps } = chat({ a: 'bug' });
    await expect(
      send(
        deps,
        post('a', async () => []),
      ),
    ).rejects.toThrow('a bug');
  });

  it('the outcome of a call is told to whoever asked for it', async () => {
    const { deps, done } = chat({}, { kind: 'refused', why: 'person', code: 230_023 });
    const outcomes: CallOutcome[] = [];
    await send(deps, {
      kind: 'call',
      messageId: 'om_1',
      means: 'sms',
      person: 'ou_1',
      isWanted: async () => true,
      async ended(outcome) {
        outcomes.push(outcome);
        return [post('after')];
      },
    });
    expect(done).toEqual(['sms ou_1', 'after']);
    expect(outcomes).toEqual([{ kind: 'refused', why: 'person', code: 230_023 }]);
  });

  it('a call that nobody wants any more at the last moment is not made', async () => {
    const { deps, done } = chat();
    const outcomes: CallOutcome[] = [];
    await send(deps, {
      kind: 'call',
      messageId: 'om_1',
      means: 'phone',
      person: 'ou_1',
      isWanted: async () => false,
      async ended(outcome) {
        outcomes.push(outcome);
        return [];
      },
    });
    expect(done).toEqual([]);
    expect(outcomes).toEqual([{ kind: 'refused', why: 'needless' }]);
  });
});
