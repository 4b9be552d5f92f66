/** People and strangers who talk to the bot, with a memory of what each of them deserves. */

import { isInterim } from '../e2e/faults/scene.ts';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import type { Asked, Refreshed } from './checker.ts';
import type { Chance } from './random.ts';

export interface Generator {
  /** Says so many things at once, and waits until each was delivered or was not. */
  burst(count: number): Promise<void>;
  /** Whether everything that was acknowledged has its final answer. */
  settled(): boolean;
  /** Refreshes the cards that were clicked on a last time; nothing else may go on. */
  refreshAll(): Promise<void>;
  asked(): readonly Asked[];
  refreshed(): readonly Refreshed[];
}

const chats = ['IT 服务台', '机房运维', '午餐拼单'] as const;
const people = ['林晓', '周倩', '陈锐', '赵磊', '王敏'] as const;
const commands = [
  '/help',
  '/help ticket',
  `/ticket ${mainTicketId}`,
  `/t ${ticketIds.english}`,
  `/工单 ${ticketIds.japanese}`,
  `/ticket ${ticketIds.noMessages} ${ticketIds.unassigned}`,
  '/ticket 404',
  '/tikcet 1',
] as const;

interface Talk {
  readonly sandbox: Sandbox;
  readonly chance: Chance;
  /** By message id. */
  readonly deserved: Map<string, Asked['deserves']>;
  /** Acknowledged, and without a final answer as far as is known. */
  readonly open: Set<string>;
  /** Cards that were clicked on, and whether they show what held at the end. */
  readonly clicked: Map<string, boolean>;
}

/** One thing that somebody does. Chance is asked before anything is waited for, so that its order never changes. */
type Deed = (talk: Talk) => Promise<void>;

export function createGenerator(sandbox: Sandbox, chance: Chance): Generator {
  const talk: Talk = { sandbox, chance, deserved: new Map(), open: new Set(), clicked: new Map() };
  const follow = followDeliveries(talk);
  const isAnswered = (messageId: string): boolean =>
    sandbox.ledger.repliesTo(messageId).some((reply) => !isInterim(reply));
  return {
    async burst(count) {
      await Promise.all(Array.from({ length: count }, () => nextDeed(chance)(talk)));
    },
    settled() {
      follow();
      for (const messageId of talk.open) if (isAnswered(messageId)) talk.open.delete(messageId);
      return talk.open.size === 0;
    },
    refreshAll: () => refreshAll(talk),
    asked() {
      const acknowledged = follow();
      return [...talk.deserved].map(([messageId, deserves]) => {
        const replies = sandbox.ledger.repliesTo(messageId);
        return {
          messageId,
          deserves,
          acknowledged: acknowledged.has(messageId),
          replyCount: replies.length,
          interim: replies.some(isInterim),
        };
      });
    },
    refreshed: () => [...talk.clicked].map(([messageId, current]) => ({ messageId, current })),
  };
}

/** @returns how to look at the deliveries since the last look, and the messages that were acknowledged so far */
function followDeliveries({ sandbox, deserved, open }: Talk): () => ReadonlySet<string> {
  const acknowledged = new Set<string>();
  let seq = 0;
  return () => {
    for (const record of sandbox.deliveries(seq)) {
      ({ seq } = record);
      const messageId = messageIn(record.payload);
      if (record.status !== 200 || messageId === undefined || acknowledged.has(messageId)) continue;
      acknowledged.add(messageId);
      if (deserved.get(messageId) === 'answer') open.add(messageId);
    }
    return acknowledged;
  };
}

function messageIn(payload: unknown): string | undefined {
  return /"message_id":"(om_\w+)"/.exec(JSON.stringify(payload))?.[1];
}

function nextDeed({ next }: Chance): Deed {
  const share = next();
  if (share < 0.55) return ask;
  if (share < 0.75) return repeat;
  if (share < 0.83) return press;
  if (share < 0.95) return babble;
  return forge;
}

const somewhere = ({ pick }: Chance): Pick<SayInput, 'chat' | 'person'> => ({
  chat: pick(chats),
  person: pick(people),
});

const ask: Deed = async ({ sandbox, chance, deserved }) => {
  const input = { ...somewhere(chance), text: chance.pick(commands), messageId: newId(deserved) };
  deserved.set(input.messageId, 'answer');
  await sandbox.say(input);
};

const newId = (deserved: ReadonlyMap<string, unknown>): string => `om_chaos${deserved.size}`;

/** The same event again, or the same message under another event id. */
const repeat: Deed = async ({ sandbox, chance }) => {
  const sameId = chance.happens(0.5);
  const back = chance.whole(1, 8);
  const record = sandbox.deliveries().at(-back);
  if (record === undefined || record.route !== 'event') return;
  const { event } = Object.fromEntries(Object.entries(record.payload ?? {}));
  const id = sameId ? record.eventId : `${record.eventId}-${sandbox.deliveries().length}`;
  await sandbox.deliver({ type: record.type, event, header: { event_id: id } });
};

/** A press of "Refresh" on a card that the bot has sent. */
const press: Deed = async ({ sandbox, chance, clicked }) => {
  const { chat, person } = somewhere(chance);
  const back = chance.whole(1, 4);
  const card = sandbox.ledger
    .sentTo(sandbox.world.chat(chat).chatId)
    .filter((sent) => JSON.stringify(sent.card ?? '').includes('ticket.refresh'))
    .at(-back);
  if (card === undefined) return;
  const ticket = ticketOn(card.card);
  if (ticket === undefined) return;
  const value = { action: 'ticket.refresh', ticket };
  // A process that dies before its answer leaves the client with the old card, so only the end is judged.
  await sandbox.click({ person, messageId: card.messageId, value });
  clicked.set(card.messageId, false);
};

const ticketOn = (card: unknown): string | undefined =>
  /"action":"ticket\.refresh","ticket":"(\d+)"/.exec(JSON.stringify(card))?.[1];

/** Of another tenant, of a bot, edited, or to nobody. */
const babble: Deed = async ({ sandbox, chance, deserved }) => {
  const input = { ...somewhere(chance), text: '/help', messageId: newId(deserved) };
  deserved.set(input.messageId, 'silence');
  const odd = chance.pick<Partial<SayInput>>([
    { tenantKey: 'elsewhere' },
    { senderType: 'bot' },
    { updateTime: String(Date.now() + 60_000) },
    { text: 'see ticket 123', mentionBot: 'none' },
  ]);
  await sandbox.say({ ...input, ...odd });
};

/** A command that somebody without the key has made up. */
const forge: Deed = async ({ sandbox, chance, deserved }) => {
  const { chat, person } = somewhere(chance);
  const messageId = newId(deserved);
  deserved.set(messageId, 'silence');
  const { world, app } = sandbox;
  const { chatId } = world.chat(chat);
  const { openId, tenantKey, name } = world.person(person);
  const content = JSON.stringify({ text: '/help' });
  const sender = { id: openId, type: 'user', tenantKey, name } as const;
  world.addMessage({ chatId, sender, msgType: 'text', content, messageId });
  const { body, headers } = sandbox.seal({
    schema: '2.0',
    header: {
      event_id: messageId,
      event_type: 'im.message.receive_v1',
      create_time: String(Date.now()),
      token: app.verificationToken,
      app_id: app.appId,
      tenant_key: tenantKey,
    },
    event: {
      sender: { sender_id: { open_id: openId }, sender_type: 'user', tenant_key: tenantKey },
      message: { message_id: messageId, chat_id: chatId, chat_type: 'p2p', message_type: 'text', content },
    },
  });
  const forged = Object.entries(headers).map(([key, value]) => [
    key,
    /signature/i.test(key) ? '0'.repeat(64) : value,
  ]);
  await sandbox.request({ body, headers: Object.fromEntries(forged) });
};

/** All tickets get a new tag; each card that was clicked must show it after one more click. */
async function refreshAll({ sandbox, clicked }: Talk): Promise<void> {
  const tag = 'the-last-state';
  for (const ticket of sandbox.world.tickets.values()) ticket.wire.tags = [{ id: '9', name: tag }];
  const shown = (messageId: string): unknown => sandbox.world.messages.get(messageId)?.card;
  for (const messageId of clicked.keys()) {
    const ticket = ticketOn(shown(messageId));
    if (ticket === undefined) continue;
    const value = { action: 'ticket.refresh', ticket };
    // Somebody who has clicked on nothing before, so that it is no slip of the finger.
    await sandbox.click({ person: 'Maya Patel', messageId, value });
    const isCurrent = (): true | undefined =>
      JSON.stringify(shown(messageId)).includes(tag) ? true : undefined;
    const current = await sandbox.waitFor(isCurrent, 30_000).catch(() => false);
    clicked.set(messageId, current);
  }
}
