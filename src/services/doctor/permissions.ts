/** Which permissions the app has, found out by calls that can change nothing: they name a thing that does not exist, and say nothing. */

import { z } from 'zod';
import { FeishuError } from '../../errors.ts';
import type { FeishuClient } from '../../feishu/client.ts';
import { type Endpoint, type EndpointName, endpoints } from '../../feishu/endpoints.ts';
import { sentence } from '../../text.ts';
import { oneOf } from './blame.ts';
import type { Check } from './examine.ts';

/** Permissions of which any one is enough, and the calls that need it. */
export interface PermissionGroup {
  readonly scopes: readonly string[];
  readonly endpoints: readonly EndpointName[];
}

const names = Object.keys(endpoints).filter((name): name is EndpointName => Object.hasOwn(endpoints, name));
const rowOf = (name: EndpointName): Endpoint => endpoints[name];

/** Every permission that any call of the table needs. */
export function permissionGroups(): readonly PermissionGroup[] {
  const groups = new Map<string, EndpointName[]>();
  for (const name of names) {
    const key = rowOf(name).scopes.join(' ');
    if (key !== '') groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups].map(([key, list]) => ({ scopes: key.split(' '), endpoints: list }));
}

/** By the means with which a ladder calls people. */
const buzzes = { app: 'urgentApp', sms: 'urgentSms', phone: 'urgentPhone' } as const satisfies Record<
  string,
  EndpointName
>;

/** The calls that are never made because the ladder of escalations has no rung for them. */
export function unusedBy(ladder: readonly { readonly means: string }[]): readonly EndpointName[] {
  const used = new Set(ladder.map(({ means }) => means));
  return Object.entries(buzzes).flatMap(([means, endpoint]) => (used.has(means) ? [] : [endpoint]));
}

/** The check that stands for what an endpoint needs; undefined when it needs nothing. */
export function permissionOf(endpoint: string): string | undefined {
  const group = permissionGroups().find((one) => one.endpoints.some((name) => name === endpoint));
  return group === undefined ? undefined : idOf(group);
}

/** The list of permissions that says itself: two groups may begin with the same. */
const idOf = ({ scopes }: PermissionGroup): string => `permission ${scopes.join(' | ')}`;

/**
 * One check for each group of which anything is used. Feishu looks at the permission before it looks at the call, so whatever else it says about a call that
 * makes no sense, the permission is there.
 * https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code (99991672)
 */
export function permissionChecks(
  client: Pick<FeishuClient, 'call'>,
  unused: readonly EndpointName[],
): readonly Check[] {
  const used = permissionGroups().filter((group) => group.endpoints.some((name) => !unused.includes(name)));
  return used.map((group) => ({
    check: idOf(group),
    name: permission({ scopes: oneOf(group.scopes) }),
    needs: ['app'],
    async look() {
      try {
        await client.call(emptyCall(group), z.unknown());
      } catch (error) {
        if (!(error instanceof FeishuError) || saysNothing(error)) throw error;
      }
      return { state: 'pass', what: granted({ count: group.endpoints.length }) };
    },
  }));
}

/** What stops a call before, or besides, its permission. */
function saysNothing({ kind, code }: FeishuError): boolean {
  if (code === undefined || code === 99991400) return true;
  return kind === 'scope' || kind === 'token' || kind === 'setup' || kind === 'quota';
}

function emptyCall({ endpoints: list }: PermissionGroup) {
  // A read if there is one, else a call about a thing that does not exist.
  const reads = list.filter((name) => rowOf(name).method === 'GET' && rowOf(name).answer === 'json');
  const [endpoint] = [...reads, ...list.filter((name) => rowOf(name).path.includes('/:')), ...list];
  if (endpoint === undefined) throw new Error('a group of no calls');
  const row = rowOf(endpoint);
  const path = Object.fromEntries([...row.path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, '0']));
  return { endpoint, path, ...(row.method === 'GET' ? {} : { body: {} }) };
}

const permission = sentence('权限 {scopes}', 'permission {scopes}', '権限 {scopes}');
const granted = sentence(
  '已开通，用于 {count} 个接口',
  'granted; {count} of the bot’s calls need it',
  '付与済み（{count} 件の API で使用）',
);
