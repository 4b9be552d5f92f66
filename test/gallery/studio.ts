/** Draws cards as the playground page does, in a real browser, and photographs them. */

import { chromium, type Page } from 'playwright-core';
import type { Card, Locale } from '../../src/domain.ts';
import {
  errorDialog,
  networkGraph,
  picture,
  printerDisplay,
  settingsPanel,
  terminal,
} from '../sandbox/pictures.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { program } from '../support/programs.ts';

export interface Shot {
  readonly theme: 'light' | 'dark';
  readonly locale: Locale;
  /** Of the screen: 640 shows a card in full, 375 is a phone. */
  readonly widthPx: number;
}

export interface Studio {
  /** A PNG of one card, at twice its size. */
  photograph(card: Card, shot: Shot): Promise<Buffer>;
  close(): Promise<void>;
}

const drawings: readonly Parameters<typeof picture>[0][] = [
  errorDialog('企业 VPN 客户端', ['无法连接到 VPN 服务器', '错误 809：远程服务器没有响应'], '确定'),
  settingsPanel('VPN 设置', [
    ['网关 Gateway', 'vpn-sh1.yunfan.example', false],
    ['协议 Protocol', 'IKEv2', true],
    ['证书 Certificate', '已过期 Expired', false],
  ]),
  networkGraph(
    'VPN 吞吐量 · vpn-sh1',
    'Mbit/s，最近 60 分钟',
    Array.from({ length: 60 }, (_none, minute) => (minute < 34 ? 82 + 9 * Math.sin(minute) : 8)),
  ),
  terminal(['C:\\> ping vpn-sh2.yunfan.example', 'Request timed out.', 'Lost = 3 (75% loss)']),
  printerDisplay('卡纸', '请检查纸盒 2', 'J-0420'),
];

/** Run inside the page: puts the card alone on the ground of a chat and waits for its pictures. */
const setUp = `(async () => {
  const { renderCard } = await import('/page/card.js');
  const { translator } = await import('/page/words.js');
  window.drawCard = async (card, lang, theme) => {
    document.documentElement.dataset.theme = theme;
    const context = {
      lang,
      t: translator(lang),
      name: (id) => (id.startsWith('ou_') ? id.slice(3) : undefined),
      people: [],
      imageUrl: (key) => '/sandbox/images/' + encodeURIComponent(key),
      preview: () => undefined,
      confirm: async () => false,
      act: async () => undefined,
      folds: new Map(),
    };
    const stage = document.createElement('div');
    stage.id = 'stage';
    Object.assign(stage.style, { background: 'var(--ground)', padding: '20px', minHeight: '0' });
    stage.append(renderCard(card, context));
    document.body.replaceChildren(stage);
    Object.assign(document.body.style, { display: 'block', height: 'auto', overflow: 'visible' });
    await Promise.all([...stage.querySelectorAll('img')].map((one) => one.decode().catch(() => undefined)));
    while (stage.querySelector('details[open] .el-chart[data-state=waiting], .card-body > .el-chart[data-state=waiting]'))
      await new Promise(requestAnimationFrame);
  };
})()`;

/** @throws Error when there is no chromium on this machine */
export async function openStudio(): Promise<Studio> {
  const executablePath = program('chromium');
  if (executablePath === undefined) {
    throw new Error('chromium is not installed on this machine (apt-get install chromium fonts-noto-cjk)');
  }
  const sandbox = await startSandbox({ seed: 'empty' });
  const pictures = await Promise.all(drawings.map((drawing) => picture(drawing).bytes()));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  await page.goto(`${sandbox.url}/`);
  await page.waitForSelector('body.ready');
  await page.evaluate(setUp);

  /** The samples name pictures that nobody has uploaded. */
  const provide = (card: Card): void => {
    for (const [, key = ''] of JSON.stringify(card).matchAll(/"img_key":"([^"]+)"/g)) {
      const number = Number(/_(\d{8})-/.exec(key)?.[1] ?? 0);
      const bytes = pictures[number % pictures.length];
      if (bytes !== undefined)
        sandbox.world.images.set(key, { ...uploaded, imageKey: key, bytes, sha256: key });
    }
  };

  return {
    async photograph(card, { theme, locale, widthPx }) {
      provide(card);
      await page.setViewportSize({ width: widthPx, height: 600 });
      await page.evaluate(`drawCard(${JSON.stringify(card)}, ${JSON.stringify(locale)}, '${theme}')`);
      return stageOf(page);
    },
    async close() {
      await browser.close();
      await sandbox.close();
    },
  };
}

const uploaded = {
  contentType: 'image/png',
  imageType: 'message',
  widthPx: 0,
  heightPx: 0,
  filename: 'picture.png',
  deleted: false,
  byThisApp: true,
} as const;

function stageOf(page: Page): Promise<Buffer> {
  return page.locator('#stage').screenshot({ type: 'png', animations: 'disabled' });
}
