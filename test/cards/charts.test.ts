/** The charts as a reader sees them: drawn in a browser by the library that Feishu's clients draw them with. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { barChart, type Chart, lineChart, ringChart } from '../../src/cards/dataElements.ts';
import { charts } from '../../src/cards/summaryCharts.ts';
import type { Period } from '../../src/periods.ts';
import { describeNeeding } from '../support/programs.ts';
import { summaryOf } from './managersSamples.ts';

const require = createRequire(import.meta.url);
const library = readFileSync(
  join(dirname(require.resolve('@visactor/vchart')), '..', 'build', 'index.min.js'),
  'utf8',
);

/** Draws it as wide as a card on a phone, and says what was painted: how many colours, and which texts. */
const draw = `async (spec) => {
  const { default: Chart = window.VChart } = window.VChart;
  const place = document.createElement('div');
  place.style.cssText = 'width:340px;height:220px';
  document.body.append(place);
  const chart = new Chart(spec, { dom: place });
  await chart.renderAsync();
  const canvas = place.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colors = new Set();
  for (let at = 0; at < data.length; at += 4) colors.add(data[at] + ',' + data[at + 1] + ',' + data[at + 2]);
  const texts = [];
  const visit = (node) => {
    if (node.type === 'text') texts.push(String([].concat(node.attribute.text).join('')));
    node.forEachChildren?.((child) => { visit(child); });
  };
  visit(chart.getStage());
  chart.release();
  return { colorCount: colors.size, texts };
}`;

const ofPeriod = (period: Period, index: number): Chart => {
  const chart = charts(summaryOf(period).figures, 'zh_cn')[index];
  if (chart === undefined) throw new Error('no chart');
  return chart;
};

describeNeeding('chromium', 'a chart', (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(() => browser.close());

  it.each<[string, Chart, readonly string[]]>([
    [
      'of a week',
      ofPeriod({ kind: 'days', count: 7 }, 0),
      ['新建与关闭', '11-14', '11-20', '新建', '关闭', '0'],
    ],
    ['of a day', ofPeriod({ kind: 'yesterday' }, 0), ['00:00', '新建', '关闭']],
    ['of the backlog', ofPeriod({ kind: 'this_month' }, 1), ['未关闭', '11-01']],
    ['of the channels', ofPeriod({ kind: 'days', count: 7 }, 2), ['来源', '搜索', '二维码', '分享', '其他']],
    ['of one ticket', barChart('one', [{ x: 'a', y: 1, s: 'b' }]), ['one', 'a', 'b', '0', '1']],
    ['of nothing', lineChart('none', [{ x: 'a', y: 0, s: 'b' }]), ['none', 'a']],
    [
      'of markup',
      ringChart('<b>', [
        { x: '', y: 1, s: '<img src=x>' },
        { x: '', y: 2, s: '{y}' },
      ]),
      ['<b>'],
    ],
  ])('%s is drawn with its words', async (_, chart, words) => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error') problems.push(line.text());
    });
    await page.addScriptTag({ content: library });
    const drawn: { colorCount: number; texts: string[] } = await page.evaluate(
      `(${draw})(${JSON.stringify(chart.chart_spec)})`,
    );
    await page.close();
    expect(problems).toEqual([]);
    expect(drawn.colorCount).toBeGreaterThan(5);
    for (const word of words) expect(drawn.texts).toContain(word);
  });

  it('holds no function and nothing that phones lack', () => {
    for (const index of [0, 1, 2]) {
      const { chart_spec: spec } = ofPeriod({ kind: 'days', count: 7 }, index);
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
      expect(JSON.stringify(spec)).not.toMatch(/texture|conical|gradient|function|=>/i);
    }
  });
});
