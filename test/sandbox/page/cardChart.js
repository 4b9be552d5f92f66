import { h, icon } from './dom.js';
import { at, isObject, object, string, words } from './read.js';

/**
 * Charts, drawn by VChart from their JSON. The library is loaded with the first chart; until then, and where it cannot be loaded, a
 * chart is its title and its kind.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/chart
 * @typedef {import('./read.js').Json} Json
 * @typedef {{ renderAsync: () => Promise<unknown>, release: () => void }} Drawing
 * @typedef {new (spec: Json, options: { dom: HTMLElement, onError: (error: unknown) => void }) => Drawing} Library
 * @typedef {{ box: HTMLElement, spec: Json, say: { name: string, failed: string }, drawing: Drawing | undefined }} Living
 */

const RATIOS = new Set(['1:1', '2:1', '4:3', '16:9']);

/** @type {import('./card.js').Draw} */
export function drawChart(element, context) {
  const given = object(element, 'chart_spec');
  const title = object(given, 'title');
  const name = words(title, context.lang) || string(title, 'text') || context.t('chart');
  const kind = string(given, 'type');
  const box = h(
    'div',
    { class: 'el-chart', 'data-state': 'waiting' },
    icon('chart'),
    h('strong', {}, name),
    kind !== '' && h('span', {}, kind),
  );
  const ratio = string(element, 'aspect_ratio', '16:9');
  const height = string(element, 'height', 'auto');
  if (/^\d{1,3}px$/.test(height)) box.style.height = height;
  else box.style.aspectRatio = (RATIOS.has(ratio) ? ratio : '16:9').replace(':', ' / ');
  paint(box, harmless(given ?? {}), { name, failed: context.t('chartBroken') });
  return box;
}

/** Keys under which VChart would take markup, or that reach beyond the spec. */
const REFUSED = new Set(['__proto__', 'html', 'react']);

/**
 * A copy that the library may change: data alone, no functions, no markup.
 * @type {(spec: Json) => Json}
 */
const harmless = (spec) =>
  JSON.parse(JSON.stringify(spec, (key, value) => (REFUSED.has(key) ? undefined : value)));

/** @type {Set<Living>} */
const living = new Set();

/** @type {(box: HTMLElement, spec: Json, say: Living['say']) => void} */
function paint(box, spec, say) {
  for (const one of living) if (one.drawing !== undefined && !one.box.isConnected) end(one);
  /** @type {Living} */
  const chart = { box, spec, say, drawing: undefined };
  // A chart cannot be drawn before it has a size: not while its card is on its way to the page, nor in a closed panel.
  const sized = new ResizeObserver(() => {
    if (box.clientWidth === 0) return;
    sized.disconnect();
    living.add(chart);
    void draw(chart);
  });
  sized.observe(box);
}

/** @type {(chart: Living) => void} */
function end(chart) {
  living.delete(chart);
  chart.drawing?.release();
  chart.drawing = undefined;
}

/** @type {(chart: Living) => Promise<void>} */
async function draw(chart) {
  const Library = await library();
  if (Library === undefined) {
    chart.box.dataset.state = 'without';
    chart.box.style.aspectRatio = 'auto';
    living.delete(chart);
    return;
  }
  try {
    await drawWith(Library, chart);
  } catch {
    fail(chart);
  }
}

/**
 * @param {Library} Library
 * @param {Living} chart
 * @throws what the library says of a spec that it cannot draw
 */
async function drawWith(Library, chart) {
  const { box, spec, say } = chart;
  if (at(spec, 'data') === undefined) throw new Error('a chart of no data');
  const place = h('div', { class: 'chart-place' });
  chart.drawing?.release();
  box.replaceChildren(place);
  /** @type {unknown[]} */
  const errors = [];
  const drawing = new Library(dressed(spec), { dom: place, onError: (error) => errors.push(error) });
  chart.drawing = drawing;
  await drawing.renderAsync();
  if (errors.length > 0) throw errors[0];
  box.dataset.state = 'drawn';
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', say.name);
}

/** @type {(chart: Living) => void} */
function fail(chart) {
  const { box, say } = chart;
  box.classList.add('broken');
  box.dataset.state = 'failed';
  box.style.aspectRatio = 'auto';
  box.removeAttribute('role');
  box.replaceChildren(icon('warning'), h('strong', {}, say.name), h('span', {}, say.failed));
  try {
    end(chart);
  } catch {
    // What could not be drawn cannot always be taken apart either.
  }
}

// The colours of a chart are its own: when the page's change it is drawn again.
new MutationObserver(() => {
  for (const chart of living) if (chart.drawing !== undefined) void draw(chart);
}).observe(document.documentElement, { attributeFilter: ['data-theme'] });

/** @type {Promise<Library | undefined> | undefined} */
let loading;

/** @type {() => Promise<Library | undefined>} */
function library() {
  loading ??= new Promise((resolve) => {
    const script = h('script', { src: '/page/vendor/vchart.js' });
    script.addEventListener('load', () => resolve(loaded()));
    script.addEventListener('error', () => resolve(undefined));
    document.head.append(script);
  });
  return loading;
}

/** @type {() => Library | undefined} */
function loaded() {
  const found = /** @type {unknown} */ (Reflect.get(window, 'VChart'));
  const inside = isObject(found) || typeof found === 'function' ? Reflect.get(found, 'default') : undefined;
  return /** @type {Library | undefined} */ ([inside, found].find((one) => typeof one === 'function'));
}

const PALETTE = ['#3370ff', '#00b59f', '#f5a623', '#7f3bf5', '#14a9e0', '#f06292', '#8fac02', '#8f959e'];

/** The library's names of colours, by the page's own. */
const INKS = {
  backgroundColor: '--surface',
  popupBackgroundColor: '--surface',
  markLabelBackgroundColor: '--surface-2',
  hoverBackgroundColor: '--surface-2',
  emptyCircleColor: '--line',
  borderColor: '--line',
  primaryFontColor: '--ink',
  secondaryFontColor: '--ink-2',
  discreteLegendPagerTextColor: '--ink-2',
  tertiaryFontColor: '--ink-3',
  axisLabelFontColor: '--ink-3',
  axisGridColor: '--line-soft',
  axisDomainColor: '--line',
};

/**
 * In the colours of the page. Tips are painted, for those of HTML would set styles that the page's rules forbid.
 * @type {(spec: Json) => Json}
 */
function dressed(spec) {
  const style = getComputedStyle(document.documentElement);
  const palette = Object.fromEntries(
    Object.entries(INKS).map(([name, ink]) => [name, style.getPropertyValue(ink).trim()]),
  );
  return {
    ...structuredClone(spec),
    theme: {
      type: document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light',
      background: 'transparent',
      fontFamily: getComputedStyle(document.body).fontFamily,
      colorScheme: { default: { dataScheme: PALETTE, palette } },
      component: { title: { padding: { top: 2, bottom: 8 }, textStyle: { fontSize: 14, lineHeight: 20 } } },
    },
    background: 'transparent',
    padding: at(spec, 'padding') ?? 12,
    tooltip: { ...object(spec, 'tooltip'), renderMode: 'canvas' },
  };
}
