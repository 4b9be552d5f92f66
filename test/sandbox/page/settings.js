/** What the page remembers between visits, and what it assumes at the first one. */

/**
 * @param {string} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A page without storage forgets, nothing more.
  }
}

/**
 * @param {string} key
 * @returns {string | null}
 */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @returns {import('./words.js').Lang} */
export function browserLang() {
  const wanted = navigator.language.toLowerCase();
  if (wanted.startsWith('zh')) return 'zh_cn';
  return wanted.startsWith('ja') ? 'ja_jp' : 'en_us';
}
