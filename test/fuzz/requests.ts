/** Requests: events and callbacks, signed and not, with changes at every layer. */

import type { SandboxApp } from '../sandbox/core.ts';
import { fixtureNames } from '../support/events.ts';
import { type Headers, unsigned } from '../support/seal.ts';
import type { Shot } from '../support/webhookServer.ts';
import { type Kit, kitFor } from '../transport/hostile/row.ts';
import { mutateBytes, mutateJson, oddString } from './mutate.ts';
import type { Random } from './random.ts';

export interface FuzzedShot extends Shot {
  readonly layer: string;
}

/** `count` makes the ids of the good message the input's own. */
export type MakeShot = (random: Random, count: number) => FuzzedShot;

export function requestMaker(app: SandboxApp, agentId: string, chatId: string): MakeShot {
  return (random, count) => {
    const sender = { sender_id: { open_id: agentId }, sender_type: 'user', tenant_key: app.tenantKey };
    const kit = kitFor({
      keys: app,
      tenantKey: app.tenantKey,
      nowMs: Date.now(),
      // Talk that is answered by nobody: answers would wait for their turn at Feishu for hours.
      message: {
        eventId: `fuzz-${count}`,
        messageId: `om_fuzz${count}`,
        text: 'good morning',
        event: { sender },
        message: { chat_id: chatId },
      },
    });
    const layer = random.pick(layers);
    const path = random.chance(0.3) ? '/webhook/card' : '/webhook/event';
    return { path, ...layer.make(kit, random), layer: layer.name };
  };
}

interface Layer {
  readonly name: string;
  make(kit: Kit, random: Random): Shot;
}

function payload(kit: Kit, random: Random): unknown {
  return random.chance(0.5) ? kit.good : kit.fixture(random.pick(fixtureNames) ?? 'card.action.trigger');
}

const layers: readonly [Layer, ...Layer[]] = [
  { name: 'payload', make: (kit, random) => kit.seal(mutateJson(payload(kit, random), random)) },
  {
    // Only what is below the envelope, so that the readers of each type get something to read.
    name: 'event',
    make(kit, random) {
      const whole = Object(payload(kit, random));
      return kit.seal({ ...whole, event: mutateJson(whole.event ?? {}, random) });
    },
  },
  {
    name: 'click',
    make(kit, random) {
      const whole = Object(kit.fixture('card.action.trigger'));
      const action = mutateJson({ value: { action: 'ticket.refresh', ticket: '1' }, tag: 'button' }, random);
      const header = { ...whole.header, event_id: `click-${random.below(2 ** 31)}` };
      return kit.seal({ ...whole, header, event: { ...whole.event, action } });
    },
  },
  {
    name: 'plaintext JSON, signed',
    make: (kit, random) =>
      kit.signed(JSON.stringify(mutateJson({ encrypt: 'x', b: payload(kit, random) }, random))),
  },
  {
    name: 'text under encryption',
    make: (kit, random) => kit.seal(JSON.stringify(payload(kit, random)) + oddString(random)),
  },
  {
    name: 'bytes under encryption',
    make: (kit, random) =>
      kit.signed(kit.encrypted(mutateBytes(Buffer.from(JSON.stringify(kit.good)), random))),
  },
  { name: 'body, signed', make: (kit, random) => kit.signed(mutateBytes(Buffer.from(kit.goodBody), random)) },
  {
    name: 'body, not signed',
    make: (kit, random) => unsigned(mutateBytes(Buffer.from(kit.goodBody), random)),
  },
  { name: 'bytes', make: (_kit, random) => unsigned(random.bytes(random.below(400))) },
  {
    name: 'headers',
    make: (kit, random) => ({ body: kit.sealed.body, headers: mutateHeaders(kit.sealed.headers, random) }),
  },
];

/** Only what an HTTP client can send; what it cannot is tried on bare sockets. */
function mutateHeaders(headers: Headers, random: Random): Headers {
  const names = Object.keys(headers);
  const name = random.pick(names) ?? 'content-type';
  const value = String(headers[name]);
  const sendable = (text: string): string => text.replaceAll(/[^\t\x20-\x7e]/g, '?').slice(0, 10_000);
  switch (random.below(4)) {
    case 0: {
      const { [name]: _dropped, ...rest } = headers;
      return rest;
    }
    case 1:
      return { ...headers, [name]: [value, value] };
    case 2:
      return { ...headers, [name]: sendable(oddString(random)) };
    default:
      return { ...headers, [name]: sendable(mutateBytes(Buffer.from(value), random).toString('latin1')) };
  }
}
