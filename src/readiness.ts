/** What stands in the bot's way, in the words of whoever runs it: for `/readyz` and for the log. */

import type { Clock } from './clock.ts';
import { FeishuError } from './errors.ts';
import { classify } from './feishu/codes.ts';
import { type EndpointName, endpoints } from './feishu/endpoints.ts';
import type { Readiness } from './http.ts';
import { type Store, StoreUnavailable } from './store/store.ts';

export interface ReadinessDeps {
  readonly store: Pick<Store, 'check'>;
  /** The variable that says where the storage is. */
  readonly storage: 'DATA_DIR' | 'REDIS_URL';
  /** @throws FeishuError, after many tries if need be */
  tenantToken(): Promise<unknown>;
  readonly clock: Clock;
}

/** A probe is not kept waiting while a call is tried again and again. */
const patienceMs = 3_500;
const unreachable = 'Feishu cannot be reached; check FEISHU_DOMAIN and the network';

/** Ready means: an event can be stored, and Feishu knows us. Never throws for these two reasons. */
export async function readiness(deps: ReadinessDeps): Promise<Readiness> {
  const { store, storage } = deps;
  try {
    await store.check();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const what =
      storage === 'DATA_DIR' ? 'DATA_DIR cannot be written' : 'Redis cannot be written (REDIS_URL)';
    return { ok: false, reason: `${what}: ${error.message}` };
  }
  return known(deps);
}

async function known({ tenantToken, clock }: ReadinessDeps): Promise<Readiness> {
  const answered = new AbortController();
  const late = clock
    .sleep(patienceMs, answered.signal)
    .then((): Readiness => ({ ok: false, reason: unreachable }));
  const asked = tenantToken().then(
    (): Readiness => ({ ok: true }),
    (error: unknown): Readiness => ({ ok: false, reason: remedyOf(error) }),
  );
  const state = await Promise.race([asked, late]);
  answered.abort();
  return state;
}

/** What to do about a call to Feishu that failed. Holds nothing of what Feishu said but its code. */
export function remedyOf(error: unknown): string {
  if (!(error instanceof FeishuError)) return 'a bug; the log has it';
  const { kind, code, httpStatus, subCode } = error;
  const endpoint = nameOf(error.endpoint);
  const remedy =
    endpoint === undefined ? undefined : classify(endpoint, httpStatus, code, subCode).row?.remedy;
  if (remedy !== undefined) return `Feishu refuses with ${code}: ${remedy}`;
  switch (kind) {
    case 'passing':
      return code === undefined ? unreachable : `Feishu fails with ${code}; try again later`;
    case 'rate':
    case 'in_flight':
      return 'Feishu has had too many calls; it goes on by itself';
    case 'scope':
      return 'the app lacks a permission; npm run doctor names it';
    default:
      return `Feishu refuses with ${code ?? httpStatus ?? kind}; npm run doctor says more`;
  }
}

function nameOf(endpoint: string): EndpointName | undefined {
  const isName = (name: string): name is EndpointName => Object.hasOwn(endpoints, name);
  return isName(endpoint) ? endpoint : undefined;
}
