/**
 * From a step of an escalation to what is sent: the card and its copies, one line in the thread for each thing that happened, and the
 * calls. All of it can be asked for again after a crash: messages have keys, and of the calls the machine knows which were begun.
 */

import { escalationCard } from '../cards/escalationCard.ts';
import { lineOf } from '../cards/escalationWords.ts';
import { lineCard } from '../cards/lineCard.ts';
import type { Background } from '../command.ts';
import type { Card, Destination, Outgoing, SendEnd } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import { type Call, type Entry, type Escalation, isOpen } from '../escalationState.ts';
import { allPictures, faceOf } from './ticketFaces.ts';

/** What the work looks at: the same when somebody asked and when nobody did. */
export type Surroundings = Pick<
  Background,
  'escalations' | 'knownTickets' | 'tickets' | 'images' | 'timers' | 'nowMs' | 'viewIn'
>;
type News = Parameters<Background['escalations']['tell']>[1];

/** What could not be shown is tried again after so long. */
const againAfterMs = 60_000;

/** Lets something happen. @returns what is to be sent because of it */
export async function proceed(
  { ticket, number }: { readonly ticket: string; readonly number: number },
  news: News,
  around: Surroundings,
): Promise<readonly Outgoing[]> {
  const stepped = await around.escalations.tell({ ticket, number }, news);
  if (stepped === undefined) return [];
  const { state, effects } = stepped;
  // Its outcome comes soon, and is shown then.
  const calls = effects.flatMap((effect) => (effect.kind === 'call' ? [effect.call] : []));
  if (calls.length > 0) return Promise.all(calls.map((call) => makeCall(state, call, around)));
  if (effects.some(({ kind }) => kind === 'post')) return [await postFirst(state, around)];
  return refresh(state, around);
}

const keyOf = ({ ticket, number }: Escalation): string => `escalation/${ticket}/${number}`;

// ---------------------------------------------------------------- calls

async function makeCall(state: Escalation, call: Call, around: Surroundings): Promise<Outgoing> {
  const { n, to, means, via } = call;
  const ring = (messageId: string): Outgoing => ({
    kind: 'call',
    messageId,
    means,
    person: to,
    async isWanted() {
      const now = await around.escalations.get(state);
      return now?.status === 'calling' && now.waitingFor === n;
    },
    ended: (outcome) => proceed(state, { kind: 'ended', call: n, outcome }, around),
  });
  const about = via === 'group' ? state.place.cardId : state.copies[to];
  if (about !== undefined) return ring(about);
  const destination: Destination = { chatId: to, chatType: 'p2p', replyTo: undefined, inThread: false };
  return {
    kind: 'post',
    key: `${keyOf(state)}/copy/${to}`,
    to: destination,
    card: await draw(state, destination, around),
    tickets: [state.ticket],
    async ended(end) {
      if (!end.ok) {
        const why = end.forGood ? 'person' : 'outage';
        return proceed(state, { kind: 'ended', call: n, outcome: { kind: 'refused', why } }, around);
      }
      await around.escalations.tell(state, { kind: 'copied', to, cardId: end.messageId });
      return [ring(end.messageId)];
    },
  };
}

// ---------------------------------------------------------------- the card

/** The card, in the thread of the ticket's card; where the chat has none, that one comes first. */
async function postFirst(state: Escalation, around: Surroundings): Promise<Outgoing> {
  const { chatId, chatType, rootId } = state.place;
  const post = async (replyTo: string | undefined): Promise<Outgoing> => {
    const to = { chatId, chatType, replyTo, inThread: replyTo !== undefined };
    return {
      kind: 'post',
      key: `${keyOf(state)}/card`,
      to,
      card: await draw(state, to, around),
      tickets: [state.ticket],
      ended: (end) =>
        end.ok
          ? posted(state, end.messageId, around)
          : proceed(state, { kind: 'unposted', forGood: end.forGood }, around),
    };
  };
  if (rootId !== undefined) return post(rootId);
  const root = await ticketPost(state, around);
  if (root === undefined) return post(undefined);
  return {
    ...root,
    async ended(end: SendEnd) {
      if (end.ok) await picturesLater(state, end.messageId, around);
      return [await post(end.ok ? end.messageId : undefined)];
    },
  };
}

/** The card shows the state already. */
async function posted(
  state: Escalation,
  cardId: string,
  { escalations }: Surroundings,
): Promise<readonly Outgoing[]> {
  const stepped = await escalations.tell(state, { kind: 'posted', cardId });
  const shownSeq = stepped?.state.seq ?? state.seq;
  await escalations.tell(state, { kind: 'told', upTo: 0, shownSeq });
  return [];
}

/** The ticket's own card, as `/ticket` shows it. @returns undefined when the helpdesk does not answer: help comes first */
async function ticketPost(
  state: Escalation,
  around: Surroundings,
): Promise<Extract<Outgoing, { readonly kind: 'post' }> | undefined> {
  const { ticket, place } = state;
  const { chatId, chatType } = place;
  try {
    const face = faceOf({ ...(await around.tickets.get(ticket)), readAtMs: around.nowMs }, 'ticket');
    const pictures = await around.images.known(face.sources);
    return {
      kind: 'post',
      key: `${keyOf(state)}/ticket`,
      to: { chatId, chatType, replyTo: undefined, inThread: false },
      card: face.draw(pictures, around.viewIn({ chatId, chatType })),
      tickets: [ticket],
      shown: face.shown,
    };
  } catch (error) {
    if (error instanceof FeishuError) return undefined;
    throw error;
  }
}

/** Nobody waits for pictures with a call. */
async function picturesLater(
  { ticket, number, place: { chatId, chatType } }: Escalation,
  messageId: string,
  { timers, nowMs }: Surroundings,
): Promise<void> {
  const value = { ticket, messageId, chatId, chatType };
  const key = `${ticket}/${number}`;
  await timers.set({ name: 'escalate.pictures', key, generation: 1, atMs: nowMs, value });
}

/** The ticket's card with its pictures. */
export async function withPictures(
  {
    ticket,
    messageId,
    ...chat
  }: { readonly ticket: string; readonly messageId: string } & Pick<Destination, 'chatId' | 'chatType'>,
  around: Surroundings,
): Promise<readonly Outgoing[]> {
  const face = faceOf({ ...(await around.tickets.get(ticket, 'card')), readAtMs: around.nowMs }, 'ticket');
  if (face.sources.length === 0) return [];
  const card = face.draw(await allPictures(face.sources, around), around.viewIn(chat));
  return [{ kind: 'update', messageId, card, shown: face.shown }];
}

/** As it is seen in this chat. */
export async function draw(
  state: Escalation,
  { chatId, chatType }: Pick<Destination, 'chatId' | 'chatType'>,
  { knownTickets, viewIn }: Pick<Surroundings, 'knownTickets' | 'viewIn'>,
): Promise<Card> {
  const [known] = await knownTickets.get([state.ticket]);
  const isCopy = chatType === 'p2p' && chatId !== state.place.chatId;
  return escalationCard({ state, ticket: known?.ticket, isCopy }, viewIn({ chatId, chatType }));
}

// ---------------------------------------------------------------- what people see

/** What the answer to somebody has shown already. */
export interface Shown {
  /** The generation that it was made of. */
  readonly seq: number;
  /** The message of a card that shows it. */
  readonly cardId?: string | undefined;
  /** The number of the entry that was said in the thread. */
  readonly entry?: number | undefined;
}

/**
 * Brings the cards up to date and tells the thread what happened, one after the other. Looks again at the end: what has changed meanwhile
 * is shown then, so that the last to write always writes the latest.
 */
export async function refresh(
  state: Escalation,
  around: Surroundings,
  shown?: Shown,
): Promise<readonly Outgoing[]> {
  const upTo = state.story.at(-1)?.n ?? 0;
  if (state.shownSeq >= state.seq && state.toldUpTo >= upTo) return [];
  const cards =
    state.shownSeq >= state.seq
      ? []
      : await cardUpdates(state, around, shown?.seq === state.seq ? shown.cardId : undefined);
  const lines = unsaid(state, shown?.entry).map((entry) => sayLine(state, entry, around));
  return inOrder([...cards, ...lines], async (isWhole) => {
    if (!isWhole) {
      await tryAgain(state, around);
      return [];
    }
    const news = { kind: 'told', upTo, shownSeq: state.seq } as const;
    const latest = (await around.escalations.tell(state, news))?.state;
    return latest === undefined || latest.seq === state.seq ? [] : refresh(latest, around);
  });
}

type Step = Extract<Outgoing, { readonly kind: 'post' | 'update' }>;

async function cardUpdates(
  state: Escalation,
  around: Surroundings,
  except: string | undefined,
): Promise<readonly Step[]> {
  const { place, copies } = state;
  const { chatId, chatType, cardId } = place;
  const targets = [
    ...(cardId === undefined ? [] : [{ messageId: cardId, chatId, chatType }]),
    ...Object.entries(copies).map(
      ([openId, messageId]) => ({ messageId, chatId: openId, chatType: 'p2p' }) as const,
    ),
  ].filter(({ messageId }) => messageId !== except);
  return Promise.all(
    targets.map(async ({ messageId, ...chat }): Promise<Step> => {
      return { kind: 'update', messageId, card: await draw(state, chat, around) };
    }),
  );
}

function sayLine(state: Escalation, entry: Entry, { viewIn }: Surroundings): Step {
  const { chatId, chatType, cardId } = state.place;
  const view = viewIn({ chatId, chatType });
  return {
    kind: 'post',
    key: `${keyOf(state)}/line/${entry.n}`,
    once: true,
    to: { chatId, chatType, replyTo: cardId, inThread: cardId !== undefined },
    card: lineCard(lineOf(entry, state, 'calling', view), lineOf(entry, state, 'plain', view)),
    // The thread is known to be about the ticket; many lines must not stand before the ticket's own cards.
    tickets: [],
  };
}

/** What the thread is told: not what was only read, nothing that would call somebody once it is taken, and no refusal twice. */
function unsaid(state: Escalation, saidEntry: number | undefined): readonly Entry[] {
  if (state.place.cardId === undefined) return [];
  return state.story.filter(
    (entry, index) =>
      entry.n > state.toldUpTo && entry.n !== saidEntry && isSaid(entry, state, state.story[index - 1]),
  );
}

function isSaid(entry: Entry, state: Escalation, before: Entry | undefined): boolean {
  switch (entry.what) {
    case 'read':
    case 'awake':
    case 'lost':
      return false;
    case 'called':
    case 'vain':
    case 'uncertain':
      return isOpen(state);
    case 'refused':
      return isOpen(state) && entry.why !== 'needless' && !isSame(entry, before);
    case 'taken':
    case 'handed':
    case 'snoozed':
    case 'resolved':
    case 'stopped':
    case 'closed':
      return true;
  }
}

function isSame(entry: Extract<Entry, { readonly what: 'refused' }>, before: Entry | undefined): boolean {
  if (before?.what !== 'refused') return false;
  return before.to === entry.to && before.means === entry.means && before.why === entry.why;
}

/** One after the other; `last` hears whether all of it was sent, or can never be. */
async function inOrder(
  steps: readonly Step[],
  last: (isWhole: boolean) => Promise<readonly Outgoing[]>,
  isWhole = true,
): Promise<readonly Outgoing[]> {
  const [first, ...rest] = steps;
  if (first === undefined) return last(isWhole);
  const ended = (end: SendEnd): Promise<readonly Outgoing[]> =>
    inOrder(rest, last, isWhole && (end.ok || end.forGood));
  return [{ ...first, ended }];
}

async function tryAgain(state: Escalation, { timers, nowMs }: Surroundings): Promise<void> {
  const timer = showTimer(state, nowMs + againAfterMs);
  await timers.set({ ...timer, key: `${timer.key}/again`, generation: Math.floor(nowMs) });
}

/** Shows a state at a moment. @param shown what has been shown already */
export function showTimer(
  { ticket, number, seq }: Escalation,
  atMs: number,
  shown: Omit<Shown, 'seq'> = {},
): Parameters<Background['timers']['set']>[0] {
  const key = `${ticket}/${number}`;
  const value = { ticket, number, seq, cardId: shown.cardId ?? null, entry: shown.entry ?? null };
  return { name: 'escalate.show', key, generation: seq, atMs, value };
}
