/** How the tables of callbacks click. */

import { expect } from 'vitest';
import { mainTicketId } from '../sandbox/seed.ts';
import { agent, type Stage, support } from './stage.ts';

export const refresh = (ticket: string = mainTicketId) => ({ action: 'ticket.refresh', ticket });

/** A card of the bot, in the support group unless said otherwise. */
export async function cardOf({ ask }: Stage, ticket: string = mainTicketId, chat = support): Promise<string> {
  return (await ask({ chat, person: agent, text: `/ticket ${ticket}` })).messageId;
}

/** The payload of a click, as Feishu sends it. */
export function clickOn(stage: Stage, messageId: string, changes: Record<string, unknown> = {}): unknown {
  const { world, app } = stage.sandbox;
  const { openId, tenantKey } = world.person(agent);
  return {
    schema: '2.0',
    header: {
      event_id: `click-${messageId}-${Math.random()}`,
      event_type: 'card.action.trigger',
      create_time: `${Date.now()}000`,
      token: app.verificationToken,
      app_id: app.appId,
      tenant_key: app.tenantKey,
    },
    event: {
      operator: { tenant_key: tenantKey, open_id: openId },
      token: 'c-x',
      action: { value: refresh(), tag: 'button' },
      context: { open_message_id: messageId, open_chat_id: world.chat(support).chatId },
      ...changes,
    },
  };
}

export async function shootClick(stage: Stage, payload: unknown, path = '/webhook/card') {
  const answer = await stage.shoot({ ...stage.kit().seal(payload), path });
  return { status: answer.status, toast: JSON.parse(answer.body).toast };
}

/** Clicks that are answered with a toast of this type, and have no other effect. */
export async function expectNoEffect(stage: Stage, payloads: readonly unknown[], types: readonly string[]) {
  const calls = await stage.callsOf(async () => {
    for (const payload of payloads) {
      const { status, toast } = await shootClick(stage, payload);
      expect(status).toBe(200);
      expect(types).toContain(toast.type);
    }
    await stage.settle();
  });
  // Pictures of an earlier card may still come in.
  const own = ['messagePatch', 'ticketImage', 'imageUpload'];
  expect(calls.filter((call) => !own.includes(call))).toEqual(['messageReply']);
}

export const updatesOf = ({ sandbox }: Stage, messageId: string): number =>
  sandbox.ledger.callsTo('messagePatch').filter(({ params }) => params['messageId'] === messageId).length;
