/** Pictures for whom somebody waits, and pictures for whom nobody does. */

import { describe, expect, it } from 'vitest';
import type { EndpointName } from '../../src/feishu/endpoints.ts';
import { createLimits } from '../../src/feishu/limits.ts';
import { createPauses } from '../../src/feishu/pauses.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { ImagesDeps } from '../../src/services/images.ts';
import { createMemoryWindows } from '../../src/store/memoryWindows.ts';
import type { Priority } from '../../src/store/store.ts';
import { type FakeClock, fakeClock } from '../support/fakeClock.ts';
import { type Gate, gate } from '../support/fakeFeishu.ts';
import { memoryLog } from '../support/memoryLog.ts';
import { inTicket, last, many, pictureSetup, samplePng, stateOf, turn } from '../support/pictures.ts';

/** A picture of its own for each message. */
const bytesOf = (messageId: string): Buffer => Buffer.concat([samplePng, Buffer.from(messageId)]);
const soon = async (): Promise<void> => {
  for (let n = 0; n < 30; n += 1) await turn();
};

/** Calls that wait until the test lets them go, by priority. */
function held() {
  const asked: string[] = [];
  const gates = new Map<string, Gate<void>>();
  const at = (call: string): Gate<void> => {
    const known = gates.get(call) ?? gate<void>();
    gates.set(call, known);
    return known;
  };
  const wait = async (call: string): Promise<void> => {
    asked.push(call);
    await at(call).promise;
  };
  const calls: Pick<ImagesDeps, 'ticketImage' | 'uploadImage'> = {
    ticketImage: async ({ messageId }, { priority }) => {
      await wait(`${messageId} ${priority}`);
      return bytesOf(messageId);
    },
    uploadImage: async (_bytes, _file, priority) => {
      await wait(`upload ${priority}`);
      return `img_${priority}`;
    },
  };
  return {
    asked,
    calls,
    let: (call: string) => at(call).open(),
    fail: (call: string) => at(call).fail(new Error('broken off')),
  };
}

describe('the calls for a picture', () => {
  it.each<[Priority | undefined, Priority]>([
    [undefined, 'person'],
    ['card', 'card'],
    ['background', 'background'],
  ])('go out as urgent as the load (%s)', async (given, expected) => {
    const { asked, calls, let: go } = held();
    const { images } = await pictureSetup(calls);
    go(`m ${expected}`);
    go(`upload ${expected}`);
    expect((await last(images.load([inTicket('m')], given)))?.map(stateOf)).toEqual([`img_${expected}`]);
    expect(asked).toEqual([`m ${expected}`, `upload ${expected}`]);
  });
});

describe('a person who wants a picture that is being loaded for a card', () => {
  it('does not wait for that', async () => {
    const { asked, calls, let: go } = held();
    const { images } = await pictureSetup(calls);
    const card = last(images.load([inTicket('m')], 'card'));
    await soon();
    const person = last(images.load([inTicket('m')]));
    await soon();
    expect(asked).toEqual(['m card', 'm person']);
    go('m person');
    go('upload person');
    expect((await person)?.map(stateOf)).toEqual(['img_person']);
    go('m card');
    // Its bytes are known by now.
    expect((await card)?.map(stateOf)).toEqual(['img_person']);
    expect(asked).toEqual(['m card', 'm person', 'upload person']);
  });

  it('does not wait for its upload either', async () => {
    const { asked, calls, let: go } = held();
    const { images } = await pictureSetup(calls);
    go('m background');
    const background = last(images.load([inTicket('m')], 'background'));
    await soon();
    go('m person');
    go('upload person');
    expect((await last(images.load([inTicket('m')])))?.map(stateOf)).toEqual(['img_person']);
    go('upload background');
    expect((await background)?.map(stateOf)).toEqual(['img_background']);
    expect(asked).toEqual(['m background', 'upload background', 'm person', 'upload person']);
  });

  it('is joined by all who come later, and joins whoever is as urgent', async () => {
    const { asked, calls, let: go, fail } = held();
    const { images } = await pictureSetup(calls);
    const load = (priority: Priority) => last(images.load([inTicket('m')], priority));
    const early = load('background');
    await soon();
    const all = [load('person'), load('person'), load('card'), load('background')];
    await soon();
    // That the first one fails does not end what the others share.
    fail('m background');
    expect((await early)?.map(stateOf)).toEqual(['unavailable']);
    all.push(load('person'));
    await soon();
    go('m person');
    go('upload person');
    for (const pictures of await Promise.all(all)) expect(pictures?.map(stateOf)).toEqual(['img_person']);
    expect(asked.filter((call) => call.startsWith('m '))).toEqual(['m background', 'm person']);
  });
});

describe('the room for pictures', () => {
  it('is never all taken by those for whom nobody waits', async () => {
    const { asked, calls, let: go } = held();
    const { images } = await pictureSetup(calls);
    const sources = many(60);
    const lists = Array.from({ length: 5 }, (_, n) =>
      last(images.load(sources.slice(12 * n, 12 * n + 12), 'card')),
    );
    await soon();
    expect(asked.length).toBeGreaterThan(5);
    const before = asked.length;
    go('p person');
    go('upload person');
    expect((await last(images.load([inTicket('p')])))?.map(stateOf)).toEqual(['img_person']);
    expect(asked.slice(before)).toEqual(['p person', 'upload person']);
    for (const { messageIds } of sources.flatMap((source) => (source.kind === 'ticket' ? [source] : [])))
      go(`${messageIds[0]} card`);
    go('upload card');
    for (const list of lists) expect(await list).toHaveLength(12);
  });
});

describe('a person’s pictures while hundreds are loaded for cards and reports', () => {
  /** The service with the rate windows in front of its calls, which take 20 ms. */
  async function windowed(clock: FakeClock) {
    const pauses = createPauses(clock, memoryLog().log);
    const windows = createMemoryWindows(clock);
    const limits = createLimits({ windows, pauses, clock, log: memoryLog().log, metrics: createMetrics() });
    const call = async (endpoint: EndpointName, priority: Priority = 'person'): Promise<void> => {
      const place = await limits.reserve({ endpoint, priority, chatId: undefined, messageId: undefined });
      await clock.sleep(20);
      place.answered();
    };
    const setup = await pictureSetup({
      ticketImage: async ({ messageId }, { priority }) => {
        await call('ticketImage', priority);
        return bytesOf(messageId);
      },
      uploadImage: async (_bytes, _file, priority) => {
        await call('imageUpload', priority);
        return 'img';
      },
    });
    return { ...setup, call };
  }

  it.each<Priority>(['card', 'background'])(
    'do not stand behind them: %s',
    async (busy) => {
      const clock = fakeClock(undefined, 4);
      const { images, call } = await windowed(clock);
      for (let n = 0; n < 400; n += 1) void call('ticketImage', busy);
      // Eight seconds of them.
      const lists = Array.from({ length: 4 }, (_, n) =>
        last(
          images.load(
            Array.from({ length: 12 }, (_one, m) => inTicket(`b${n}-${m}`)),
            busy,
          ),
        ),
      );
      await clock.advance(300);
      const askedMs = clock.monoMs();
      // One of them is under way already, at the end of a long queue.
      await clock.until(last(images.load([inTicket('b0-0'), inTicket('p1'), inTicket('p2')])));
      expect(clock.monoMs() - askedMs).toBeLessThan(4_000);
      await clock.until(Promise.all(lists));
      expect(clock.monoMs() - askedMs).toBeGreaterThan(5_000);
    },
    60_000,
  );
});
