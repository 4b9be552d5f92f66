/**
 * A second opinion about what a card's rich text would do: finds every node that notifies, links, shows or pretends, in all languages
 * of all rich texts, as written and as it would read if a client decoded entities first, once or twice. Shares nothing with `src/`.
 */

/** What notifies, links, shows or pretends. `br` is the only tag that cards may use. */
const harmful: Readonly<Record<string, RegExp>> = {
  tag: /<\s*\/?\s*(at|person|font|text_tag|number_tag|link|a|local_datetime|raw|hr|img|audio|record)\b/gi,
  link: /\[[^\]]*\]\s*\(|\[[^\]]*\]\s*:\s|\[[^\]]*\]\s*\[/g,
  picture: /!\s*\[/g,
};

/** What only changes how words look, or links to where it says: it counts when the text is read as written. */
const ugly: Readonly<Record<string, RegExp>> = {
  code: /`/g,
  block: /^ {0,3}(?:#{1,6}\s|>|(?:[-*_][ \t]*){3,}$|~~~|[-+]\s|\|)/gm,
  bareAddress: /https?:\/\//gi,
  mailAddress: /[\w.+-]+@[\w-]+\.\w+/g,
  emoji: /:[A-Za-z]\w*:/g,
  strike: /~~/g,
  variable: /\$\{?\w/g,
  entity: /&(?!#\d{2,3};)/g,
};

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  commat: '@',
};

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));?/gi, (whole, dec, hex, name) => {
    const code = dec === undefined ? Number.parseInt(hex ?? '', 16) : Number(dec);
    if (Number.isInteger(code) && code <= 0x10ffff) return String.fromCodePoint(code);
    return entities[`${name}`.toLowerCase()] ?? whole;
  });
}

/** Every rich text of a card, in every language. */
export function richTexts(value: unknown, isRich = false): readonly string[] {
  if (typeof value === 'string') return isRich ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one) => richTexts(one, isRich));
  if (typeof value !== 'object' || value === null) return [];
  const tag = 'tag' in value ? value.tag : undefined;
  if (tag === 'table') return richCells(value);
  const rich = tag === undefined ? isRich : tag === 'markdown' || tag === 'lark_md';
  return Object.entries(value).flatMap(([key, one]) =>
    richTexts(one, rich && (key === 'content' || key === 'i18n_content' || isRich)),
  );
}

/** The cells of a table's columns of rich text. The bot's own link, to a page whose address ends in digits, counts as its words. */
function richCells(table: object): readonly string[] {
  const columns = 'columns' in table && Array.isArray(table.columns) ? table.columns : [];
  const rows = 'rows' in table && Array.isArray(table.rows) ? table.rows : [];
  const names = columns.filter(({ data_type }) => data_type === 'markdown').map(({ name }) => `${name}`);
  return rows.flatMap((row) =>
    names.map((name) => `${row[name]}`.replace(/\[(\d+)\]\(https:\/\/[\w./-]*\d\)$/, '$1')),
  );
}

/** What user text could have caused in one rich text. `**` and `<br>` are the bot's own. */
export function foundIn(richText: string): readonly string[] {
  const written = richText.replaceAll(/<br>/g, '\n').replaceAll('**', '');
  const once = decode(written);
  return [
    ...search(written, { ...harmful, ...ugly }),
    ...search(once, harmful),
    ...search(decode(once), harmful),
  ];
}

function search(text: string, wanted: Readonly<Record<string, RegExp>>): readonly string[] {
  return Object.entries(wanted).flatMap(([name, pattern]) =>
    [...text.matchAll(pattern)].map(
      (match) => `${name}: ${match[0]} in ${JSON.stringify(text.slice(0, 200))}`,
    ),
  );
}
