/**
 * Character references → characters; an unknown name stays as written.
 * @param {string} text
 * @returns {string}
 */
export function decode(text) {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const valid = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    return valid ? String.fromCodePoint(point) : '\ufffd';
  });
}

/** @type {Record<string, string>} */
const NAMED = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ensp: '\u2002',
  emsp: '\u2003',
};

/**
 * `:NAME:`, a few of Feishu's emoji.
 * @type {Record<string, string>}
 */
export const EMOJI = {
  ok: '👌',
  done: '✅',
  thumbsup: '👍',
  thumbsdown: '👎',
  smile: '🙂',
  heart: '❤️',
  fire: '🔥',
  party: '🎉',
  pray: '🙏',
  clap: '👏',
  alarm: '⏰',
  warning: '⚠️',
};
