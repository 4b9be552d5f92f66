/**
 * What is masked where personal data may not be seen: one row for each kind. `mask` in `untrusted.ts` is the only reader.
 *
 * Rules look at the text as NFKC reads it, without unseen characters. They are written so that reading stays linear whatever the text:
 * every repetition is bounded, or begins where it cannot begin twice.
 */

/** Personal data of one kind: how it looks after folding, and what is shown in its place. */
export interface MaskRule {
  readonly pattern: RegExp;
  readonly shown: string;
  /** Looks closer at what the pattern found, such as at a check digit; without it, everything that fits is masked. */
  readonly isReal?: (found: string) => boolean;
}

// ---------------------------------------------------------------- secrets

/** What stands before a secret that somebody wrote down. */
const label =
  '(?:passw(?:or)?d|passcode|passphrase|(?<![a-z])(?:pass|pwd|pin|otp)|secret|token|(?:api|access|private|secret|app)[ _-]{0,2}key|credentials?|密码|口令|密钥|秘钥|验证码|パスワード|暗証番号|合言葉)';
/** Whether something with this name, such as a field of a ticket, is a secret whatever it looks like. */
export function isSecretName(name: string): boolean {
  return new RegExp(label, 'iu').test(name);
}

export const secretShown = '••••••';

/** Printable ASCII without quotes and white space: what a password is made of. */
const secretChar = String.raw`[\x21\x23-\x26\x28-\x7e]`;

const secrets: readonly MaskRule[] = [
  {
    pattern:
      /-----BEGIN[ A-Z]{0,30}PRIVATE KEY-----(?:(?!-----)[\s\S])*(?:-----END[ A-Z]{0,30}PRIVATE KEY-----)?/gu,
    shown: secretShown,
  },
  // The name and password in a link.
  { pattern: /(?<=:\/\/)[^\s/@]{1,200}:[^\s/@]{1,200}(?=@)/gu, shown: secretShown },
  // JSON web tokens, whole or cut off.
  { pattern: /(?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*){0,2}/gu, shown: secretShown },
  {
    pattern: /(?<=(?<!\w)(?:bearer|basic) {1,3})(?=[\w.~+/-]{0,40}\d|[\w.~+/-]{16})[\w.~+/-]{8,}=*/giu,
    shown: secretShown,
  },
  // Access keys of clouds and services, by how they begin.
  {
    pattern:
      /(?<![\w-])(?:(?:AKIA|ASIA)[A-Z\d]{16}|LTAI[A-Za-z\d]{12,30}|AKID[A-Za-z\d]{13,60}|AIza[\w-]{35}|gh[pousr]_[A-Za-z\d]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z\d]{30,}|xox[abeoprs]-[\w-]{10,}|[rsp]k[-_](?:live|test|proj)[-_][\w-]{10,}|sk-[\w-]{20,}|[tu]-[A-Za-z\d][\w.-]{24,})/gu,
    shown: secretShown,
  },
  // In quotes it may have spaces.
  {
    pattern: new RegExp(
      String.raw`(?<=${label}["']?[^\S\n]{0,3}[:=][^\S\n]{0,3}["'])[^"'\n]{1,400}(?=["'])`,
      'giu',
    ),
    shown: secretShown,
  },
  {
    pattern: new RegExp(
      String.raw`(?<=${label}["']?[^\S\n]{0,3}[:=][^\S\n]{0,3}["']?)${secretChar}{1,400}`,
      'giu',
    ),
    shown: secretShown,
  },
  // Without a colon the next word is masked only if it looks like a password: "the password is wrong" stays.
  {
    pattern: new RegExp(
      String.raw`(?<=${label}[^\S\n]{0,3}(?:is|was|是|为|は)[^\S\n]{0,3})(?=${secretChar}{0,40}[\d!@#$%^&*])${secretChar}{4,400}`,
      'giu',
    ),
    shown: secretShown,
  },
];

// ---------------------------------------------------------------- addresses

// The sign itself, and the ways of writing it in links and in markup.
const at = '(?:@|%40|&#0*64;|&#x0*40;|&commat;)';

const emails: readonly MaskRule[] = [
  // In Latin letters, with white space around the sign too. The text right before and after them stays.
  {
    pattern: new RegExp(
      String.raw`[a-z0-9._%+'~-]{1,64}\s{0,2}${at}\s{0,2}(?:(?:[a-z0-9-]{1,63}[.。]){1,12}[a-z][a-z0-9-]{1,62}|\[[^\]\s]{1,64}\])`,
      'giu',
    ),
    shown: '•••@•••',
  },
  // In other letters. Where words are written without spaces this takes neighbouring words too.
  {
    pattern: new RegExp(
      String.raw`[\p{L}\p{N}._%+-]{1,64}${at}(?:[\p{L}\p{N}-]{1,63}\.){1,12}[\p{L}\p{N}-]{2,63}`,
      'giu',
    ),
    shown: '•••@•••',
  },
];

// ---------------------------------------------------------------- numbers

/** What people put between digits: spaces, also as links write them, and dashes of any kind. Never a line break: a column is several. */
const gap = String.raw`(?:[^\S\n]|[\p{Pd}\u2212\u30FC]|%20){0,2}`;
/** Not inside a longer number, and not inside an id, where letters stand between digits. */
const begin = String.raw`(?<!\d|\d[a-z_]{1,3})`;
const end = String.raw`(?!\d|[a-z_]{1,3}\d)`;
const numbers = (body: string): RegExp => new RegExp(`${begin}(?:${body})${end}`, 'giu');
const joined = (found: string): string => found.replaceAll(/%20|[^\dx]/gi, '').toUpperCase();

/** A resident identity card: region, birthday, sequence, check character (GB 11643). */
function isIdentity(found: string): boolean {
  const id = joined(found);
  const [year, month, day] = [id.slice(6, 10), id.slice(10, 12), id.slice(12, 14)].map(Number);
  if (year === undefined || year < 1900 || year > 2100) return false;
  if (month === undefined || month < 1 || month > 12 || day === undefined || day < 1 || day > 31)
    return false;
  let sum = 0;
  for (const [index, character] of [...id.slice(0, 17)].entries())
    sum += Number(character) * (2 ** (17 - index) % 11);
  return id[17] === '10X98765432'[sum % 11];
}

function isLuhn(number: string): boolean {
  let sum = 0;
  for (const [index, character] of [...number].reverse().entries()) {
    const doubled = Number(character) * (index % 2 === 0 ? 1 : 2);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/**
 * How the numbers of bank cards begin, by their length. One number in ten has a right check digit by chance, so what else has these
 * lengths decides: 14 digits are mostly a date and time, 16 a date or microseconds, and 19 an id of Feishu. Those ids are the
 * milliseconds since 1970 shifted by 22 bits, so every ticket of a helpdesk (the first ones are from 2019) begins with 64…92. A card of 19
 * digits is therefore masked when it begins like UnionPay (62) or with anything else that no id begins with.
 */
interface CardLength {
  readonly count: number;
  /** The first digit, so that most numbers are not even looked at, and how it goes on. */
  readonly first: string;
  readonly starts: RegExp;
}

const cardLengths: readonly CardLength[] = [
  { count: 19, first: '[1-69]', starts: /^(?:[1-5]|6[0-3]|9[3-9])/ },
  { count: 18, first: '[69]', starts: /^(?:62|9558)/ },
  { count: 17, first: '6', starts: /^62/ },
  { count: 16, first: '[2-69]', starts: /^(?:[45]|2[2-7]|35|6|9558)/ },
  { count: 15, first: '3', starts: /^3[47]/ },
  { count: 14, first: '3', starts: /^3[068]/ },
];

const cards: readonly MaskRule[] = cardLengths.map(({ count, first, starts }) => ({
  pattern: numbers(String.raw`${first}(?:${gap}\d){${count - 1}}`),
  shown: '•••• •••• •••• ••••',
  isReal: (found) => starts.test(joined(found)) && isLuhn(joined(found)),
}));

const phones: readonly MaskRule[] = [
  // With its country: 8 to 15 digits after a plus that is not part of a sum or of a time zone.
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}\p{N}])\+${gap}[1-9](?:(?:${gap}|[.()（）]{1,2}|${gap}[()]${gap})\d){7,14}${end}`,
      'giu',
    ),
    shown: '•••-••••-••••',
  },
  // A Chinese mobile number. `gap` after the country's number too.
  {
    pattern: numbers(
      String.raw`(?:(?:00${gap})?86${gap})?1${gap}[3-9](?:${gap}\d){9}|1[3-9]\d\.\d{4}\.\d{4}`,
    ),
    shown: '•••-••••-••••',
  },
  // A number with an area code, as in China and Japan: only with the dashes or brackets that tell it from other numbers.
  {
    pattern: numbers(
      String.raw`(?:\(0[1-9]\d{0,3}\)${gap}|0[1-9]\d{0,3}[\p{Pd}\u2212])\d{3,4}(?:[\p{Pd}\u2212 ]?\d{4})`,
    ),
    shown: '•••-••••-••••',
  },
];

/** In the order in which they are applied. A new kind of personal data is a new row. */
export const maskRules: readonly MaskRule[] = [
  ...secrets,
  ...emails,
  {
    pattern: numbers(String.raw`[1-9](?:${gap}\d){16}${gap}[\dx]`),
    shown: '•••••••••••••••••',
    isReal: isIdentity,
  },
  ...cards,
  ...phones,
];
