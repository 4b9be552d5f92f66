import sharp from 'sharp';
import type { Picture } from './nouns.ts';

/**
 * Pictures such as people send to a helpdesk, drawn here: nothing is downloaded and nothing is kept on disk.
 * Each is rendered on its first use.
 */

type Format = 'png' | 'jpeg' | 'gif';

interface Drawing {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly svg: string;
}

/** A picture of the world; rendered once, when somebody asks for it. */
export function picture(drawing: Drawing, format: Format = 'png'): Picture {
  let bytes: Promise<Buffer> | undefined;
  return {
    bytes: () => {
      bytes ??= render(drawing, format);
      return bytes;
    },
    contentType: `image/${format}`,
    deleted: false,
  };
}

async function render({ widthPx, heightPx, svg }: Drawing, format: Format): Promise<Buffer> {
  const whole = `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" font-family="Noto Sans CJK SC, Noto Sans CJK JP, WenQuanYi Micro Hei, DejaVu Sans, Arial, sans-serif">${svg}</svg>`;
  const image = sharp(Buffer.from(whole));
  if (format === 'jpeg') return image.flatten({ background: '#fff' }).jpeg({ quality: 82 }).toBuffer();
  if (format === 'gif') return image.gif({ colours: 32 }).toBuffer();
  return image.png({ palette: true, colours: 64 }).toBuffer();
}

const text = (xPx: number, yPx: number, sizePx: number, words: string, more = ''): string =>
  `<text x="${xPx}" y="${yPx}" font-size="${sizePx}" ${more}>${escaped(words)}</text>`;

const escaped = (words: string): string => words.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const box = (xPx: number, yPx: number, widthPx: number, heightPx: number, fill: string, more = ''): string =>
  `<rect x="${xPx}" y="${yPx}" width="${widthPx}" height="${heightPx}" fill="${fill}" ${more}/>`;

/** An error dialog in front of a desktop. */
export function errorDialog(title: string, lines: readonly string[], button: string): Drawing {
  const widthPx = 900;
  const heightPx = 520;
  const body = [
    box(0, 0, widthPx, heightPx, '#2b5f8f'),
    box(0, heightPx - 44, widthPx, 44, '#1d2733'),
    box(14, heightPx - 34, 24, 24, '#5fb2f2', 'rx="4"'),
    box(118, 88, 664, 330, '#000', 'opacity="0.25" rx="10"'),
    box(110, 78, 664, 330, '#ffffff', 'rx="10"'),
    box(110, 78, 664, 48, '#eef1f5', 'rx="10"'),
    text(132, 110, 20, title, 'fill="#1f2329" font-weight="bold"'),
    text(736, 110, 22, '×', 'fill="#646a73"'),
    '<circle cx="172" cy="206" r="34" fill="#e5484d"/>',
    '<path d="M158 192 L186 220 M186 192 L158 220" stroke="#fff" stroke-width="7" stroke-linecap="round"/>',
    ...lines.map((line, index) =>
      text(
        236,
        186 + index * 40,
        index === 0 ? 25 : 20,
        line,
        `fill="${index === 0 ? '#1f2329' : '#51565d'}"`,
      ),
    ),
    box(620, 346, 126, 42, '#3370ff', 'rx="6"'),
    text(683, 374, 19, button, 'fill="#fff" text-anchor="middle"'),
  ];
  return { widthPx, heightPx, svg: body.join('') };
}

/** A window of settings: names, values, and one that is wrong. */
export function settingsPanel(title: string, rows: readonly (readonly [string, string, boolean])[]): Drawing {
  const widthPx = 820;
  const heightPx = 150 + rows.length * 62;
  const body = [
    box(0, 0, widthPx, heightPx, '#f5f6f7'),
    box(0, 0, widthPx, 64, '#ffffff'),
    text(32, 42, 24, title, 'fill="#1f2329" font-weight="bold"'),
    box(24, 88, widthPx - 48, rows.length * 62 + 20, '#ffffff', 'rx="10" stroke="#dee0e3"'),
    ...rows.flatMap(([name, value, good], index) => {
      const yPx = 130 + index * 62;
      return [
        text(52, yPx, 21, name, 'fill="#51565d"'),
        text(
          360,
          yPx,
          22,
          value,
          `fill="${good ? '#1f2329' : '#d83931'}" font-weight="${good ? 'normal' : 'bold'}"`,
        ),
        `<circle cx="${widthPx - 68}" cy="${yPx - 7}" r="10" fill="${good ? '#34c724' : '#e5484d'}"/>`,
        box(52, yPx + 22, widthPx - 104, 1, '#eceef1'),
      ];
    }),
  ];
  return { widthPx, heightPx, svg: body.join('') };
}

/** The display of an office printer. */
export function printerDisplay(headline: string, detail: string, code: string): Drawing {
  const widthPx = 720;
  const heightPx = 480;
  const body = [
    box(0, 0, widthPx, heightPx, '#d9dde3'),
    box(30, 30, widthPx - 60, heightPx - 60, '#3c434d', 'rx="26"'),
    box(76, 76, 420, 250, '#c8e6c0', 'rx="8"'),
    text(100, 132, 31, headline, 'fill="#12330b" font-weight="bold"'),
    text(100, 188, 24, detail, 'fill="#12330b"'),
    text(100, 290, 44, code, 'fill="#b00020" font-weight="bold"'),
    ...[0, 1, 2].map((row) =>
      [0, 1].map((column) => box(536 + column * 62, 84 + row * 66, 48, 48, '#59616d', 'rx="10"')).join(''),
    ),
    '<circle cx="120" cy="390" r="20" fill="#e5484d"/>',
    '<circle cx="190" cy="390" r="20" fill="#59616d"/>',
    box(500, 366, 148, 48, '#2ea043', 'rx="24"'),
    text(574, 397, 20, 'START', 'fill="#fff" text-anchor="middle"'),
  ];
  return { widthPx, heightPx, svg: body.join('') };
}

/** A line of measurements with a fall in it. */
export function networkGraph(title: string, unit: string, values: readonly number[]): Drawing {
  const widthPx = 960;
  const heightPx = 440;
  const most = Math.max(...values, 1);
  const points = values.map((value, index) => {
    const xPx = 80 + (index * (widthPx - 130)) / Math.max(1, values.length - 1);
    return `${xPx.toFixed(1)},${(360 - (value / most) * 250).toFixed(1)}`;
  });
  const body = [
    box(0, 0, widthPx, heightPx, '#0f1720'),
    text(40, 52, 26, title, 'fill="#e6edf3" font-weight="bold"'),
    ...[0, 1, 2, 3].map((line) => {
      const yPx = 110 + line * 83;
      const label = `${Math.round((most * (3 - line)) / 3)}`;
      return (
        box(80, yPx, widthPx - 130, 1, '#2a3646') +
        text(68, yPx + 6, 17, label, 'fill="#8b98a8" text-anchor="end"')
      );
    }),
    `<polyline points="80,360 ${points.join(' ')} ${widthPx - 50},360" fill="#1f6feb" opacity="0.28"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="#58a6ff" stroke-width="3.5"/>`,
    text(40, 412, 18, unit, 'fill="#8b98a8"'),
  ];
  return { widthPx, heightPx, svg: body.join('') };
}

/** A terminal with lines of output. */
export function terminal(lines: readonly string[]): Drawing {
  const widthPx = 880;
  const heightPx = 90 + lines.length * 34;
  const body = [
    box(0, 0, widthPx, heightPx, '#1e1e1e'),
    box(0, 0, widthPx, 40, '#3a3a3a'),
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, index) => `<circle cx="${26 + index * 26}" cy="20" r="8" fill="${fill}"/>`,
    ),
    ...lines.map((line, index) =>
      text(
        24,
        80 + index * 34,
        21,
        line,
        `fill="${/fail|error|timeout|timed/i.test(line) ? '#ff7b72' : '#c9d1d9'}"`,
      ),
    ),
  ];
  return { widthPx, heightPx, svg: body.join('') };
}

/** A wide, low strip and other odd sizes. */
export function strip(widthPx: number, heightPx: number, words: string, fill = '#fff3d6'): Drawing {
  const sizePx = Math.max(10, Math.min(40, heightPx * 0.5));
  return {
    widthPx,
    heightPx,
    svg:
      box(0, 0, widthPx, heightPx, fill) +
      text(widthPx / 2, heightPx / 2 + sizePx / 3, sizePx, words, 'fill="#5f3b00" text-anchor="middle"'),
  };
}
