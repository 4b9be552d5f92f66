import { describe, expect, it } from 'vitest';
import type { Card, Reply } from '../src/domain.ts';
import { FeishuError, type FeishuErrorInit } from '../src/errors.ts';
import type { MessageContent } from '../src/feishu/im.ts';
import { createLog } from '../src/log.ts';
import { createPosting } from '../src/posting.ts';
import { createResponder, type Origin } from '../src/responder.ts';
import type { Images } from '../src/services/images.ts';
import { createPostedCards } from '../src/services/postedCards.ts';
import { type FakeClock, fakeClock } from './support/fakeClock.ts';
import { tempStore } from './support/tempStore.ts';

const asked = {
  kind: 'message',
  messageId: 'om_asked',
  chatId: 'oc_1',
  chatType: 'group',
  threadId: undefined,
} as const satisfies Origin;
const clicked: Origin = { kind: 'click', eventId: 'ev-click', messageId: 'om_card', chatId: 'oc_1' };

const cardWith = (...elements: readonly object[]): Card => ({
  schema: '2.0',
  config: { update_multi: true },
  body: { elements: JSON.parse(JSON.stringify(elements)) },
});
const words = (content: string) => ({ tag: 'markdown', content });
const picture = { tag: 'img', img_key: 'img_1', alt: { tag: 'plain_text', content: 'a picture' } };

const refusal = (init: Partial<FeishuErrorInit>) =>
  new FeishuError({ kind: 'rejected_card', code: 230099, endpoint: 'messageReply', ...init });

type Sent =
  | {
      readonly call: 'reply' | 'create';
      readonly content: MessageContent;
      readonly uuid: string;
      readonly inThread?: boolean;
    }
  | { readonly call: 'patch'; readonly messageId: string; readonly card: Card }
  | { readonly call: 'upload'; readonly name: string; readonly text: string };

const buzz = { call: async () => ({ kind: 'reached' }) as const };

/** A chat that refuses what `refuse` names an error for, and remembers what it took. */
async function chat(
  refuse: (sent: Sent) => FeishuError | undefined = () => undefined,
  renew: Images['renew'] = async () => new Map(),
  trip: () => Promise<void> = async () => undefined,
) {
  const clock = fakeClock();
  const store = await tempStore(clock);
  const attempts: Sent[] = [];
  const taken: Sent[] = [];
  const take = (sent: Sent): void => {
    attempts.push(sent);
    const error = refuse(sent);
    if (error !== undefined) throw error;
    taken.push(sent);
  };
  const message = { messageId: 'om_answer', threadId: undefined, chatId: 'oc_1' };
  const postedCards = createPostedCards(store.records);
  const open = () => {
    const posting = createPosting({
      im: {
        async reply({ content, uuid, inThread }) {
          await trip();
          take({ call: 'reply', content, uuid, inThread });
          return { ...message, threadId: inThread ? 'omt_1' : undefined };
        },
        async create({ content, uuid }) {
          take({ call: 'create', content, uuid });
          return message;
        },
        async patchCard({ messageId, card }) {
          take({ call: 'patch', messageId, card });
        },
        async uploadFile(bytes, { name }) {
          take({ call: 'upload', name, text: Buffer.from(bytes).toString() });
          return `file_${name}`;
        },
        listMessages: async () => ({ messages: [], nextPage: undefined }),
      },
      pictures: { renew },
      appId: 'cli_1',
      records: store.records,
      postedCards,
      clock,
      log: createLog('silent'),
      locale: 'en_us',
      view: () => ({
        nowMs: clock.nowMs(),
        timeZone: 'Asia/Shanghai',
        privacy: 'masked',
        ticketUrl: undefined,
        actions: new Set(),
        late: false,
      }),
    });
    return createResponder({ posting, buzz, postedCards, clock, log: createLog('silent') });
  };
  return { clock, store, attempts, taken, open, responder: open() };
}

const reply = (card: Card, more: Partial<Reply> = {}): Reply => ({ card, tickets: ['1'], ...more });

describe('an answer to a message', () => {
  it('replies once, and updates the same message when it is answered again', async () => {
    const { responder, open, taken } = await chat();
    await responder.answer(asked).show(reply(cardWith(words('first'))));
    // As after a crash: another process answers the same message.
    await open()
      .answer(asked)
      .show(reply(cardWith(words('second'))));
    expect(taken).toMatchObject([
      { call: 'reply', content: { kind: 'card', card: cardWith(words('first')) }, inThread: false },
      { call: 'patch', messageId: 'om_answer', card: cardWith(words('second')) },
    ]);
  });

  it('has the same uuid in every attempt, and another one for another message', async () => {
    const { responder, attempts } = await chat(() => refusal({ kind: 'passing', code: undefined }));
    const show = (origin: Origin) => responder.answer(origin).show(reply(cardWith(words('x'))));
    await expect(show(asked)).rejects.toThrow(FeishuError);
    await expect(show(asked)).rejects.toThrow(FeishuError);
    await expect(show({ ...asked, messageId: 'om_other' })).rejects.toThrow(FeishuError);
    const [first, second, other] = attempts.map((sent) => ('uuid' in sent ? sent.uuid : ''));
    expect(first).toHaveLength(48);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it('stays in the thread that the question stands in', async () => {
    const { responder, taken, store } = await chat();
    await responder.answer({ ...asked, threadId: 'omt_1' }).show(reply(cardWith(words('x'))));
    expect(taken).toMatchObject([{ call: 'reply', inThread: true }]);
    expect(await createPostedCards(store.records).ticketOfThread('omt_1')).toBe('1');
  });

  it('goes to the chat when the question was recalled', async () => {
    const { responder, taken } = await chat((sent) =>
      sent.call === 'reply' ? refusal({ kind: 'gone_target', code: 230011 }) : undefined,
    );
    await responder.answer(asked).show(reply(cardWith(words('x'))));
    expect(taken).toMatchObject([{ call: 'create' }]);
  });

  it('is remembered with its tickets, so that a later command can mean them', async () => {
    const { responder, store } = await chat();
    await responder.answer(asked).show(reply(cardWith(words('x'))));
    const cards = createPostedCards(store.records);
    expect(await cards.get('om_answer')).toMatchObject({ chatId: 'oc_1', tickets: ['1'] });
    expect(await cards.ofTicket('1', 5)).toHaveLength(1);
  });
});

describe('the still-working card', () => {
  it('is replaced by the answer in the same message', async () => {
    const { responder, taken } = await chat();
    const answer = responder.answer(asked);
    await answer.working(cardWith(words('working')));
    await answer.show(reply(cardWith(words('done'))));
    expect(taken).toMatchObject([{ call: 'reply' }, { call: 'patch', card: cardWith(words('done')) }]);
  });

  it('leaves no card that a later command could not mean', async () => {
    const { responder, store } = await chat();
    const answer = responder.answer(asked);
    await answer.working(cardWith(words('working')));
    await answer.show(reply(cardWith(words('done'))));
    expect(await createPostedCards(store.records).get('om_answer')).toMatchObject({ tickets: ['1'] });
  });

  it('does not come after the answer, nor over a clicked card', async () => {
    const { responder, taken } = await chat();
    const answer = responder.answer(asked);
    await Promise.all([
      answer.show(reply(cardWith(words('done')))),
      answer.working(cardWith(words('working'))),
    ]);
    await responder.answer(clicked).working(cardWith(words('working')));
    expect(taken).toMatchObject([{ call: 'reply', content: { card: cardWith(words('done')) } }]);
  });
});

describe('a refused card', () => {
  const contents = (sent: readonly Sent[]): string[] => sent.map((one) => JSON.stringify(one));

  it('is sent without its pictures when they are the reason', async () => {
    const { responder, taken } = await chat((sent) =>
      JSON.stringify(sent).includes('img_1') ? refusal({ subCode: 200570 }) : undefined,
    );
    await responder.answer(asked).show(reply(cardWith(words('hello'), picture)));
    expect(contents(taken)[0]).toContain('hello');
    expect(contents(taken)[0]).not.toContain('img_1');
  });

  it('is sent with the picture made again that was the reason, in one more round', async () => {
    const renewed: (readonly string[])[] = [];
    const { responder, attempts, taken } = await chat(
      (sent) => (JSON.stringify(sent).includes('img_1') ? refusal({ subCode: 200570 }) : undefined),
      async (keys) => {
        renewed.push(keys);
        return new Map([['img_1', 'img_2']]);
      },
    );
    await responder.answer(asked).show(reply(cardWith(words('hello'), picture)));
    expect(renewed).toEqual([['img_1']]);
    expect(attempts).toHaveLength(2);
    expect(contents(taken)[0]).toContain('img_2');
  });

  it('asks for no picture when another thing is the reason', async () => {
    const { responder, taken } = await chat(
      (sent) => (JSON.stringify(sent).includes('img_1') ? refusal({ subCode: 11310 }) : undefined),
      () => Promise.reject(new Error('asked')),
    );
    await responder.answer(asked).show(reply(cardWith(words('hello'), picture)));
    expect(contents(taken)[0]).toContain('hello');
  });

  it('ends as plain text when no card is taken', async () => {
    const { responder, taken } = await chat((sent) =>
      'content' in sent && sent.content.kind === 'card' ? refusal({}) : undefined,
    );
    await responder.answer(asked).show(reply(cardWith(words('hello'), picture)));
    expect(taken).toMatchObject([{ call: 'reply', content: { kind: 'text' } }]);
    expect(contents(taken)[0]).toContain('hello');
  });

  it('is replaced by a notice where a policy forbids what it says', async () => {
    const { responder, taken } = await chat((sent) =>
      JSON.stringify(sent).includes('secret')
        ? refusal({ kind: 'rejected_content', code: 230028 })
        : undefined,
    );
    await responder.answer(asked).show(reply(cardWith(words('secret'))));
    expect(contents(taken)[0]).toContain('content policy');
  });

  it('is not tried in other forms when the content is not the reason', async () => {
    const { responder, attempts } = await chat(() => refusal({ kind: 'unreachable_chat', code: 230002 }));
    await expect(responder.answer(asked).show(reply(cardWith(words('x'))))).rejects.toMatchObject({
      code: 230002,
    });
    expect(attempts).toHaveLength(1);
  });
});

describe('later versions', () => {
  /** Gives the versions at their times, counted from the first pull. */
  async function* at(clock: FakeClock, times: Readonly<Record<number, string>>): AsyncGenerator<() => Card> {
    let nowMs = 0;
    for (const [ms, content] of Object.entries(times)) {
      if (Number(ms) > nowMs) await clock.sleep(Number(ms) - nowMs);
      nowMs = Number(ms);
      yield () => cardWith(words(content));
    }
  }
  const shown = (taken: readonly Sent[]): string[] =>
    taken.map((sent) => /"content":"([^"]+)"/.exec(JSON.stringify(sent))?.[1] ?? '');

  it('come as one update when they come quickly', async () => {
    const { responder, taken, clock } = await chat();
    const updates = () => at(clock, { 100: '1 of 3', 200: '2 of 3', 300: '3 of 3' });
    await clock.until(responder.answer(asked).show(reply(cardWith(words('loading')), { updates })));
    expect(shown(taken)).toEqual(['loading', '3 of 3']);
  });

  it('come at most once a second when they take long, and the last one is shown', async () => {
    const { responder, taken, clock } = await chat();
    await clock.until(responder.answer(asked).show(reply(cardWith(words('before')))));
    const sleepers = clock.sleepers();
    taken.length = 0;
    const times = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [(i + 1) * 100, `${i + 1} of 30`]));
    await clock.until(
      responder.answer(asked).show(reply(cardWith(words('loading')), { updates: () => at(clock, times) })),
    );
    expect(shown(taken).length).toBeLessThanOrEqual(5);
    expect(shown(taken).at(-1)).toBe('30 of 30');
    expect(clock.sleepers()).toBe(sleepers);
  });

  it('come after longer and longer pauses, so that a long one costs few updates', async () => {
    const { responder, taken, clock } = await chat();
    const times = Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [(i + 1) * 1_000, `${i + 1} of 120`]),
    );
    await clock.until(
      responder.answer(asked).show(reply(cardWith(words('loading')), { updates: () => at(clock, times) })),
    );
    // After 1, 3, 7, 15, 31, 61 and 91 s, and at the end.
    expect(taken).toHaveLength(9);
    expect(shown(taken).at(-1)).toBe('120 of 120');
  });

  it('are begun while the first card is on its way, and shown after it', async () => {
    const order: string[] = [];
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const answered = (sent: Sent): undefined => void order.push(sent.call);
    const { responder } = await chat(answered, undefined, async () => {
      order.push('left');
      await begun;
    });
    async function* updates() {
      order.push('begun');
      begin();
      yield () => cardWith(words('later'));
    }
    await responder.answer(asked).show(reply(cardWith(words('x')), { updates }));
    expect(order).toEqual(['left', 'begun', 'reply', 'patch']);
  });

  it('are drawn only when they are shown', async () => {
    const drawn: string[] = [];
    const { responder } = await chat(() => undefined);
    async function* updates() {
      for (const name of ['first', 'second', 'last'])
        yield () => {
          drawn.push(name);
          return cardWith(words(name));
        };
    }
    await responder.answer(asked).show(reply(cardWith(words('x')), { updates }));
    expect(drawn).toEqual(['last']);
  });

  it('are abandoned when the first card cannot be sent, however they end', async () => {
    const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const refused = () => refusal({ kind: 'unreachable_chat' });
    const { responder, attempts, clock } = await chat(refused, undefined, turn);
    let abandoned = false;
    async function* updates() {
      try {
        yield () => cardWith(words('later'));
        yield () => cardWith(words('never'));
      } finally {
        abandoned = true;
      }
    }
    const failing = (): AsyncIterable<() => Card> => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('nobody hears this')) }),
    });
    for (const later of [updates, failing]) {
      const shown = responder.answer(asked).show(reply(cardWith(words('x')), { updates: later }));
      await expect(shown).rejects.toMatchObject({ kind: 'unreachable_chat' });
    }
    await clock.advance(10);
    expect({ abandoned, attempts: attempts.length }).toEqual({ abandoned: true, attempts: 2 });
  });
});

describe('an answer to a click', () => {
  it('replaces the clicked card', async () => {
    const { responder, taken } = await chat();
    await responder.answer(clicked).show(reply(cardWith(words('fresh'))));
    expect(taken).toMatchObject([{ call: 'patch', messageId: 'om_card' }]);
  });

  it('stands under the card when it is about a failure, once', async () => {
    const { responder, open, taken } = await chat();
    await responder.answer(clicked).show(reply(cardWith(words('failed')), { beside: true }));
    await open()
      .answer(clicked)
      .show(reply(cardWith(words('failed')), { beside: true }));
    expect(taken).toMatchObject([{ call: 'reply' }, { call: 'patch', messageId: 'om_answer' }]);
  });

  it('is a fresh card when the clicked one is too old to be updated', async () => {
    const { responder, taken } = await chat((sent) =>
      sent.call === 'patch' && sent.messageId === 'om_card'
        ? refusal({ kind: 'gone_target', code: 230031 })
        : undefined,
    );
    await responder.answer(clicked).show(reply(cardWith(words('fresh'))));
    expect(taken).toMatchObject([{ call: 'reply', content: { card: cardWith(words('fresh')) } }]);
  });
});

describe('what nobody asked for', () => {
  const to = { chatId: 'oc_1', chatType: 'group', replyTo: undefined, inThread: false } as const;

  it('is posted once under its key, and updated from then on', async () => {
    const { responder, open, taken } = await chat();
    const post = { kind: 'post', key: 'news/1', to, tickets: ['1'] } as const;
    await responder.send({ ...post, card: cardWith(words('first')) });
    await open().send({ ...post, card: cardWith(words('second')) });
    expect(taken).toMatchObject([{ call: 'create' }, { call: 'patch', messageId: 'om_answer' }]);
  });

  it('is sent once and left as it is when it always says the same, however many say it at a time', async () => {
    const { responder, open, attempts } = await chat();
    const line = { kind: 'post', key: 'line/1', to, tickets: [], once: true } as const;
    const card = cardWith(words('she takes it'));
    await Promise.all(Array.from({ length: 5 }, () => responder.send({ ...line, card })));
    await responder.send({ ...line, card });
    await open().send({ ...line, card });
    expect(attempts).toMatchObject([{ call: 'create' }]);
    await responder.send({ ...line, key: 'line/2', card });
    expect(attempts).toHaveLength(2);
  });

  it('that could not be sent is sent by the next attempt', async () => {
    let isAway = true;
    const { responder, attempts } = await chat(() =>
      isAway ? refusal({ kind: 'passing', code: undefined }) : undefined,
    );
    const line = { kind: 'post', key: 'line/1', to, tickets: [], once: true, card: cardWith() } as const;
    await expect(Promise.all([responder.send(line), responder.send(line)])).rejects.toThrow();
    isAway = false;
    await responder.send(line);
    expect(attempts).toHaveLength(2);
  });

  it('updates a card, and lets one be that is gone', async () => {
    const { responder, attempts } = await chat((sent) =>
      sent.call === 'patch' ? refusal({ kind: 'gone_target', code: 230031 }) : undefined,
    );
    await responder.send({ kind: 'update', messageId: 'om_old', card: cardWith(words('x')) });
    expect(attempts).toMatchObject([{ call: 'patch', messageId: 'om_old' }]);
  });
});

describe('files', () => {
  const file = { name: 'rows.csv', mime: 'text/csv', bytes: Buffer.from('a,b') };
  const files = async () => [file];

  it('follow the last version of the card, in its thread, each once', async () => {
    const { responder, open, taken } = await chat();
    async function* updates() {
      yield () => cardWith(words('whole'));
    }
    const whole = reply(cardWith(words('first')), { updates, files });
    await responder.answer(asked).show(whole);
    const [card, update, upload, message, ...more] = taken;
    expect([card?.call, update?.call, upload, more]).toEqual([
      'reply',
      'patch',
      { call: 'upload', name: 'rows.csv', text: 'a,b' },
      [],
    ]);
    expect(message).toMatchObject({
      call: 'reply',
      inThread: true,
      content: { kind: 'file', fileKey: 'file_rows.csv' },
    });
    // As after a crash: the same question is answered by another process.
    await open().answer(asked).show(whole);
    expect(taken.filter(({ call }) => call === 'upload')).toHaveLength(1);
  });

  it('have a uuid of their own that stays the same', async () => {
    const { responder, attempts } = await chat((sent) =>
      'content' in sent && sent.content.kind === 'file' ? refusal({ kind: 'unreachable_chat' }) : undefined,
    );
    await responder.answer(asked).show(reply(cardWith(words('x')), { files }));
    const uuids = attempts.flatMap((sent) => ('uuid' in sent ? sent.uuid : []));
    expect(new Set(uuids).size).toBe(3);
    expect(attempts.at(-1)).toMatchObject({ call: 'reply', inThread: true });
  });

  it('that cannot be sent are said to be missing, and the answer counts as given', async () => {
    const { responder, open, taken } = await chat((sent) =>
      sent.call === 'upload' ? refusal({ kind: 'scope', code: 99991672, logId: 'log-9' }) : undefined,
    );
    await responder.answer(asked).show(reply(cardWith(words('x')), { files }));
    await open()
      .answer(asked)
      .show(reply(cardWith(words('x')), { files }));
    const notices = taken.filter((sent) => JSON.stringify(sent).includes('The file could not be sent'));
    expect(notices).toHaveLength(1);
    expect(JSON.stringify(notices)).toContain('log-9');
  });

  it('of what nobody asked for stand in the thread of its card', async () => {
    const { responder, taken } = await chat();
    const to = { chatId: 'oc_1', chatType: 'group', replyTo: undefined, inThread: false } as const;
    await responder.send({ kind: 'post', key: 'k', to, card: cardWith(words('x')), tickets: [], files });
    expect(taken.map(({ call }) => call)).toEqual(['create', 'upload', 'reply']);
  });
});
