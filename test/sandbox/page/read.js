/**
 * Safe readers for JSON that came from elsewhere: a wrong type is the fallback, never an exception.
 * @typedef {{ [key: string]: unknown }} Json
 */

/**
 * @param {unknown} value
 * @returns {value is Json}
 */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {unknown} from
 * @param {string} key
 * @returns {unknown}
 */
export const at = (from, key) => (isObject(from) && Object.hasOwn(from, key) ? from[key] : undefined);

/**
 * @param {unknown} from
 * @param {string} key
 * @param {string} [fallback]
 * @returns {string}
 */
export function string(from, key, fallback = '') {
  const value = at(from, key);
  return typeof value === 'string' ? value : fallback;
}

/**
 * @param {unknown} from
 * @param {string} key
 * @param {number} [fallback]
 * @returns {number}
 */
export function number(from, key, fallback = 0) {
  const value = at(from, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

/**
 * @param {unknown} from
 * @param {string} key
 * @param {boolean} [fallback]
 * @returns {boolean}
 */
export function flag(from, key, fallback = false) {
  const value = at(from, key);
  return typeof value === 'boolean' ? value : fallback;
}

/**
 * @param {unknown} from
 * @param {string} key
 * @returns {unknown[]}
 */
export function list(from, key) {
  const value = at(from, key);
  return Array.isArray(value) ? value : [];
}

/**
 * @param {unknown} from
 * @param {string} key
 * @returns {Json | undefined}
 */
export function object(from, key) {
  const value = at(from, key);
  return isObject(value) ? value : undefined;
}

/**
 * The words of a card's text object for one reader: `i18n_content` first, `content` when it lacks the language.
 * @param {unknown} text
 * @param {string} lang `zh_cn`, `en_us`, `ja_jp`
 * @returns {string}
 */
export function words(text, lang) {
  return string(at(text, 'i18n_content'), lang, string(text, 'content'));
}

/**
 * An http(s) address, normalised, or undefined: nothing else may become a link.
 * @param {string} text
 * @returns {string | undefined}
 */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
