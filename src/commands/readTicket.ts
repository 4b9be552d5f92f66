/** A ticket for a command about one: what does not exist and what is not ours to see are told in the same words. */

import type { Context } from '../command.ts';
import { FeishuError, UserError } from '../errors.ts';
import { say, text } from '../text.ts';

type Found = Awaited<ReturnType<Context['tickets']['get']>>;

/** @throws UserError when there is none, FeishuError when it cannot be read */
export async function readTicket(id: string, { tickets }: Pick<Context, 'tickets'>): Promise<Found> {
  try {
    return await tickets.get(id);
  } catch (error) {
    const isHidden =
      error instanceof FeishuError && ['not_found', 'forbidden', 'deleted'].includes(error.kind);
    if (!isHidden) throw error;
    throw new UserError(text.labelled({ label: text.ticket({ id }), value: text.notFound }), checkNumber);
  }
}

const checkNumber = say(
  '请检查编号，它必须属于本服务台。',
  'Please check the number: it must belong to this helpdesk.',
  '番号を確認してください。このヘルプデスクのものである必要があります。',
);
