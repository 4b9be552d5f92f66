import { describe, expect, it } from 'vitest';
import { FeishuError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';

function logged(err: unknown): string {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  log.error({ err }, 'something failed');
  return lines.join('');
}

describe('the log', () => {
  it('tells everything of a FeishuError that an operator needs', () => {
    const line = logged(
      new FeishuError({
        kind: 'not_found',
        code: 154004,
        endpoint: 'ticket',
        httpStatus: 404,
        logId: 'log-1',
      }),
    );
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      msg: 'something failed',
      err: { kind: 'not_found', code: 154004, endpoint: 'ticket', httpStatus: 404, logId: 'log-1' },
    });
  });

  it('does not repeat what a foreign error says, because it may hold a request with its credentials', () => {
    const foreign = Object.assign(new Error('canary in the message\n    at canary (canary.ts:1:1)'), {
      code: 'ECONNRESET',
      config: { headers: { Authorization: 'Bearer canary' }, data: '{"app_secret":"canary"}' },
    });
    const line = logged(foreign);
    expect(line).not.toContain('canary');
    expect(JSON.parse(line)).toMatchObject({ err: { name: 'Error', code: 'ECONNRESET' } });
  });

  it('keeps one line for each decision, whatever is thrown', () => {
    expect(logged('a\nstring').trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(logged(42))).toMatchObject({ err: { name: 'number' } });
  });
});
