import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TicketMessage } from '../../src/domain.ts';
import { type ReadPage, readConversation } from '../../src/services/conversation.ts';

const message = (id: number | '', createdAtMs: number | undefined = id === '' ? 0 : id): TicketMessage => ({
  id: String(id),
  kind: 'text',
  createdAtMs,
  author: { openId: undefined, name: '', email: undefined, department: undefined },
  text: '',
  pictures: [],
});

interface Server {
  readonly count: number;
  readonly order?: 'oldest' | 'newest';
  readonly pageSizeCount?: number;
  readonly total?: number | undefined;
}

/** A server with messages 1, 2, 3 …, each a millisecond after the one before. */
function serve(server: Server) {
  const { count, order = 'oldest', pageSizeCount = 200 } = server;
  const list = Array.from({ length: count }, (_, index) => message(index + 1));
  if (order === 'newest') list.reverse();
  const pages: number[] = [];
  const readPage: ReadPage = async (page) => {
    pages.push(page);
    const messages = list.slice((page - 1) * pageSizeCount, page * pageSizeCount);
    return { messages, totalCount: 'total' in server ? server.total : count };
  };
  return { pages, read: () => readConversation(readPage) };
}

const ids = (messages: readonly TicketMessage[]): number[] => messages.map(({ id }) => Number(id));
const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('an honest server', () => {
  it.each([
    [0, 1],
    [1, 1],
    [200, 1],
    [201, 2],
    [400, 2],
    [999, 5],
    [1_000, 5],
  ])('%d messages are read whole, in %d calls', async (count, callCount) => {
    const { pages, read } = serve({ count });
    const { messages, ...rest } = await read();
    expect(ids(messages)).toEqual(from(1, count));
    expect(rest).toEqual({ totalCount: count, omittedCount: 0, omittedBefore: undefined });
    expect(pages).toEqual(from(1, callCount));
  });

  it.each([
    [1_001, [1, 2, 4, 5, 6], 200],
    [2_345, [1, 2, 10, 11, 12], 1_400],
  ])('of %d messages the pages %j are read and %d are left out', async (count, expected, omittedCount) => {
    const { pages, read } = serve({ count });
    const { messages, ...rest } = await read();
    expect(pages).toEqual(expected);
    expect(ids(messages)).toEqual([...from(1, 400), ...from(401 + omittedCount, count)]);
    expect(rest).toEqual({ totalCount: count, omittedCount, omittedBefore: 400 });
  });

  it('that lists the newest first gives the same order, and the gap where it is', async () => {
    const { messages, omittedBefore, omittedCount } = await serve({ count: 1_300, order: 'newest' }).read();
    expect(ids(messages)).toEqual([...from(1, 500), ...from(901, 1_300)]);
    expect({ omittedBefore, omittedCount }).toEqual({ omittedBefore: 500, omittedCount: 400 });
  });

  it('is asked for the further pages side by side', async () => {
    const asked: number[] = [];
    const never = new Promise<never>(() => undefined);
    const full = from(1, 200).map((id) => message(id));
    void readConversation((page) => {
      asked.push(page);
      return page === 1 ? Promise.resolve({ messages: full, totalCount: 1_000 }) : never;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a server whose numbers do not fit together', () => {
  it.each<[string, Server, number, number]>([
    ['no total, one page', { count: 7, total: undefined }, 7, 1],
    ['no total, several pages', { count: 450, total: undefined }, 450, 3],
    ['no total, full pages', { count: 400, total: undefined }, 400, 3],
    ['a total of 0', { count: 7, total: 0 }, 7, 1],
    ['a total too small', { count: 450, total: 3 }, 450, 3],
    ['a total too large', { count: 7, total: 9 }, 7, 2],
    ['a total that promises further pages', { count: 250, total: 900 }, 250, 5],
    ['a total of a billion', { count: 650, total: 1e9 }, 650, 7],
    ['a total of a billion and one page', { count: 30, total: 1e9 }, 30, 2],
    ['pages of 100', { count: 450, pageSizeCount: 100 }, 450, 5],
    ['pages of 20', { count: 90, pageSizeCount: 20 }, 90, 5],
    ['nothing, although some are promised', { count: 0, total: 9 }, 0, 1],
  ])('%s: everything is read, and it ends', async (_, server, count, callCount) => {
    const { pages, read } = serve(server);
    const { messages, ...rest } = await read();
    expect(ids(messages)).toEqual(from(1, count));
    expect(rest).toEqual({ totalCount: count, omittedCount: 0, omittedBefore: undefined });
    expect(pages).toHaveLength(callCount);
  });

  it('messages without end are read up to a thousand', async () => {
    const { pages, read } = serve({ count: 100_000, total: undefined });
    expect((await read()).messages).toHaveLength(1_000);
    expect(pages).toEqual([1, 2, 3, 4, 5]);
  });

  it('pages of 20 without end are followed ten times, and the rest is said to be left out', async () => {
    const { pages, read } = serve({ count: 5_000, pageSizeCount: 20 });
    const { messages, ...rest } = await read();
    expect([messages.length, pages.length]).toEqual([200, 10]);
    expect(rest).toEqual({ totalCount: 5_000, omittedCount: 4_800, omittedBefore: 200 });
  });

  it('the same page for every number ends', async () => {
    let calls = 0;
    const full = from(1, 200).map((id) => message(id));
    const { messages, omittedCount } = await readConversation(async () => {
      calls += 1;
      return { messages: full, totalCount: 1e6 };
    });
    expect([messages.length, omittedCount]).toEqual([200, 0]);
    expect(calls).toBe(6);
  });

  it('any pages and any total end after at most fifteen calls', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(260), fc.option(fc.nat(2_000), { nil: undefined })), {
          minLength: 1,
          maxLength: 20,
        }),
        async (shapes) => {
          let calls = 0;
          const { messages, totalCount, omittedCount, omittedBefore } = await readConversation(
            async (page) => {
              calls += 1;
              const [rows = 0, total] = shapes[page % shapes.length] ?? [];
              return { messages: from(1, rows).map((row) => message(page * 1_000 + row)), totalCount: total };
            },
          );
          expect(calls).toBeLessThanOrEqual(15);
          expect(messages.length + omittedCount).toBe(totalCount);
          if (omittedBefore !== undefined) expect(omittedBefore).toBeLessThanOrEqual(messages.length);
        },
      ),
    ));
});

describe('order', () => {
  const arranged = async (list: readonly TicketMessage[]) =>
    (await readConversation(async () => ({ messages: list, totalCount: list.length }))).messages;

  it('messages of the same moment keep the order of the list; one without a time stays where it stands', async () => {
    const list = [message(3, 20), message(1, 10), message(2, 10), { ...message(4), createdAtMs: undefined }];
    expect(ids(await arranged(list))).toEqual([1, 2, 4, 3]);
  });

  it('a message on two pages is shown once; those without an id are all kept', async () => {
    const list = [message(1), message(1), message(''), message('')];
    expect((await arranged(list)).map(({ id }) => id)).toEqual(['', '', '1']);
  });

  it('is by time and stable, and loses nothing', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 200 }), async (times) => {
        const list = times.map((atMs, index) => message(index + 1, atMs));
        const sorted = await arranged(list);
        expect(new Set(sorted)).toEqual(new Set(list));
        const places = sorted.map(({ createdAtMs, id }) => [createdAtMs ?? 0, Number(id)] as const);
        for (const [index, [atMs, place]] of places.entries()) {
          const [beforeMs, before] = places[index - 1] ?? [-1, -1];
          expect(beforeMs < atMs || (beforeMs === atMs && before < place)).toBe(true);
        }
      }),
    ));

  it('what is shown and what is left out make up the whole', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(5_000), fc.constantFrom('oldest', 'newest'), async (count, order) => {
        const { messages, omittedCount, omittedBefore, totalCount } = await serve({ count, order }).read();
        expect(messages.length + omittedCount).toBe(count);
        expect(totalCount).toBe(count);
        const gaps = ids(messages).flatMap((id, index, all) =>
          index > 0 && id !== (all[index - 1] ?? 0) + 1 ? [index] : [],
        );
        expect(gaps).toEqual(omittedBefore === undefined ? [] : [omittedBefore]);
      }),
    ));
});
