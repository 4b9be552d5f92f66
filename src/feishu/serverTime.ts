/** What time it is for Feishu, by the `Date` of its answers. */

import type { Clock } from '../clock.ts';
import { createHttp } from './http.ts';

const timeoutMs = 5_000;

/**
 * Asks for nothing and without credentials: what counts is the answer's header.
 * @returns how far this machine's clock is ahead of Feishu's, in milliseconds and to about a second; undefined when Feishu does not
 * tell its time
 * @throws Error with a code of the network, and nothing else, when Feishu cannot be reached
 */
export async function clockSkewMs(baseUrl: string, clock: Clock): Promise<number | undefined> {
  const startMs = clock.nowMs();
  const fromMs = clock.monoMs();
  const date = await dateOf(baseUrl);
  const halfwayMs = startMs + (clock.monoMs() - fromMs) / 2;
  const theirMs = Date.parse(date ?? '');
  // The header is cut to whole seconds.
  return Number.isNaN(theirMs) ? undefined : Math.round(halfwayMs - (theirMs + 500));
}

async function dateOf(baseUrl: string): Promise<string | undefined> {
  try {
    const url = `${baseUrl}/open-apis/bot/v3/info`;
    const watch = { signal: AbortSignal.timeout(timeoutMs) };
    const { headers, data } = await createHttp()({ method: 'GET', url, watch });
    data.destroy();
    return headers.date;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new Error(typeof code === 'string' && /^[A-Z][A-Z\d_]{1,60}$/.test(code) ? code : 'no answer');
  }
}
