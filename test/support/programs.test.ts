import { describe, expect, it } from 'vitest';
import { program, reportMissing } from './programs.ts';

describe('programs that tests need', () => {
  it('are looked for on PATH', () => {
    expect(program('node')).toMatch(/\/node$/);
    expect(program('no-such-program')).toBeUndefined();
  });

  it('are named when they are missing: skipped here, a failure in CI', () => {
    const message = 'chromium is not installed on this machine (apt-get install chromium fonts-noto-cjk)';
    const skipped: string[] = [];
    reportMissing('chromium', undefined, (text) => skipped.push(text));
    expect(skipped).toEqual([message]);
    expect(() => reportMissing('chromium', 'true', (text) => skipped.push(text))).toThrow(message);
    expect(skipped).toEqual([message]);
  });
});
