/** What every transport promises: one suite, run on the webhook and on the long connection. */

import { afterEach, describe, expect, it } from 'vitest';
import type { Ack, Inbound } from '../../src/domain.ts';
import type { Metrics } from '../../src/metrics.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { messagePayload, payloadOf } from '../support/events.ts';
import type { FakeClock } from '../support/fakeClock.ts';

/** A transport, and Feishu at its other end. */
export interface Subject {
  readonly transport: Transport;
  readonly name: Inbound['transport'];
  readonly clock: FakeClock;
  readonly metrics: Metrics;
  readonly lines: readonly Record<string, unknown>[];
  /** Resolves when the transport can take deliveries; call it after `transport.start`. */
  ready(): Promise<void>;
  /** One delivery, as Feishu sees it: taken is 200, whatever else comes means that it must come again. */
  deliver(payload: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  close(): Promise<void>;
}

const ok: Ack = { status: 200, body: {} };
const click = (): Record<string, unknown> => payloadOf('card.action.trigger');
const preview = (): Record<string, unknown> => payloadOf('url.preview.get');
const errorToast = {
  toast: {
    type: 'error',
    content: expect.any(String),
    i18n: { zh_cn: expect.any(String), en_us: expect.any(String), ja_jp: expect.any(String) },
  },
};
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await turn();
};

export function transportContract(name: string, open: () => Promise<Subject>): void {
  describe(`${name}: what every transport promises`, () => {
    const subjects: Subject[] = [];
    afterEach(async () => {
      for (const subject of subjects.splice(0)) await subject.close();
    });
    async function started(accept: (inbound: Inbound) => Promise<Ack>): Promise<Subject> {
      const subject = await open();
      subjects.push(subject);
      await subject.transport.start(accept);
      await subject.ready();
      return subject;
    }

    it('hands an event over once, as it was sent, and says that it is taken', async () => {
      const taken: Inbound[] = [];
      const { deliver, name: transport } = await started(async (inbound) => {
        taken.push(inbound);
        return ok;
      });
      const text = '/ticket 1 “引用” 👩‍💻 \u2028 <at>&amp;';
      expect(await deliver(messagePayload({ eventId: 'e-1', messageId: 'om_9', text }))).toEqual({
        status: 200,
        body: {},
      });
      expect(taken).toMatchObject([
        { kind: 'message', eventId: 'e-1', messageId: 'om_9', text, transport, tenantKey: 'tenant-1' },
      ]);
    });

    it('acknowledges only after the event was made durable', async () => {
      const steps: string[] = [];
      let store = (_ack: Ack): void => undefined;
      const { deliver } = await started((inbound) => {
        steps.push(`accept ${inbound.eventId}`);
        return new Promise((resolve) => {
          store = resolve;
        });
      });
      const delivered = deliver(messagePayload()).then((answer) => {
        steps.push('answered');
        return answer;
      });
      await until(() => steps.length === 1);
      for (let turns = 0; turns < 20; turns += 1) await turn();
      expect(steps).toEqual(['accept event-1']);
      store(ok);
      expect((await delivered).status).toBe(200);
    });

    it('never acknowledges what could not be stored, and answers a click with a toast all the same', async () => {
      const { deliver, metrics } = await started(() => Promise.reject(new Error('disk full')));
      expect((await deliver(messagePayload())).status).not.toBe(200);
      expect((await deliver(payloadOf('helpdesk.ticket.updated_v1'))).status).not.toBe(200);
      expect(await deliver(click())).toEqual({ status: 200, body: errorToast });
      expect(await deliver(preview())).toEqual({ status: 200, body: {} });
      const { values } = await metrics.deliveries.get();
      expect(values).toMatchObject([{ labels: { outcome: 'not_stored' }, value: 4 }]);
    });

    it('gives up in time: an event after 950 ms, a click with a toast after 2.5 s', async () => {
      const { deliver, clock } = await started(() => new Promise(() => undefined));
      const event = deliver(messagePayload());
      await until(() => clock.sleepers() === 1);
      await clock.advance(949);
      expect(clock.sleepers()).toBe(1);
      await clock.advance(1);
      expect((await event).status).not.toBe(200);
      const clicked = deliver(click());
      await until(() => clock.sleepers() === 1);
      await clock.advance(2_499);
      expect(clock.sleepers()).toBe(1);
      await clock.advance(1);
      expect(await clicked).toEqual({ status: 200, body: errorToast });
    });

    it('carries the answer to a click as it stands', async () => {
      const body = {
        toast: { type: 'info', content: '好 👍' },
        card: { type: 'raw', data: { schema: '2.0' } },
      };
      const { deliver } = await started(async () => ({ status: 200, body }));
      expect(await deliver(click())).toEqual({ status: 200, body });
    });

    it('lets the work of a click go after its answer, and survives that this fails', async () => {
      const steps: string[] = [];
      const { deliver, lines } = await started(async () => ({
        status: 200,
        body: {},
        written: async () => {
          steps.push('written');
          throw new Error('release failed');
        },
      }));
      expect((await deliver(click())).status).toBe(200);
      await until(() => lines.some(({ msg }) => msg === 'what had to follow an answer failed'));
      expect(steps).toEqual(['written']);
    });

    it('lets the work of a late click go when it was stored after all', async () => {
      let store = (_ack: Ack): void => undefined;
      let released = false;
      const { deliver, clock } = await started(
        () =>
          new Promise((resolve) => {
            store = resolve;
          }),
      );
      const clicked = deliver(click());
      await until(() => clock.sleepers() === 1);
      await clock.advance(2_500);
      expect((await clicked).status).toBe(200);
      expect(released).toBe(false);
      store({
        ...ok,
        written: async () => {
          released = true;
        },
      });
      await until(() => released);
    });

    it('does not acknowledge what the application refuses', async () => {
      const { deliver } = await started(async () => ({ status: 401, body: { code: 'unauthorized' } }));
      expect((await deliver(messagePayload())).status).not.toBe(200);
    });

    it.each([
      ['of another app', messagePayload({ header: { app_id: 'cli_ffffffffffffffff' } })],
      ['without a tenant', messagePayload({ header: { tenant_key: '' } })],
      ['without an event id', messagePayload({ eventId: '' })],
      ['without an envelope', { hello: 'world' }],
      ['that is a list', [1, 2]],
    ])('hands nothing over that is %s, and goes on', async (_what, payload) => {
      const taken: Inbound[] = [];
      const { deliver } = await started(async (inbound) => {
        taken.push(inbound);
        return ok;
      });
      expect((await deliver(payload)).status).not.toBe(200);
      expect(taken).toEqual([]);
      expect((await deliver(messagePayload({ eventId: 'next' }))).status).toBe(200);
      expect(taken).toMatchObject([{ eventId: 'next' }]);
    });

    it('hands over what it does not know as unknown, and takes the old envelope without handing it over', async () => {
      const taken: Inbound[] = [];
      const { deliver } = await started(async (inbound) => {
        taken.push(inbound);
        return ok;
      });
      const odd = messagePayload({ header: { event_type: 'some.new_v9' } });
      expect(await deliver(odd)).toEqual({ status: 200, body: {} });
      expect(taken).toMatchObject([{ kind: 'unknown', type: 'some.new_v9' }]);
      const old = { ...payloadOf('event_callback.v1'), event: { type: 'message' } };
      expect((await deliver(old)).status).toBe(200);
      expect(taken).toHaveLength(1);
    });

    it('keeps the header apart from fields of the event with the same names', async () => {
      const taken: Inbound[] = [];
      const { deliver } = await started(async (inbound) => {
        taken.push(inbound);
        return ok;
      });
      const event = { event_id: 'spoofed', tenant_key: 'spoofed', token: 'spoofed', app_id: 'spoofed' };
      expect((await deliver(messagePayload({ eventId: 'real', event }))).status).toBe(200);
      expect(taken).toMatchObject([{ eventId: 'real', tenantKey: 'tenant-1' }]);
    });

    it('takes a message of 700 KB', async () => {
      const taken: Inbound[] = [];
      const { deliver } = await started(async (inbound) => {
        taken.push(inbound);
        return ok;
      });
      const text = '工'.repeat(230_000);
      expect((await deliver(messagePayload({ text }))).status).toBe(200);
      expect(taken).toMatchObject([{ kind: 'message', text }]);
    });

    it('gives each of a hundred deliveries at once its own answer', async () => {
      const { deliver } = await started(async ({ eventId }) => {
        for (let turns = Number(eventId) % 7; turns > 0; turns -= 1) await turn();
        return { status: 200, body: { toast: { type: 'info', content: eventId } } };
      });
      const ids = Array.from({ length: 100 }, (_, n) => String(n));
      const answers = await Promise.all(ids.map((eventId) => deliver(messagePayload({ eventId }))));
      expect(answers.map(({ body }) => body)).toEqual(
        ids.map((content) => ({ toast: { type: 'info', content } })),
      );
    });

    it('answers what runs when it stops, and takes nothing afterwards', async () => {
      let store = (_ack: Ack): void => undefined;
      let count = 0;
      const { deliver, transport } = await started(() => {
        count += 1;
        return new Promise((resolve) => {
          store = resolve;
        });
      });
      const running = deliver(messagePayload());
      await until(() => count === 1);
      const stopped = transport.stop();
      store(ok);
      expect((await running).status).toBe(200);
      await stopped;
      expect((await deliver(messagePayload({ eventId: 'late' }))).status).not.toBe(200);
      expect(count).toBe(1);
    });

    it('measures the time to the answer, and writes no word of a person to the log', async () => {
      const { deliver, metrics, lines } = await started(() => Promise.reject(new Error('canary words')));
      await deliver(click());
      await deliver(messagePayload({ text: 'canary words', header: { app_id: 'cli_0' } }));
      await deliver(messagePayload({ text: 'canary words' }));
      const counted = async (): Promise<number | undefined> =>
        (await metrics.acknowledged.get()).values.find(
          ({ metricName }) => metricName === 'bot_acknowledge_seconds_count',
        )?.value;
      while ((await counted()) === 0) await turn();
      expect(await counted()).toBeGreaterThan(0);
      expect(lines.length).toBeGreaterThan(0);
      expect(JSON.stringify(lines)).not.toContain('canary');
    });
  });
}
