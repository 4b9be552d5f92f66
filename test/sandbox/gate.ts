import type { IncomingHttpHeaders } from 'node:http';
import { helpdeskRefusal, Refusal } from './api/answers.ts';
import type { Route } from './routes.ts';
import type { Windows } from './windows.ts';
import type { World } from './world.ts';

/**
 * What the platform checks before an endpoint sees the call: token, helpdesk credentials, permission, rate.
 * https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code
 */
export function checkGate(
  route: Route,
  headers: IncomingHttpHeaders,
  world: World,
  windows: Windows,
  helpdeskAuth: string,
): void {
  if (route.rule.open !== true) checkToken(headers.authorization, world);
  if (route.rule.helpdesk === true && headers['x-lark-helpdesk-authorization'] !== helpdeskAuth) {
    throw helpdeskRefusal.unauthorized();
  }
  checkScopes(route.rule.scopes, world);
  checkRate(route, windows);
}

function checkToken(header: string | undefined, world: World): void {
  if (header === undefined || header === '') {
    throw new Refusal(
      400,
      99991661,
      'Missing access token for authorization. Please make a request with token attached.',
    );
  }
  const value = /^Bearer (\S+)$/.exec(header)?.[1] ?? '';
  if (!/^[tu]-/.test(value)) throw new Refusal(400, 99991671, 'Invalid access token for authorization.');
  const token = world.tokens.find((one) => one.value === value);
  if (token === undefined || token.revoked || token.expiresAtMs <= world.now()) {
    throw new Refusal(
      400,
      99991663,
      'Invalid access token for authorization. Please make a request with token attached.',
    );
  }
}

/** One of the permissions is enough; without any, the answer names them all. */
function checkScopes(scopes: readonly string[], world: World): void {
  if (scopes.length === 0 || scopes.some((scope) => world.scopes.has(scope))) return;
  throw new Refusal(
    400,
    99991672,
    `Access denied. One of the following scopes is required: [${scopes.join(', ')}].`,
    { permission_violations: scopes.map((subject) => ({ type: 'action_scope_required', subject })) },
  );
}

/** https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control */
function checkRate({ name, rule }: Route, windows: Windows): void {
  const place = windows.take(name, rule.windows);
  if (!place.ok) throw tooManyCalls(place.window.max, Math.max(1, Math.ceil(place.waitMs / 1_000)));
}

export const tooManyCalls = (limit: number, resetSec: number): Refusal =>
  new Refusal(
    429,
    99991400,
    'request trigger frequency limit',
    {},
    {
      'x-ogw-ratelimit-limit': String(limit),
      'x-ogw-ratelimit-reset': String(resetSec),
    },
  );
