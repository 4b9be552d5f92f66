import { describe, expect, it } from 'vitest';
import { localeOf } from './json.ts';
import { wantsColour } from './style.ts';

describe('the language of the terminal', () => {
  it.each([
    [{}, 'en_us'],
    [{ LANG: 'C.UTF-8' }, 'en_us'],
    [{ LANG: 'de_DE.UTF-8' }, 'en_us'],
    [{ LANG: 'zh_CN.UTF-8' }, 'zh_cn'],
    [{ LANG: 'zh_TW.UTF-8' }, 'zh_cn'],
    [{ LANG: 'ja_JP.UTF-8' }, 'ja_jp'],
    [{ LANG: 'ja_JP.UTF-8', LC_ALL: 'en_GB.UTF-8' }, 'en_us'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN', LC_ALL: '' }, 'zh_cn'],
  ])('%o is %s', (env, locale) => {
    expect(localeOf(env)).toBe(locale);
  });
});

describe('colour', () => {
  it('is for terminals whose reader did not decline it', () => {
    expect(wantsColour(true, {})).toBe(true);
    expect(wantsColour(undefined, {})).toBe(false);
    expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour(true, { TERM: 'dumb' })).toBe(false);
  });
});
