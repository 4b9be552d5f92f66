/** Looks at one thing after the other and blames the right one: what fails only because something else has failed is not called broken. */

import type { Clock } from '../../clock.ts';
import type { Finding, Text } from '../../domain.ts';
import { same, say, sentence } from '../../text.ts';

export type Verdict = Pick<Finding, 'state' | 'what' | 'remedy' | 'link'>;

export interface Check {
  readonly check: string;
  readonly name: Text;
  /** Checks without which this one says nothing. */
  readonly needs: readonly string[];
  look(): Promise<Verdict>;
}

/** Whose fault an error is, which need not be that of the thing that was looked at. */
export type Blame = (error: unknown, check: Check) => { readonly check: string; readonly verdict: Verdict };

/** A check without an answer after this long has failed. */
const limitMs = 20_000;

/**
 * @param blame never throws
 * @returns one finding for each check, in their order
 */
export async function examine(
  checks: readonly Check[],
  { clock, blame }: { readonly clock: Clock; readonly blame: Blame },
): Promise<readonly Finding[]> {
  const found = new Map<string, Verdict>();
  /** What was not looked at, and the broken thing that stood in its way. */
  const behind = new Map<string, string>();
  const nameOf = (check: string): Text => checks.find((one) => one.check === check)?.name ?? same(check);

  function skip(check: Check, culprit: string): void {
    const root = behind.get(culprit) ?? culprit;
    behind.set(check.check, root);
    found.set(check.check, { state: 'skip', what: notLooked({ name: nameOf(root) }) });
  }

  async function lookAt(check: Check): Promise<void> {
    try {
      found.set(check.check, await inTime(check, clock));
    } catch (error) {
      const { check: blamed, verdict } = blame(error, check);
      const culprit = checks.some((one) => one.check === blamed) ? blamed : check.check;
      found.set(culprit, verdict);
      if (culprit !== check.check) skip(check, culprit);
    }
  }

  for (const check of checks) {
    const missing = check.needs.find((need) => found.get(need)?.state === 'fail' || behind.has(need));
    // What was blamed by an earlier check has its verdict already.
    if (found.has(check.check)) continue;
    if (missing !== undefined) skip(check, missing);
    else await lookAt(check);
  }
  return checks.map(({ check, name }) => ({ check, name, ...(found.get(check) ?? neverLooked) }));
}

async function inTime(check: Check, clock: Clock): Promise<Verdict> {
  const done = new AbortController();
  const late = clock.sleep(limitMs, done.signal).then(() => slow);
  try {
    return await Promise.race([check.look(), late]);
  } finally {
    done.abort();
  }
}

const notLooked = sentence(
  '未检查：先解决“{name}”',
  'not checked: mend “{name}” first',
  '未確認：先に「{name}」を解決してください',
);
const slow: Verdict = {
  state: 'fail',
  what: say('20 秒内没有结果', 'no result within 20 s', '20 秒以内に結果がありません'),
  remedy: say('过几分钟再试', 'Try again in a few minutes.', '数分後にもう一度お試しください。'),
};
const neverLooked: Verdict = { state: 'skip', what: say('未检查', 'not checked', '未確認') };
