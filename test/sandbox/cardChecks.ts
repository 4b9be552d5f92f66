/**
 * The small checks of which the card rules are made. A check looks at one value and reports what Feishu would refuse.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-structure
 */

export interface CardProblem {
  /** The sub code after `ErrCode:`; 230025 stands for the whole message being too long. */
  readonly code: number;
  /** As Feishu writes it: `ROOT -> body -> elements -> [0](tag: markdown)`. */
  readonly path: string;
  readonly message: string;
}

/** What a card may point at. */
export interface CardContext {
  readonly imageExists: (imageKey: string) => boolean;
  /** Takes open_id, union_id and user_id. */
  readonly personExists: (id: string) => boolean;
  readonly emailExists: (email: string) => boolean;
  /** Whether the bot may mention everybody in this chat. */
  readonly atAllAllowed: boolean;
}

/** The state of one walk over one card. */
export interface Walk {
  readonly context: CardContext;
  readonly problems: CardProblem[];
  readonly elementIds: Set<string>;
  readonly names: Set<string>;
  /** Tags of the containers around the value, outermost first. */
  readonly inside: readonly string[];
  readonly counts: Map<string, number>;
}

export type Check = (value: unknown, path: string, walk: Walk) => void;

/** Components by tag: the checks of their properties, and which of these are required. */
export type Components = Readonly<
  Record<
    string,
    { readonly properties: Readonly<Record<string, Check>>; readonly required: readonly string[] }
  >
>;

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const codes = {
  badUser: 100290,
  overLimit: 11310,
  atAllForbidden: 11235,
  badJson: 200621,
  badChart: 200550,
  badImage: 200570,
  badFormName: 200530,
  removedTag: 200861,
  badCell: 200914,
  unknownColumn: 200915,
  duplicateId: 300301,
  notShared: 300302,
  tooLong: 230025,
  badCallbackCard: 200673,
} as const;

export function fail(walk: Walk, code: number, path: string, message: string): void {
  walk.problems.push({ code, path, message });
}

/** Wrong kind of value, unknown property and the like. */
export const malformed = (walk: Walk, path: string, message: string): void =>
  fail(walk, codes.badJson, path, message);

const typed =
  (name: string, test: (value: unknown) => boolean): Check =>
  (value, path, walk) => {
    if (!test(value)) malformed(walk, path, `must be ${name}`);
  };

export const anything: Check = () => undefined;
export const string = typed('a string', (value) => typeof value === 'string');
export const filled = typed(
  'a string that is not empty',
  (value) => typeof value === 'string' && value !== '',
);
export const bool = typed('a boolean', (value) => typeof value === 'boolean');
export const object = typed('an object', isObject);
export const objectOrString = typed(
  'an object or a string',
  (value) => isObject(value) || typeof value === 'string',
);

export const int = (min: number, max: number): Check =>
  typed(
    `a whole number from ${min} to ${max}`,
    (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
  );

export const number = (min: number, max: number): Check =>
  typed(
    `a number from ${min} to ${max}`,
    (value) => typeof value === 'number' && value >= min && value <= max,
  );

export const oneOf = (...allowed: readonly (string | number)[]): Check =>
  typed(`one of ${allowed.join(', ')}`, (value) => allowed.some((one) => one === value));

/** One of the words, or pixels such as `120px` within the range. */
export const wordOrPx = (words: readonly string[], minPx: number, maxPx: number): Check =>
  typed(`${[...words, `[${minPx},${maxPx}]px`].join(' / ')}`, (value) => {
    if (typeof value !== 'string') return false;
    return words.includes(value) || isPx(value, minPx, maxPx);
  });

const isPx = (text: string, minPx: number, maxPx: number): boolean => {
  const value = /^(-?\d+(?:\.\d+)?)(?:px)?$/.exec(text)?.[1];
  return value !== undefined && Number(value) >= minPx && Number(value) <= maxPx;
};

/** One to four lengths: `8px`, `4px 0`, `4px 0 4px 0`. */
const lengths = (minPx: number, maxPx: number): Check =>
  typed(`one, two or four lengths of [${minPx},${maxPx}]px`, (value) => {
    if (typeof value !== 'string') return false;
    const parts = value.trim().split(/\s+/);
    return [1, 2, 4].includes(parts.length) && parts.every((part) => isPx(part, minPx, maxPx));
  });

export const spacing = wordOrPx(['small', 'medium', 'large', 'extra_large'], 0, 99);
export const padding = lengths(0, 99);
export const margin = lengths(-99, 99);
export const align = oneOf('left', 'center', 'right');
export const verticalAlign = oneOf('top', 'center', 'bottom');

/** A colour of the card palette (`blue`, `blue-50`, `bg-white`), rgba(), or one named in config.style. */
export const color = typed(
  'a colour',
  (value) =>
    typeof value === 'string' &&
    (value === '' || /^[a-z][a-z0-9-]*$/.test(value) || /^rgba\(.+\)$/.test(value)),
);

/** https://open.feishu.cn/document/feishu-cards/configuring-multi-language-content */
const languages =
  'zh_cn en_us ja_jp zh_hk zh_tw id_id vi_vn th_th pt_br es_es ko_kr de_de fr_fr it_it ru_ru ms_my'.split(
    ' ',
  );

export const language = oneOf(...languages);

/** An object whose keys are languages. */
export const perLanguage =
  (check: Check): Check =>
  (value, path, walk) => {
    if (!isObject(value)) return malformed(walk, path, 'must be an object by language');
    for (const [key, one] of Object.entries(value)) {
      if (!languages.includes(key)) malformed(walk, `${path} -> ${key}`, `unknown language ${key}`);
      else check(one, `${path} -> ${key}`, walk);
    }
  };

export const list =
  (check: Check, maxCount = Number.POSITIVE_INFINITY): Check =>
  (value, path, walk) => {
    if (!Array.isArray(value)) return malformed(walk, path, 'must be an array');
    if (value.length > maxCount) malformed(walk, path, `must hold at most ${maxCount}`);
    for (const [index, one] of value.entries()) check(one, `${path} -> [${index}]${tagNote(one)}`, walk);
  };

const tagNote = (value: unknown): string =>
  isObject(value) && typeof value['tag'] === 'string' ? `(tag: ${value['tag']})` : '';

/** An object with these properties and no others; `required` ones must be there. */
export const shape =
  (properties: Readonly<Record<string, Check>>, ...required: readonly string[]): Check =>
  (value, path, walk) => {
    if (!isObject(value)) return malformed(walk, path, 'must be an object');
    for (const key of required.filter((one) => !Object.hasOwn(value, one))) {
      malformed(walk, path, `property ${key} is required`);
    }
    for (const [key, one] of Object.entries(value))
      (own(properties, key) ?? unknownProperty(key))(one, path, walk);
  };

function own(properties: Readonly<Record<string, Check>>, key: string): Check | undefined {
  const check = Object.hasOwn(properties, key) ? properties[key] : undefined;
  return check && ((value, path, walk) => check(value, `${path} -> ${key}`, walk));
}

const unknownProperty =
  (key: string): Check =>
  (_value, path, walk) =>
    malformed(walk, path, `unknown property, property: ${key}`);
