import type { CardContext, CardProblem, Check, Json, Walk } from './cardChecks.ts';
import {
  anything,
  bool,
  codes,
  fail,
  isObject,
  language,
  list,
  malformed,
  object,
  oneOf,
  perLanguage,
  shape,
  string,
} from './cardChecks.ts';
import { bodyLayout, checkComponent, header } from './cardComponents.ts';
import { checkPlace, checkRows } from './cardTables.ts';
import { mentionsIn, personId, urls } from './cardText.ts';
import { sizes } from './rules.ts';

export type { CardContext, CardProblem } from './cardChecks.ts';

/**
 * The check of a card in JSON 2.0, as strict as its pages: an unknown property is an error.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-structure
 */

const containers = ['column_set', 'collapsible_panel', 'interactive_container', 'form'];
const interactive = [
  'button',
  'input',
  'select_static',
  'multi_select_static',
  'select_person',
  'multi_select_person',
  'date_picker',
  'picker_time',
  'picker_datetime',
  'checker',
  'select_img',
];
const maxElementCount = 200;
const maxNestingCount = 5;

const config = shape({
  update_multi: sharedOnly,
  enable_forward: bool,
  enable_forward_interaction: bool,
  width_mode: oneOf('default', 'compact', 'fill'),
  streaming_mode: bool,
  streaming_config: object,
  summary: shape({ content: string, i18n_content: perLanguage(string) }),
  locales: list(language),
  use_custom_translation: bool,
  style: shape({ text_size: object, color: object }),
});

function sharedOnly(value: unknown, path: string, walk: Walk): void {
  if (value !== true) fail(walk, codes.notShared, path, 'update_multi must be true');
}

const root = shape({
  schema: oneOf('2.0'),
  config,
  card_link: urls,
  header,
  body: shape({ ...bodyLayout, elements: anything }),
});

/** Everything is known: for cards that are checked without a world. */
const permissive: CardContext = {
  imageExists: () => true,
  personExists: () => true,
  emailExists: () => true,
  atAllAllowed: true,
};

/** What Feishu would refuse in this card; empty when it would show it. `{}` is a card too. */
export function checkCard(card: unknown, context: CardContext = permissive): CardProblem[] {
  const walk: Walk = {
    context,
    problems: [],
    elementIds: new Set(),
    names: new Set(),
    inside: [],
    counts: new Map(),
  };
  if (!isObject(card)) malformed(walk, 'ROOT', 'a card must be an object');
  else if (Object.keys(card).length > 0) checkRoot(card, walk);
  return walk.problems;
}

function checkRoot(card: Json, walk: Walk): void {
  if (Buffer.byteLength(JSON.stringify(card)) > sizes.cardBytes)
    fail(walk, codes.tooLong, 'ROOT', 'card over 30 KB');
  if (card['schema'] !== '2.0') malformed(walk, 'ROOT', 'schema must be "2.0"');
  root(card, 'ROOT', walk);
  const count = countElements(card);
  if (count > maxElementCount)
    fail(walk, codes.overLimit, 'ROOT', `element exceeds the limit; ErrorValue: ${count}`);
  const body = card['body'];
  if (isObject(body) && body['elements'] !== undefined)
    elements(body['elements'], 'ROOT -> body -> elements', walk);
}

/** Objects with a tag, texts and icons included; data that the card only carries does not count. */
export function countElements(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + countElements(one), 0);
  if (!isObject(value)) return 0;
  let count = typeof value['tag'] === 'string' ? 1 : 0;
  for (const [key, one] of Object.entries(value)) {
    if (!['value', 'chart_spec', 'rows'].includes(key)) count += countElements(one);
  }
  return count;
}

const elements: Check = (value, path, walk) => {
  list((one, where) => element(one, where, walk))(value, path, walk);
};

function element(value: unknown, path: string, walk: Walk): void {
  const tag = checkComponent(value, path, walk);
  if (tag === undefined || !isObject(value)) return;
  if (tag === 'column') malformed(walk, path, 'column is only supported in a column_set');
  checkPlace(tag, path, walk);
  if (tag === 'table') checkRows(value, path, walk);
  if (tag === 'person_list' && value['drop_invalid_user_id'] !== true) checkPersons(value, path, walk);
  if (interactive.includes(tag)) checkName(value, path, walk);
  if (containers.includes(tag)) container(tag, value, path, walk);
}

function checkPersons(value: Json, path: string, walk: Walk): void {
  const persons = Array.isArray(value['persons']) ? value['persons'] : [];
  for (const one of persons) if (isObject(one)) personId(one['id'], `${path} -> persons`, walk);
}

/** Inside a form every control needs a name of its own. */
function checkName(value: Json, path: string, walk: Walk): void {
  const { name } = value;
  if (walk.inside.includes('form') && (typeof name !== 'string' || name === '')) {
    fail(walk, codes.badFormName, path, 'form item name is empty');
  }
  takeName(name, path, walk);
}

function takeName(name: unknown, path: string, walk: Walk): void {
  if (typeof name !== 'string') return;
  if (walk.names.has(name)) fail(walk, codes.badFormName, path, `duplicate name ${name}`);
  walk.names.add(name);
}

function container(tag: string, value: Json, path: string, outer: Walk): void {
  const walk: Walk = { ...outer, inside: [...outer.inside, tag] };
  if (walk.inside.length > maxNestingCount)
    fail(walk, codes.overLimit, path, 'container nesting exceeds the limit');
  if (tag === 'form') checkForm(value, path, outer);
  if (tag === 'column_set') columns(value['columns'], `${path} -> columns`, walk);
  else if (value['elements'] !== undefined) elements(value['elements'], `${path} -> elements`, walk);
}

function columns(value: unknown, path: string, walk: Walk): void {
  list((one, where) => {
    if (checkComponent(one, where, walk) !== 'column') malformed(walk, where, 'columns may only hold column');
    else if (isObject(one) && one['elements'] !== undefined)
      elements(one['elements'], `${where} -> elements`, walk);
  })(value, path, walk);
}

function checkForm(value: Json, path: string, outer: Walk): void {
  if (outer.inside.length > 0) malformed(outer, path, 'form is only supported under the root');
  takeName(value['name'], path, outer);
  if (!hasSubmit(value['elements'])) malformed(outer, path, 'a form needs a submit button');
}

const hasSubmit = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(hasSubmit)
    : isObject(value) &&
      (value['form_action_type'] === 'submit' || hasSubmit(value['elements']) || hasSubmit(value['columns']));

/** Whom a card notifies, in any of its languages: ids, `email:…` or `all`. */
export const cardMentions = (card: unknown): string[] => [
  ...new Set(richTexts(card, false).flatMap(mentionsIn)),
];

/** The strings that are read as markdown: of markdown and lark_md in every language, and the cells of tables. */
function richTexts(value: unknown, rich: boolean): string[] {
  if (typeof value === 'string') return rich ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one) => richTexts(one, rich));
  if (!isObject(value)) return [];
  const { tag } = value;
  const markdown = tag === 'markdown' || tag === 'lark_md' || (rich && tag === undefined);
  return Object.entries(value)
    .filter(([key]) => key !== 'value' && key !== 'chart_spec')
    .flatMap(([key, one]) => richTexts(one, markdown || key === 'rows'));
}

/** The first problem as the answer's `msg` carries it. */
export const problemText = (problem: CardProblem): string =>
  `Failed to create card content, ext=ErrCode: ${problem.code}; ErrPath: ${problem.path}; ErrMsg: ${problem.message}; `;
