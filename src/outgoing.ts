/** What nobody asked for just then, sent: posts, updates and calls, and what follows from how each of them ended. */

import type { CallOutcome, Destination, MakeFiles, Outgoing, SendEnd } from './domain.ts';
import { FeishuError } from './errors.ts';
import type { Buzz } from './feishu/buzz.ts';
import type { Posting } from './posting.ts';

export interface OutgoingDeps {
  readonly posting: Posting;
  readonly buzz: Pick<Buzz, 'call'>;
}

/**
 * Sends it and what follows from it. What follows is tried whole, although a part of it fails.
 * @throws FeishuError where nobody hears how it ended
 */
export async function send(deps: OutgoingDeps, outgoing: Outgoing): Promise<void> {
  await sendAll(deps, await sendOne(deps, outgoing));
}

/** One after the other, in their order. @throws the first failure, after the last one was tried */
export async function sendAll(deps: OutgoingDeps, list: readonly Outgoing[]): Promise<void> {
  const failures: unknown[] = [];
  for (const one of list) await send(deps, one).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** @returns what follows */
async function sendOne(deps: OutgoingDeps, outgoing: Outgoing): Promise<readonly Outgoing[]> {
  const { posting, buzz } = deps;
  switch (outgoing.kind) {
    case 'post':
      return heard(outgoing.ended, async () => {
        const messageId = await posting.post(outgoing);
        const { key, to, files } = outgoing;
        const inThread = { ...to, replyTo: messageId, inThread: true };
        if (files !== undefined) await sendFiles(posting, files, { key, to: inThread });
        return { ok: true, messageId };
      });
    case 'update':
      return heard(outgoing.ended, async () => {
        const { messageId, card, shown } = outgoing;
        const updated = await posting.update(messageId, card, shown && { shown, asked: false });
        return updated ? { ok: true, messageId } : { ok: false, forGood: true };
      });
    case 'call': {
      const outcome: CallOutcome = (await outgoing.isWanted())
        ? await buzz.call(outgoing)
        : { kind: 'refused', why: 'needless' };
      return outgoing.ended(outcome);
    }
  }
}

async function heard(
  ended: ((end: SendEnd) => Promise<readonly Outgoing[]>) | undefined,
  work: () => Promise<SendEnd>,
): Promise<readonly Outgoing[]> {
  if (ended === undefined) {
    await work();
    return [];
  }
  return ended(await work().catch(failed));
}

function failed(error: unknown): SendEnd {
  if (!(error instanceof FeishuError)) throw error;
  return { ok: false, forGood: !mayPass(error) };
}

/** Feishu, the network or an administrator may mend it. */
export function mayPass({ kind }: FeishuError): boolean {
  return ['passing', 'rate', 'in_flight', 'token', 'setup', 'scope', 'quota'].includes(kind);
}

/** In the thread of their card. */
export async function sendFiles(
  posting: Posting,
  files: MakeFiles,
  { key, to }: { readonly key: string; readonly to: Destination },
): Promise<void> {
  for (const [index, file] of (await files()).entries())
    await posting.postFile({ key: `${key}/file/${index}`, to, file });
}
