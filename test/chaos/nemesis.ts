/** What goes wrong on Feishu's side while plugs are pulled on ours. Everything passes by itself. */

import type { FaultRule } from '../sandbox/controlShapes.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Chance } from './random.ts';

const endpoints = [
  '*',
  'ticket',
  'ticketMessages',
  'ticketImage',
  'imageUpload',
  'messageReply',
  'messagePatch',
  'tenantToken',
] as const;

/** Makes one thing fail. @returns what, in a word */
export function disturb(sandbox: Sandbox, { pick, whole, happens }: Chance): string {
  if (happens(0.15)) {
    sandbox.world.revokeTokens();
    return 'dead token';
  }
  const endpoint = pick(endpoints);
  const times = whole(1, 3);
  const fault = pick<Omit<FaultRule, 'endpoint'>>([
    { resetSec: 1 },
    { status: 500 },
    { status: 503 },
    { raw: { status: 502, body: '<html>Bad gateway</html>' } },
    { drop: 'before' },
    { drop: 'after' },
    { drop: 'half' },
    { delayMs: whole(100, 1_500) },
  ]);
  sandbox.fault({ endpoint, times, ...fault });
  return `${endpoint} ${JSON.stringify(fault)} ×${times}`;
}
