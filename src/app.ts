/**
 * The two halves of an event's life. `accept` runs before the acknowledgement and makes the event durable; `handle` runs after it,
 * perhaps in another process after a crash, and answers the question.
 */

import { z } from 'zod';
import { noticeCard, stillWorkingCard } from './cards/noticeCard.ts';
import type { View } from './cards/view.ts';
import type { Clock } from './clock.ts';
import type { Ack, ClickInbound, Inbound, JsonObject, MessageInbound, Reply, Text, Toast } from './domain.ts';
import {
  type BackgroundCause,
  type DueTimer,
  eventKey,
  inboundOf,
  jobOf,
  type StoredInbound,
} from './job.ts';
import { type Log, loggedAbout } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createRefusedClicks, type RefusedClicks } from './refusedClicks.ts';
import type { Answer, Origin, Responder } from './responder.ts';
import type { Router } from './router.ts';
import { type Job, type Outcome, type RecordKind, type Store, StoreUnavailable } from './store/store.ts';
import { mapText } from './text.ts';
import { acceptDeadlineMs } from './transport/transport.ts';
import { createTurns } from './turns.ts';
import { afterFailure } from './worker.ts';

/** Silence is allowed for this long; then the asker is told that work goes on. */
const silenceMs = 8_000;
/** So many commands of one chat run at a time; the rest wait in their order. */
const runningPerChat = 8;

/** Written with the first authenticated event. */
export const tenant: RecordKind<{ tenantKey: string }> = {
  name: 'tenant',
  schema: z.object({ tenantKey: z.string() }),
  // For good: the app lives in one tenant.
  keepMs: 100 * 365 * 86_400_000,
};

export interface AppDeps {
  readonly store: Store;
  readonly router: Router;
  readonly responder: Responder;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly view: () => View;
}

export interface App {
  /**
   * Judges one authenticated delivery and makes it durable.
   * @throws StoreUnavailable when an event cannot be stored: it must not be acknowledged, so that Feishu delivers it again
   */
  accept(inbound: Inbound): Promise<Ack>;
  /** Works on one stored event. Never throws for a reason that lies outside the code. */
  handle(job: Job): Promise<Outcome>;
}

const ok: Ack = { status: 200, body: {} };

export function createApp(deps: AppDeps): App {
  const { store, metrics, log } = deps;
  const ownTenant = rememberTenant(deps);
  const chats = createTurns(runningPerChat);
  const changes = createTurns(1);
  const refused = createRefusedClicks(deps.clock);
  const inTurn = <T>(about: string | undefined, work: () => Promise<T>): Promise<T> =>
    about === undefined ? work() : changes.run(about, work);

  const put = async (inbound: StoredInbound): Promise<'stored' | 'duplicate'> => {
    const result = await store.queue.put(jobOf(inbound));
    metrics.deliveries.inc({ outcome: result });
    log.info({ eventId: inbound.eventId, kind: inbound.kind }, result);
    return result;
  };

  return {
    async accept(inbound) {
      if (!(await ownTenant(inbound.tenantKey))) {
        metrics.deliveries.inc({ outcome: 'other_tenant' });
        return { status: 401, body: { code: 'unauthorized', msg: 'The request is not authentic.' } };
      }
      switch (inbound.kind) {
        case 'message':
          if (deps.router.concerns(inbound)) await put(inbound);
          else metrics.deliveries.inc({ outcome: 'not_for_us' });
          return ok;
        case 'click':
          return acceptClick(deps, inbound, put, refused);
        case 'ticket':
          if (deps.router.follows(inbound)) await put(inbound);
          else metrics.deliveries.inc({ outcome: 'not_for_us' });
          return ok;
        case 'membership':
          await put(inbound);
          return ok;
        case 'read':
          if (deps.router.hears(inbound)) await put(inbound);
          else metrics.deliveries.inc({ outcome: 'not_for_us' });
          return ok;
        case 'preview':
          // Neither stored nor deduplicated: the answer is the work.
          metrics.deliveries.inc({ outcome: 'preview' });
          return { status: 200, body: await deps.router.preview(inbound) };
        case 'unknown':
          metrics.deliveries.inc({ outcome: 'unknown_type' });
          return ok;
      }
    },

    async handle(job) {
      const inbound = inboundOf(job.payload);
      if (inbound === undefined) return ended(deps, { kind: 'set_aside', reason: 'unreadable' });
      if (inbound.kind === 'click' && refused.has(eventKey(inbound.eventId))) {
        log.warn(
          { eventId: inbound.eventId },
          'a click is left out: its person was told that it is not saved',
        );
        return ended(deps, { kind: 'done' });
      }
      try {
        await loggedAbout(idsOf(inbound, job), () =>
          inTurn(changedBy(inbound), async () => {
            if (inbound.kind === 'message' || inbound.kind === 'click')
              await answerTo(deps, job, inbound, (work) => chats.run(inbound.chatId, work));
            else await runInBackground(deps, inbound);
          }),
        );
        return ended(deps, { kind: 'done' });
      } catch (error) {
        return ended(deps, afterFailure(error, job, deps));
      }
    },
  };
}

function idsOf(inbound: StoredInbound | DueTimer, job: Job): Readonly<Record<string, string>> {
  return { eventId: job.id, ...('chatId' in inbound ? { chatId: inbound.chatId } : {}) };
}

function ended({ metrics }: AppDeps, outcome: Outcome): Outcome {
  metrics.jobs.inc({ outcome: outcome.kind });
  return outcome;
}

/**
 * What an event changes: those that change the same thing take turns, or what one of them read before the other could be shown after
 * it. Undefined where that cannot happen: each message has an answer of its own.
 */
function changedBy(inbound: StoredInbound | DueTimer): string | undefined {
  if (inbound.kind === 'ticket') return `ticket/${inbound.ticketId}`;
  return inbound.kind === 'click' ? `card/${inbound.messageId}` : undefined;
}

type Asked = MessageInbound | ClickInbound;

async function answerTo(
  deps: AppDeps,
  job: Job,
  inbound: Asked,
  inItsTurn: (work: () => Promise<Reply | undefined>) => Promise<Reply | undefined>,
): Promise<void> {
  const answer = deps.responder.answer(originOf(inbound, job));
  const answered = new AbortController();
  const notice = sayWorking(deps, job, answer, answered.signal);
  try {
    const reply = await inItsTurn(() => replyTo(deps, inbound));
    if (reply !== undefined) await answer.show(reply);
    const { eventId, chatId } = inbound;
    deps.log.info({ eventId, chatId }, reply === undefined ? 'silent' : 'answered');
  } finally {
    answered.abort('over');
    await notice;
  }
}

/** One message that cannot be sent does not hold up the others; the job is tried again for it. */
async function runInBackground(deps: AppDeps, inbound: BackgroundCause): Promise<void> {
  const outgoing = await deps.router.runInBackground(inbound);
  const results = await Promise.allSettled(outgoing.map((one) => deps.responder.send(one)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** The router turns every expected failure into a reply; what is left is a bug, and the asker is told that too. */
async function replyTo({ router, log, view }: AppDeps, inbound: Asked): Promise<Reply | undefined> {
  try {
    return await (inbound.kind === 'message' ? router.route(inbound) : router.runClick(inbound));
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    log.error({ err: error, eventId: inbound.eventId }, 'a bug stopped this command');
    const next = mapText(bug.next, (sentence) => sentence.replace('{id}', inbound.eventId));
    return { card: noticeCard({ tone: 'problem', what: bug.what, next }, view()), tickets: [], beside: true };
  }
}

const bug = {
  what: {
    zh_cn: '机器人内部出错，未能处理此命令。',
    en_us: 'The bot made an internal error and could not answer this command.',
    ja_jp: 'ボットの内部エラーにより、このコマンドに応答できませんでした。',
  },
  next: {
    zh_cn: '请把编号 {id} 告诉管理员。',
    en_us: 'Please tell your administrator the number {id}.',
    ja_jp: '番号 {id} を管理者に伝えてください。',
  },
} as const satisfies Record<string, Text>;

function originOf(inbound: Asked, { putAtMs: takenAtMs }: Job): Origin {
  const { messageId, chatId } = inbound;
  return inbound.kind === 'message'
    ? {
        kind: 'message',
        messageId,
        chatId,
        chatType: inbound.chatType,
        threadId: inbound.threadId,
        takenAtMs,
      }
    : {
        kind: 'click',
        eventId: inbound.eventId,
        messageId,
        chatId,
        askerId: inbound.operator.openId,
        takenAtMs,
      };
}

/** After 8 s without an answer, counted from the delivery, says so. That this fails is no reason to fail the work. */
async function sayWorking(deps: AppDeps, job: Job, answer: Answer, answered: AbortSignal): Promise<void> {
  const { clock, log } = deps;
  await clock.sleep(Math.max(0, job.putAtMs + silenceMs - clock.nowMs()), answered);
  if (answered.aborted) return;
  try {
    await answer.working(stillWorkingCard(deps.view()));
  } catch (error) {
    log.warn({ err: error, eventId: job.id }, 'could not say that work goes on');
  }
}

/**
 * Judges the click, stores its work, and answers with a toast. A click is never delivered again, so whatever goes wrong is said in
 * the toast.
 */
async function acceptClick(
  deps: AppDeps,
  inbound: ClickInbound,
  put: (inbound: StoredInbound) => Promise<'stored' | 'duplicate'>,
  refused: RefusedClicks,
): Promise<Ack> {
  const startMs = deps.clock.monoMs();
  const checked = await deps.router.checkClick(inbound);
  if (!checked.ok) return toastAck(checked.toast);
  const { keys } = jobOf(inbound);
  try {
    // The one that it repeats will not be done.
    if ((await put(inbound)) === 'duplicate' && refused.has(...keys))
      return toastAck({ type: 'error', content: notStored });
  } catch (error) {
    refused.note(keys);
    deps.log.error({ err: error, eventId: inbound.eventId }, 'a click could not be stored');
    return toastAck({ type: 'error', content: notStored });
  }
  // By then the transport has said that it cannot be done.
  if (deps.clock.monoMs() - startMs >= acceptDeadlineMs.callback) refused.note(keys);
  return { ...toastAck(checked.toast), written: () => deps.store.queue.release(inbound.eventId) };
}

function toastAck({ type, content }: Toast): Ack {
  const { zh_cn, en_us, ja_jp } = content;
  const i18n: JsonObject = { zh_cn, en_us, ja_jp };
  return { status: 200, body: { toast: { type, content: zh_cn, i18n } } };
}

const notStored: Text = {
  zh_cn: '现在无法保存此操作，请稍后再点一次。',
  en_us: 'This cannot be saved right now. Please click again in a moment.',
  ja_jp: '現在この操作を保存できません。しばらくしてからもう一度押してください。',
};

/** The bot's tenant is that of the first authenticated event, for good. @returns whether `tenantKey` is it */
function rememberTenant({ store, log }: AppDeps): (tenantKey: string) => Promise<boolean> {
  let known: string | undefined;
  return async (tenantKey) => {
    if (known === undefined) {
      const written = await store.records.put(tenant, 'own', { tenantKey }, { expect: 0 });
      if (written !== 'conflict') log.info({ tenantKey }, 'the first event names the tenant');
      known = (await store.records.get(tenant, 'own'))?.value.tenantKey;
    }
    return known === tenantKey;
  };
}
