/** The recorded events of `test/fixtures/events`, and small changes to them. */

import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { sampleKeys, sampleTenant } from './seal.ts';

const folder = new URL('../fixtures/events/', import.meta.url);
const fixture = z.object({ source: z.url(), payload: z.record(z.string(), z.unknown()) });

export const fixtureNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

/** The payload of a fixture, a new copy each time. */
export const payloadOf = (name: string): Record<string, unknown> =>
  fixture.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))).payload;

export interface MessageOptions {
  readonly eventId?: unknown;
  readonly messageId?: string;
  readonly text?: string;
  readonly header?: Record<string, unknown>;
  readonly event?: Record<string, unknown>;
  readonly message?: Record<string, unknown>;
}

/** A text message in a group, with whatever the test changes. */
export function messagePayload(options: MessageOptions = {}): Record<string, unknown> {
  const { eventId = 'event-1', messageId = 'om_1', text = '/ticket 1' } = options;
  return {
    schema: '2.0',
    header: {
      event_id: eventId,
      event_type: 'im.message.receive_v1',
      create_time: '1767603600000',
      token: sampleKeys.verificationToken,
      app_id: sampleKeys.appId,
      tenant_key: sampleTenant,
      ...options.header,
    },
    event: {
      sender: { sender_id: { open_id: 'ou_asker' }, sender_type: 'user', tenant_key: sampleTenant },
      message: {
        message_id: messageId,
        create_time: '1767603600000',
        chat_id: 'oc_1',
        chat_type: 'group',
        message_type: 'text',
        content: JSON.stringify({ text }),
        ...options.message,
      },
      ...options.event,
    },
  };
}
