import { h, icon } from './dom.js';

const HUES = [
  'blue',
  'turquoise',
  'green',
  'orange',
  'red',
  'carmine',
  'violet',
  'purple',
  'indigo',
  'wathet',
];

/**
 * One or two characters that stand for a name: the last two of a Chinese or Japanese one, else the first letters.
 * @param {string} name
 * @returns {string}
 */
function initials(name) {
  const bare = name.replace(/[（(].*$/, '').trim();
  const han = bare.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  if (han !== null) return han.slice(-2).join('');
  const words = bare.split(/\s+/).filter((word) => word !== '');
  const letters = words.map((word) => [...word][0] ?? '');
  return (words.length > 1 ? `${letters[0]}${letters.at(-1)}` : (letters[0] ?? '?')).toUpperCase();
}

/**
 * @param {string} id decides the colour, so that one person always has the same
 * @param {string} name
 * @param {'tiny' | 'small' | 'normal'} [size]
 * @param {'person' | 'bot' | 'group' | 'topic'} [kind]
 * @returns {HTMLSpanElement}
 */
export function avatar(id, name, size = 'normal', kind = 'person') {
  if (kind !== 'person') {
    const mark = {
      bot: /** @type {const} */ ('bot'),
      group: /** @type {const} */ ('group'),
      topic: /** @type {const} */ ('thread'),
    };
    const color = kind === 'bot' ? 'bot' : `c-${kind === 'topic' ? 'turquoise' : 'blue'}`;
    return h('span', { class: `avatar ${size} ${color} ${kind}`, 'aria-hidden': 'true' }, icon(mark[kind]));
  }
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  const hue = HUES[sum % HUES.length] ?? 'blue';
  return h(
    'span',
    { class: `avatar ${size} c-${hue}`, 'aria-hidden': 'true' },
    size === 'tiny' ? [...initials(name)].slice(-1).join('') : initials(name),
  );
}
