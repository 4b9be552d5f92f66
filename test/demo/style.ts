/** Colours and weights of a terminal. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "SGR" */

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  inverse: [7, 27],
  strike: [9, 29],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  grey: [90, 39],
} as const;

export type Style = keyof typeof codes;

/** A run of text in one style. */
export interface Span {
  readonly text: string;
  readonly styles?: readonly Style[];
  /** Not broken over two lines, when it fits into one. */
  readonly whole?: true;
}

/** What the terminal gets: with escape sequences, or the bare text. */
export function paint(spans: readonly Span[], colour: boolean): string {
  if (!colour) return spans.map(({ text }) => text).join('');
  let painted = '';
  for (let index = 0; index < spans.length; ) {
    const styles = spans[index]?.styles ?? [];
    let text = '';
    for (; index < spans.length && sameStyles(spans[index]?.styles ?? [], styles); index += 1) {
      text += spans[index]?.text ?? '';
    }
    painted += styles.reduce(wrapped, text);
  }
  return painted;
}

const sameStyles = (one: readonly Style[], other: readonly Style[]): boolean => one.join() === other.join();

const wrapped = (text: string, style: Style): string => {
  const [on, off] = codes[style];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
};

const names: Readonly<Record<string, Style>> = {
  blue: 'blue',
  wathet: 'cyan',
  turquoise: 'cyan',
  green: 'green',
  lime: 'green',
  yellow: 'yellow',
  orange: 'yellow',
  red: 'red',
  carmine: 'red',
  violet: 'magenta',
  purple: 'magenta',
  indigo: 'blue',
  grey: 'grey',
  neutral: 'grey',
};

/** The nearest terminal colour to one of Feishu's names; none for the default. */
export function styleOf(color: string): readonly Style[] {
  const style = Object.hasOwn(names, color) ? names[color] : undefined;
  return style === undefined ? [] : [style];
}

/** Whether to colour: only on a terminal, and not when the reader asked for none. https://no-color.org */
export function wantsColour(
  isTty: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTty === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
