/** The things that the self-check looks at, in the order in which they build on each other. */

import type { Clock } from '../../clock.ts';
import type { Card, Text } from '../../domain.ts';
import type { FeishuClient } from '../../feishu/client.ts';
import type { EndpointName } from '../../feishu/endpoints.ts';
import type { HelpdeskApi } from '../../feishu/helpdesk.ts';
import type { ImApi } from '../../feishu/im.ts';

import { type Console, fail, noBot, turnBotOn } from './blame.ts';
import type { Check, Verdict } from './examine.ts';
import { permissionChecks, permissionOf } from './permissions.ts';
import { words } from './words.ts';

export interface DoctorDeps {
  readonly client: Pick<FeishuClient, 'call'> & { tenantToken(): Promise<string> };
  readonly im: Pick<ImApi, 'botInfo' | 'uploadImage' | 'image' | 'create' | 'patchCard'>;
  readonly helpdesk: Pick<HelpdeskApi, 'ticketsPage' | 'subscribeEvents'>;
  readonly console: Console;
  readonly clock: Clock;
  /** Calls that the configuration leaves out. */
  readonly unused: readonly EndpointName[];
  /** How far this machine's clock is ahead of Feishu's; undefined when Feishu does not say. @throws Error */
  skewMs(): Promise<number | undefined>;
  /** Asks for the address of a long connection; undefined for the webhook. @returns Feishu's code, 0 when it may be made */
  readonly longConnection: (() => Promise<number>) | undefined;
  /** Whether Feishu has ever sent an event; undefined when that cannot be known here. */
  heard(): Promise<boolean | undefined>;
  /** Looks at storage, and at Redis when that is where it is. */
  readonly storage: readonly Check[];
}

export interface DoctorOptions {
  /** Where a card is sent and updated. */
  readonly chatId?: string | undefined;
}

/** Larger than any delay on the way, and small enough that no event looks late because of it. */
const skewPassMs = 10_000;
/** From here on every event counts as late, and every card says so. */
const skewFailMs = 120_000;

/** One dot. https://www.w3.org/TR/png/ */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==',
  'base64',
);

export function doctorChecks(deps: DoctorDeps, options: DoctorOptions): readonly Check[] {
  const { client, im, helpdesk, console } = deps;
  let skew: number | undefined;
  const needed = (...endpoints: readonly string[]): readonly string[] =>
    endpoints.flatMap((endpoint) => permissionOf(endpoint) ?? []);
  return [
    check('network', words.network, [], async () => {
      try {
        skew = await deps.skewMs();
        return pass(words.reached);
      } catch (error) {
        const why = error instanceof Error ? error.message : '';
        return fail(words.unreachable({ why }), words.openTheWay);
      }
    }),
    check('clock', words.clock, ['network'], async () => clockVerdict(skew)),
    check('app', words.app, ['network'], async () => {
      await client.tenantToken();
      return pass(words.tokenIssued);
    }),
    check('bot', words.bot, ['app'], async () => {
      const { activateStatus, name } = await im.botInfo();
      if (activateStatus === undefined || activateStatus === 2) return pass(words.botOn({ name }));
      return activateStatus === 0 || activateStatus === 1
        ? fail(noBot, turnBotOn, console.base)
        : fail(words.botState({ status: activateStatus }), turnBotOn, console.base);
    }),
    ...permissionChecks(client, deps.unused),
    check('helpdesk', words.helpdesk, ['app', ...needed('tickets')], async () => {
      const { totalCount } = await helpdesk.ticketsPage({}, { number: 1, sizeCount: 1 });
      return pass(totalCount === undefined ? words.helpdeskOpen : words.helpdeskHas({ count: totalCount }));
    }),
    check('helpdesk_events', words.helpdeskEvents, ['helpdesk', ...needed('eventsSubscribe')], async () => {
      await helpdesk.subscribeEvents();
      return pass(words.subscribed);
    }),
    ...(deps.longConnection === undefined ? [] : [connectionCheck(deps.longConnection, console)]),
    check('events', words.events, [], async () => eventsVerdict(await deps.heard(), console)),
    check('picture', words.picture, ['bot', ...needed('imageUpload')], async () => {
      const key = await im.uploadImage(dot, { fileName: 'doctor.png', mime: 'image/png' });
      const bytes = await im.image(key);
      return bytes.byteLength > 0 ? pass(words.pictureBack) : fail(words.pictureEmpty);
    }),
    check('card', words.card, ['bot', ...needed('messageCreate', 'messagePatch')], () =>
      sendCard(deps, options.chatId),
    ),
    check('quota', words.quota, ['app'], async () => pass(words.quotaLeft)),
    ...deps.storage,
  ];
}

const pass = (what: Text): Verdict => ({ state: 'pass', what });

function check(id: string, name: Text, needs: readonly string[], look: Check['look']): Check {
  return { check: id, name, needs, look };
}

function clockVerdict(skewMs: number | undefined): Verdict {
  if (skewMs === undefined) return { state: 'skip', what: words.noTime };
  const offMs = Math.abs(skewMs);
  const what = words.clockOff({ seconds: Math.round(skewMs / 1_000) });
  if (offMs <= skewPassMs) return pass(words.clockRight);
  return offMs <= skewFailMs ? { state: 'warn', what, remedy: words.setClock } : fail(what, words.setClock);
}

function eventsVerdict(heard: boolean | undefined, console: Console): Verdict {
  if (heard === true) return pass(words.eventsCame);
  return {
    state: 'skip',
    what: heard === false ? words.noEventYet : words.eventsUnknown,
    remedy: words.sayHelp,
    link: `${console.base}/event`,
  };
}

/** https://open.feishu.cn/document/event-subscription-guide/event-card-faq */
function connectionCheck(ask: () => Promise<number>, console: Console): Check {
  return check('long_connection', words.longConnection, ['app'], async () => {
    const code = await ask();
    if (code === 0) return pass(words.connectionReady);
    const remedy = code === 1_000_040_350 ? words.tooManyConnections : words.switchToConnection;
    return fail(words.connectionRefused({ code }), remedy, `${console.base}/event`);
  });
}

async function sendCard({ im, clock }: DoctorDeps, chatId: string | undefined): Promise<Verdict> {
  if (chatId === undefined) return { state: 'skip', what: words.noChat };
  const uuid = `doctor-${clock.nowMs()}`;
  const { messageId } = await im.create({
    chatId,
    content: { kind: 'card', card: cardSaying(words.trying) },
    uuid,
  });
  await im.patchCard({ messageId, card: cardSaying(words.worked) });
  return pass(words.cardUpdated);
}

function cardSaying(text: Text): Card {
  const { zh_cn, en_us, ja_jp } = text;
  const content = { tag: 'plain_text', content: zh_cn, i18n_content: { zh_cn, en_us, ja_jp } };
  return {
    schema: '2.0',
    config: { update_multi: true },
    body: { elements: [{ tag: 'div', text: content }] },
  };
}
