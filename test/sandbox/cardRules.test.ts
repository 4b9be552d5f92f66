import { describe, expect, it } from 'vitest';
import { goodCard } from './caller.ts';
import type { CardContext } from './cardRules.ts';
import { cardMentions, checkCard, countElements } from './cardRules.ts';

const context: CardContext = {
  imageExists: (key) => key === 'img_v3_known',
  personExists: (id) => id === 'ou_known',
  emailExists: (email) => email === 'a@b.example',
  atAllAllowed: false,
};

const plain = (content: string) => ({ tag: 'plain_text', content });
const markdown = (content: string) => ({ tag: 'markdown', content });
const button = (more: object = {}) => ({ tag: 'button', text: plain('b'), ...more });
const panel = (...elements: unknown[]) => ({
  tag: 'collapsible_panel',
  header: { title: plain('t') },
  elements,
});
const columnSet = (...elements: unknown[]) => ({ tag: 'column_set', columns: [{ tag: 'column', elements }] });
const form = (...elements: unknown[]) => ({
  tag: 'form',
  name: 'f',
  elements: [...elements, button({ name: 'ok', form_action_type: 'submit' })],
});
const table = (more: object = {}) => ({
  tag: 'table',
  columns: [{ name: 'n', data_type: 'number' }],
  rows: [{ n: 1 }],
  ...more,
});
const chart = (spec: object = {}) => ({
  tag: 'chart',
  chart_spec: { type: 'bar', data: { values: [{ x: 1, y: 2 }] }, xField: 'x', yField: 'y', ...spec },
});
const image = (key = 'img_v3_known') => ({ tag: 'img', img_key: key, alt: plain('') });
const nested = (depth: number): unknown => (depth === 0 ? markdown('deep') : panel(nested(depth - 1)));

/** The example card of a ticket, as the message pages show cards in JSON 2.0. */
const example = JSON.parse(
  '{"schema":"2.0","config":{"update_multi":true,"summary":{"content":"Ticket 123: in progress"}},"header":{"template":"blue","title":{"tag":"plain_text","content":"Ticket 123"},"text_tag_list":[{"tag":"text_tag","text":{"tag":"plain_text","content":"In progress"},"color":"orange"}]},"body":{"elements":[{"tag":"markdown","content":"**Agent** <person id=\'ou_known\' show_name=true show_avatar=true style=\'normal\'></person>"},{"tag":"img","img_key":"img_v3_known","alt":{"tag":"plain_text","content":"screenshot"},"scale_type":"fit_horizontal"},{"tag":"collapsible_panel","expanded":false,"header":{"title":{"tag":"plain_text","content":"Messages (5)"}},"elements":[{"tag":"markdown","content":"..."}]},{"tag":"button","type":"primary","text":{"tag":"plain_text","content":"Escalate"},"confirm":{"title":{"tag":"plain_text","content":"Escalate?"},"text":{"tag":"plain_text","content":"On-call will be buzzed"}},"behaviors":[{"type":"callback","value":{"action":"escalate","ticket_id":"123"}}]}]}}',
);

describe('good cards pass', () => {
  const good: Record<string, unknown> = {
    'the documented example': example,
    'an empty card': {},
    'every language': goodCard({
      tag: 'div',
      text: {
        ...plain('a'),
        i18n_content: { zh_cn: '甲', en_us: 'a', ja_jp: 'あ' },
        text_size: 'notation',
        lines: 2,
      },
    }),
    'a known mention': goodCard(markdown('<at id=ou_known></at> <at email=a@b.example></at>')),
    'five levels of containers': goodCard(nested(5)),
    'a form': goodCard(form({ tag: 'input', name: 'reason', max_length: 200 })),
    'five tables': goodCard(...Array.from({ length: 5 }, () => table())),
    'a chart in a column': goodCard(columnSet(chart())),
    'a person list that drops the unknown': goodCard({
      tag: 'person_list',
      persons: [{ id: 'ou_gone' }],
      drop_invalid_user_id: true,
    }),
    '200 elements': goodCard(...Array.from({ length: 200 }, () => markdown('x'))),
  };
  it.each(Object.entries(good))('%s', (_name, card) => {
    expect(checkCard(card, context)).toEqual([]);
  });
});

describe('bad cards get the sub code of the documentation', () => {
  const bad: [name: string, code: number, card: unknown][] = [
    ['not an object', 200621, []],
    ['schema 1.0', 200621, { schema: '1.0', elements: [] }],
    ['unknown property at the root', 200621, { ...goodCard(), elements: [] }],
    ['unknown property of a component', 200621, goodCard({ ...markdown('a'), href: {} })],
    ['unknown property of a text', 200621, goodCard({ tag: 'div', text: { ...plain('a'), colour: 'red' } })],
    ['unknown property of config', 200621, { ...goodCard(), config: { wide_screen_mode: true } }],
    ['unknown tag', 200621, goodCard({ tag: 'carousel' })],
    ['no tag', 200621, goodCard({ content: 'a' })],
    ['note', 200861, goodCard({ tag: 'note', elements: [] })],
    ['action', 200861, goodCard({ tag: 'action', actions: [] })],
    ['exclusive card', 300302, { ...goodCard(), config: { update_multi: false } }],
    ['201 elements', 11310, goodCard(...Array.from({ length: 201 }, () => markdown('x')))],
    [
      'texts count as elements',
      11310,
      goodCard(...Array.from({ length: 101 }, () => ({ tag: 'div', text: plain('x') }))),
    ],
    ['over 30 KB', 230025, goodCard(markdown('字'.repeat(10_300)))],
    ['unknown image', 200570, goodCard(image('img_v3_other'))],
    ['unknown image in markdown', 200570, goodCard(markdown('![x](img_v3_other)'))],
    [
      'unknown image of an icon',
      200570,
      goodCard({ ...markdown('a'), icon: { tag: 'custom_icon', img_key: 'k' } }),
    ],
    ['image without alt', 200621, goodCard({ tag: 'img', img_key: 'img_v3_known' })],
    ['unknown person in at', 100290, goodCard(markdown('<at id=ou_other></at>'))],
    ['unknown person in a list of ids', 100290, goodCard(markdown("<at ids='ou_known,ou_other'></at>"))],
    [
      'unknown person in a translation',
      100290,
      goodCard({ ...markdown('a'), i18n_content: { ja_jp: '<at id=ou_other></at>' } }),
    ],
    ['unknown person tag', 100290, goodCard(markdown("<person id='ou_other'></person>"))],
    ['unknown person component', 100290, goodCard({ tag: 'person', user_id: 'ou_other' })],
    ['unknown person in a list', 100290, goodCard({ tag: 'person_list', persons: [{ id: 'ou_other' }] })],
    ['mention of all where it is not allowed', 11235, goodCard(markdown('<at id=all></at>'))],
    ['table in a panel', 200621, goodCard(panel(table()))],
    ['sixth table', 11310, goodCard(...Array.from({ length: 6 }, () => table()))],
    ['row with an undeclared column', 200915, goodCard(table({ rows: [{ n: 1, m: 2 }] }))],
    ['cell of the wrong type', 200914, goodCard(table({ rows: [{ n: 'one' }] }))],
    ['chart of no known type', 200550, goodCard(chart({ type: 'magic' }))],
    ['chart without data', 200550, goodCard(chart({ data: {} }))],
    ['chart in a form', 200621, goodCard(form(chart()))],
    ['form in a panel', 200621, goodCard(panel(form()))],
    ['form without submit', 200621, goodCard({ tag: 'form', name: 'f', elements: [] })],
    ['nameless control in a form', 200530, goodCard(form({ tag: 'input' }))],
    [
      'two controls of one name',
      200530,
      goodCard(form({ tag: 'input', name: 'a' }, { tag: 'input', name: 'a' })),
    ],
    ['six levels of containers', 11310, goodCard(nested(6))],
    [
      'two equal element_ids',
      300301,
      goodCard({ ...markdown('a'), element_id: 'one' }, { ...markdown('b'), element_id: 'one' }),
    ],
    ['element_id that begins with a digit', 200621, goodCard({ ...markdown('a'), element_id: '1a' })],
    ['element_id of 21 characters', 200621, goodCard({ ...markdown('a'), element_id: 'a'.repeat(21) })],
    ['panel without header', 200621, goodCard({ tag: 'collapsible_panel', elements: [] })],
    [
      'callback with a string value',
      200621,
      goodCard(button({ behaviors: [{ type: 'callback', value: 'x' }] })),
    ],
    ['open_url without url', 200621, goodCard(button({ behaviors: [{ type: 'open_url' }] }))],
    ['button type', 200621, goodCard(button({ type: 'huge' }))],
    ['confirm without title', 200621, goodCard(button({ confirm: { text: plain('sure?') } }))],
    ['header template', 200621, { ...goodCard(), header: { title: plain('t'), template: 'pink' } }],
    ['header without title', 200621, { ...goodCard(), header: { template: 'blue' } }],
    [
      'colour of a tag',
      200621,
      {
        ...goodCard(),
        header: { title: plain('t'), text_tag_list: [{ tag: 'text_tag', text: plain('x'), color: 'grey' }] },
      },
    ],
    [
      'four tags',
      200621,
      {
        ...goodCard(),
        header: {
          title: plain('t'),
          text_tag_list: Array.from({ length: 4 }, () => ({ tag: 'text_tag', text: plain('x') })),
        },
      },
    ],
    ['unknown language', 200621, goodCard({ ...markdown('a'), i18n_content: { zh: '甲' } })],
    ['column outside of a column set', 200621, goodCard({ tag: 'column', elements: [] })],
    ['another component in columns', 200621, goodCard({ tag: 'column_set', columns: [markdown('a')] })],
    ['image size over 1000 px', 200621, goodCard({ ...image(), size: '1001px 10px' })],
    [
      'five tables in one markdown',
      11310,
      goodCard(markdown('| a | b |\n| - | - |\n| 1 | 2 |\n\n'.repeat(5))),
    ],
  ];
  it.each(bad)('%s → %i', (_name, code, card) => {
    expect(checkCard(card, context).map((problem) => problem.code)).toContain(code);
  });

  it('says where, as Feishu writes paths', () => {
    const [problem] = checkCard(goodCard(markdown('a'), panel(image('img_v3_other'))), context);
    expect(problem?.path).toBe(
      'ROOT -> body -> elements -> [1](tag: collapsible_panel) -> elements -> [0](tag: img) -> img_key',
    );
  });
});

describe('whom a card notifies', () => {
  it('finds mentions in markdown of every language and in tables', () => {
    const card = goodCard(
      { ...markdown('<at id=ou_a></at>'), i18n_content: { en_us: '<AT ID="ou_b">x</AT>' } },
      { tag: 'div', text: { tag: 'lark_md', content: "<at ids='ou_c,all'></at>" } },
      {
        tag: 'table',
        columns: [{ name: 'm', data_type: 'markdown' }],
        rows: [{ m: '<at email=d@e.example></at>' }],
      },
    );
    expect(cardMentions(card).sort()).toEqual(['all', 'email:d@e.example', 'ou_a', 'ou_b', 'ou_c']);
  });

  it('finds none in plain text, in escaped text and in what a button carries', () => {
    const card = goodCard(
      { tag: 'div', text: plain('<at id=all></at>') },
      markdown('&#60;at id=all&#62; &lt;at id=all&gt;'),
      button({ behaviors: [{ type: 'callback', value: { tag: 'markdown', content: '<at id=all></at>' } }] }),
    );
    expect(cardMentions(card)).toEqual([]);
  });
});

it('counts texts and icons, but not what a card only carries', () => {
  const carried = button({ behaviors: [{ type: 'callback', value: { tag: 'x' } }] });
  expect(
    countElements(goodCard(carried, { ...markdown('a'), icon: { tag: 'standard_icon', token: 't' } })),
  ).toBe(4);
});
