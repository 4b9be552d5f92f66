import fc from 'fast-check';

/** Text with everything in it that can do harm. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\0',
        '\u202e',
        '\u2066',
        '\u200b',
        '\u200d',
        '\ufe0f',
        '\ud83d',
        '\ude00',
        '\udb40',
        '\udc41',
        '\r',
        '\n',
        '\u0301',
        '👩‍💻',
        '<at',
        '&lt;',
        '&#8238;',
      ),
    ),
  )
  .map((parts) => parts.join(''));

/** What text for people may not hold. */
export const hidden = /(?![\t\n])\p{Cc}|[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;
