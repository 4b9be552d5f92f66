/**
 * The transport's port: brings deliveries from Feishu to the application and its answers back. A transport verifies, parses and
 * hands over; it decides nothing about what a delivery means.
 * Two implementations: the webhook, and Feishu's long connection.
 */

import type { Clock } from '../clock.ts';
import type { Ack, Inbound, Text } from '../domain.ts';
import type { Log } from '../log.ts';

/**
 * Judges one delivery and makes it durable. What it throws means that it could not be stored: an event is then not acknowledged, so
 * that Feishu delivers it again.
 */
export type Accept = (inbound: Inbound) => Promise<Ack>;

export interface Transport {
  /** Begins to hand deliveries to `accept`. */
  start(accept: Accept): Promise<void>;
  /** Takes no more deliveries. What was handed over is still answered. */
  stop(): Promise<void>;
}

/** How long `accept` may take: an event is answered within 1 s, and a person who clicked sees an error after 3 s. */
export const acceptDeadlineMs = { event: 950, callback: 2_500 } as const;

const toastText: Text = {
  zh_cn: '现在无法处理此操作，请稍后再点一次。',
  en_us: 'This cannot be done right now. Please click again in a moment.',
  ja_jp: '現在この操作を処理できません。しばらくしてからもう一度押してください。',
};

/** The answer to a delivery that could not be stored: events come again, clicks and previews never do. */
export function notStored(inbound: Inbound): Ack {
  switch (inbound.kind) {
    case 'click': {
      const { zh_cn, en_us, ja_jp } = toastText;
      const toast = { type: 'error', content: zh_cn, i18n: { zh_cn, en_us, ja_jp } };
      return { status: 200, body: { toast } };
    }
    case 'preview':
      return { status: 200, body: {} };
    case 'message':
    case 'ticket':
    case 'membership':
    case 'read':
    case 'unknown':
      return {
        status: 503,
        body: { code: 'not_stored', msg: 'The event could not be stored. Deliver it again.' },
      };
  }
}

/**
 * Hands a delivery over and gives an answer in time, whatever `accept` does. When `accept` comes back after its deadline, the work
 * that it stored is still let go once the answer was written.
 * @returns `stored: false` when the answer is `notStored`
 */
export async function acceptInTime(
  accept: Accept,
  inbound: Inbound,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<{ readonly stored: boolean; readonly ack: Ack }> {
  const { eventId, kind } = inbound;
  const accepted = (async () => {
    try {
      return await accept(inbound);
    } catch (error) {
      log.error({ err: error, eventId, kind }, 'a delivery could not be stored');
      return undefined;
    }
  })();
  const callback = kind === 'click' || kind === 'preview';
  const ack = await new Promise<Ack | 'late' | undefined>((resolve) => {
    const limitMs = callback ? acceptDeadlineMs.callback : acceptDeadlineMs.event;
    const stop = clock.alarm(limitMs, () => resolve('late'));
    void accepted.then((answer) => {
      stop();
      resolve(answer);
    });
  });
  if (ack === 'late') {
    log.error({ eventId, kind }, 'a delivery could not be stored in time');
    const written = async (): Promise<void> => (await accepted)?.written?.();
    return { stored: false, ack: { ...notStored(inbound), written } };
  }
  return ack === undefined ? { stored: false, ack: notStored(inbound) } : { stored: true, ack };
}
