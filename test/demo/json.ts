/** Readers for JSON that came over the wire: a wrong type is the fallback, never an exception. */

export type Json = Readonly<Record<string, unknown>>;
export type Locale = 'zh_cn' | 'en_us' | 'ja_jp';

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function at(from: unknown, key: string): unknown {
  return isJson(from) && Object.hasOwn(from, key) ? from[key] : undefined;
}

export function string(from: unknown, key: string, fallback = ''): string {
  const value = at(from, key);
  return typeof value === 'string' ? value : fallback;
}

export function list(from: unknown, key: string): readonly unknown[] {
  const value = at(from, key);
  return Array.isArray(value) ? value : [];
}

/** The words of a card's text object for one reader. */
export function words(text: unknown, locale: Locale): string {
  return string(at(text, 'i18n_content'), locale, string(text, 'content'));
}

/** The locale of a POSIX environment: LC_ALL, then LC_MESSAGES, then LANG; English when none is Chinese or Japanese. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): Locale {
  const wanted = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  if (wanted?.startsWith('zh') === true) return 'zh_cn';
  return wanted?.startsWith('ja') === true ? 'ja_jp' : 'en_us';
}
