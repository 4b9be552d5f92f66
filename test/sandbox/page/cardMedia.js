import { drawChart } from './cardChart.js';
import { px } from './cardParts.js';
import { h, icon } from './dom.js';
import { personView } from './markdownView.js';
import { flag, list, object, string, words } from './read.js';

/**
 * Pictures and people; charts are drawn elsewhere.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/image
 * @typedef {import('./card.js').CardContext} CardContext
 */

/** @type {import('./card.js').Draw} */
export function drawMedia(element, context, path) {
  switch (string(element, 'tag')) {
    case 'img':
      return drawImage(element, context);
    case 'img_combination':
      return drawGrid(element, context);
    case 'person':
      return drawPerson(element, context);
    case 'person_list':
      return drawPeople(element, context);
    default:
      return drawChart(element, context, path);
  }
}

/** Side lengths that Feishu gives to the named sizes of a cropped picture. */
const SIDES = { large: '160px', medium: '80px', small: '40px', tiny: '16px' };

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawImage(element, context) {
  const key = string(element, 'img_key');
  const alt = words(object(element, 'alt'), context.lang);
  const scale = string(element, 'scale_type', 'crop_center');
  const size = string(element, 'size');
  const box = picture(
    key,
    alt,
    flag(element, 'preview', true) ? () => context.preview([key], 0) : undefined,
    context,
  );
  box.classList.add('el-img', scale === 'fit_horizontal' ? 'fit' : 'crop');
  if (scale === 'crop_top') box.classList.add('crop-top');
  if (scale !== 'fit_horizontal') {
    const [width, height] = size.split(' ');
    const side = Object.hasOwn(SIDES, size) ? SIDES[/** @type {keyof typeof SIDES} */ (size)] : undefined;
    box.style.width = side ?? px(width ?? '', '');
    box.style.height = side ?? px(height ?? '', '');
    if (box.style.height !== '') box.style.aspectRatio = 'auto';
  }
  box.style.borderRadius = px(string(element, 'corner_radius'), '');
  const title = words(object(element, 'title'), context.lang);
  return title === '' ? box : h('figure', { class: 'el-figure' }, box, h('figcaption', {}, title));
}

/**
 * One picture that says so when it cannot be loaded.
 * @param {string} key
 * @param {string} alt
 * @param {(() => void) | undefined} open
 * @param {CardContext} context
 */
function picture(key, alt, open, context) {
  const image = h('img', { src: context.imageUrl(key), alt, 'data-key': key, draggable: 'false' });
  const label = alt === '' ? context.t('picture') : alt;
  const box =
    open === undefined
      ? h('div')
      : h('button', { type: 'button', click: open, title: alt || undefined, 'aria-label': label });
  box.classList.add('picture');
  box.append(image);
  image.addEventListener('error', () => {
    box.classList.add('broken');
    box.replaceChildren(icon('picture'), h('span', {}, context.t('pictureGone')));
  });
  return box;
}

/** @type {Record<string, { columns: number, max: number, whole: number }>} */
const GRIDS = {
  double: { columns: 2, max: 2, whole: 2 },
  triple: { columns: 3, max: 3, whole: 3 },
  bisect: { columns: 2, max: 6, whole: 2 },
  trisect: { columns: 3, max: 9, whole: 3 },
};

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawGrid(element, context) {
  const mode = string(element, 'combination_mode');
  const grid = GRIDS[mode] ?? { columns: 3, max: 9, whole: 3 };
  // Feishu cuts what is too much and leaves blank what is too little, both without a word.
  const keys = list(element, 'img_list')
    .map((one) => string(one, 'img_key'))
    .slice(0, grid.max);
  const blanks = (grid.whole - (keys.length % grid.whole)) % grid.whole;
  const cells = keys.map((key, index) => picture(key, '', () => context.preview(keys, index), context));
  const box = h('div', { class: `el-grid ${GRIDS[mode] === undefined ? '' : mode}` }, ...cells);
  for (let index = 0; index < blanks; index += 1) box.append(h('div', { class: 'picture blank' }));
  box.style.setProperty('--columns', String(grid.columns));
  box.style.borderRadius = px(string(element, 'corner_radius'), '');
  return box;
}

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawPerson(element, context) {
  return personView(
    {
      id: string(element, 'user_id'),
      name: flag(element, 'show_name', false),
      avatar: flag(element, 'show_avatar', true),
      style: string(element, 'style', 'normal'),
    },
    context,
  );
}

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawPeople(element, context) {
  const drop = flag(element, 'drop_invalid_user_id');
  const ids = list(element, 'persons').map((person) => string(person, 'id'));
  const shown = ids.filter((id) => !drop || context.name(id) !== undefined);
  const look = {
    name: flag(element, 'show_name', true),
    avatar: flag(element, 'show_avatar'),
    style: 'normal',
  };
  return h('div', { class: 'el-people' }, ...shown.map((id) => personView({ id, ...look }, context)));
}
