import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type PageServer, startPageServer } from '../support/pageServer.ts';
import { describeNeeding } from '../support/programs.ts';
import {
  chartsCard,
  hostileCard,
  hostileTexts,
  peopleForm,
  pictureKeys,
  showcase,
  ticketCard,
} from '../support/sampleCards.ts';

const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

// Run inside the browser, hence as text: this project's types know no page.
const fourPicturesLoaded = `[...document.querySelectorAll('.card img')].filter((one) => one.naturalWidth === 320).length === 4`;
/** By then the page has heard of what was loaded or scrolled, and has moved for it. */
const twoFrames =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))';
const whatStrangersDid = `({
  broken: window.broken,
  elements: document.querySelectorAll('.messages :is(script, iframe, style, object, embed, [onload])').length,
  handlers: [...document.querySelectorAll('.messages *')].flatMap((element) =>
    element.getAttributeNames().filter((name) => name.startsWith('on'))),
  targets: [...document.querySelectorAll('.messages a')].map((link) => link.protocol)
    .filter((protocol) => protocol !== 'https:' && protocol !== 'http:'),
  styled: [...document.querySelectorAll('.messages [style]')].filter((one) => one.style.background !== '').length,
})`;
const whatCharts = `[...document.querySelectorAll('.el-chart')].map((box) => {
  const canvas = box.querySelector('canvas');
  const colors = new Set();
  if (canvas !== null && canvas.width > 0) {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) colors.add(data.slice(at, at + 3).join());
  }
  return {
    state: box.dataset.state,
    fills: canvas !== null && canvas.clientWidth > 200 && canvas.clientHeight > 100,
    colors: [...colors],
    text: box.innerText.trim(),
    markup: box.querySelectorAll('img, b, script').length,
  };
})`;
/** Stands for VChart: notes what it is to draw. */
const recordingLibrary = `globalThis.specs = [];
globalThis.VChart = { default: class {
  constructor(spec) { globalThis.specs.push(JSON.stringify(spec)); }
  async renderAsync() {}
  release() {}
} };`;
interface SeenChart {
  readonly state: string;
  readonly fills: boolean;
  readonly colors: readonly string[];
  readonly text: string;
  readonly markup: number;
}
const whatIsTooWide = `[document.documentElement, ...document.querySelectorAll('.messages, .card, .card-body')]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.className || element.tagName)`;

const bot = { id: 'cli_bot', type: 'app', name: 'Ticket bot' };
const sentAtMs = Date.UTC(2026, 6, 20, 9, 0);

function message(messageId: string, more: object): object {
  return {
    messageId,
    chatId: 'oc_group',
    sender: { id: 'ou_me', type: 'user', name: 'Maya Patel' },
    msgType: 'text',
    content: { text: messageId },
    card: null,
    createTimeMs: sentAtMs,
    updateTimeMs: sentAtMs,
    updated: false,
    deleted: false,
    mentions: [],
    reactions: [],
    ...more,
  };
}

const cardMessage = (messageId: string, card: object, more: object = {}): object =>
  message(messageId, { sender: bot, msgType: 'interactive', content: card, card, ...more });

function stateWith(...messages: readonly object[]): object {
  return {
    bot: { appId: 'cli_bot', openId: 'ou_bot', name: 'Ticket bot' },
    tenantKey: 't',
    webhookUrl: null,
    nowMs: sentAtMs,
    people: [
      { openId: 'ou_me', name: 'Maya Patel', role: 'agent', tenantKey: 't', locale: 'en_us' },
      { openId: 'ou_agent', name: '陈静', role: 'manager', tenantKey: 't', locale: 'zh_cn' },
    ],
    chats: [
      { chatId: 'oc_group', name: 'IT support', type: 'group', members: ['ou_me', 'ou_agent'], botIn: true },
      { chatId: 'oc_direct', name: 'direct', type: 'p2p', members: ['ou_me'], botIn: true },
      { chatId: 'oc_topics', name: 'Topics', type: 'topic', members: ['ou_me', 'ou_agent'], botIn: true },
    ],
    messages,
  };
}

describeNeeding('chromium', 'the playground page', (executablePath) => {
  let browser: Browser;
  let server: PageServer;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: launchArguments });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    const create = { width: 320, height: 180, channels: 3, background: '#3370ff' } as const;
    server = await startPageServer({
      state: stateWith(),
      click: {
        status: 200,
        body: {},
        ms: 4,
        toast: { type: 'success', content: '已刷新', i18n: { en_us: 'Refreshed' } },
      },
      picture: await sharp({ create }).png().toBuffer(),
      pictureKeys,
      calls: [
        {
          seq: 1,
          endpoint: 'ticket',
          method: 'GET',
          path: '/open-apis/helpdesk/v1/tickets/1',
          atMs: sentAtMs,
          endMs: sentAtMs + 12,
          status: 200,
          code: 0,
        },
        {
          seq: 2,
          endpoint: 'ticketImage',
          method: 'GET',
          path: '/open-apis/helpdesk/v1/ticket_images',
          atMs: sentAtMs,
          endMs: sentAtMs + 7,
          status: 401,
          code: 154404,
        },
      ],
      events: [
        {
          seq: 1,
          eventId: 'ev_1',
          type: 'im.message.receive_v1',
          attempt: 1,
          payload: { schema: '2.0' },
          atMs: sentAtMs,
          tookMs: 5,
          status: 200,
          body: {},
        },
      ],
      limits: [{ endpoint: 'ticket', max: 10, windowMs: 1000, used: 2, worst: 4, refused: 1 }],
    });
    problems = [];
  });
  afterEach(async () => {
    await page.close();
    await server.close();
  });

  async function open(
    query = 'lang=en_us&theme=light',
    viewport = { width: 1200, height: 900 },
  ): Promise<void> {
    page = await browser.newPage({ viewport });
    page.setDefaultTimeout(8_000);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('404')) problems.push(line.text());
    });
    await page.goto(`${server.url}/?chat=oc_group&me=ou_me&${query}&panel=0`);
    await page.waitForSelector('body.ready');
  }

  const textOf = (selector: string): Promise<string> => page.locator(selector).first().innerText();

  it('draws the ticket card from its JSON: title, tags, facts, the words of the customer, pictures, buttons', async () => {
    server.change(
      stateWith(message('om_1', {}), cardMessage('om_2', ticketCard, { parentId: 'om_1', rootId: 'om_1' })),
    );
    await open();
    expect(await textOf('.card-title')).toBe('The printer cannot be reached');
    expect(await page.locator('.card-header .tag').allInnerTexts()).toEqual(['In progress', 'Agent stage']);
    expect(await page.locator('.el-column').first().innerText()).toMatch(
      /Owner\s+静?\s*陈静\s+Channel\s+Bot/,
    );
    expect(await textOf('.card blockquote')).toContain('三楼的同事也一样 *急*');
    await expect.poll(() => page.evaluate(fourPicturesLoaded)).toBe(true);
    expect(await page.locator('.card .btn').allInnerTexts()).toEqual([
      'Refresh',
      'Escalate',
      'Open in helpdesk',
      '',
    ]);
    expect(await textOf('.quote')).toBe('Reply to Maya Patel: om_1');
    expect(problems).toEqual([]);
  });

  it('says every text of a card in the chosen language', async () => {
    server.change(stateWith(cardMessage('om_2', ticketCard)));
    await open();
    await page.click('[data-lang=ja_jp]');
    expect(await textOf('.card-title')).toBe('プリンターに接続できません');
    expect(await page.locator('.card .btn').allInnerTexts()).toEqual([
      '更新',
      'エスカレーション',
      'ヘルプデスクで開く',
      '',
    ]);
    await page.click('[data-lang=zh_cn]');
    expect(await textOf('.card-title')).toBe('打印机无法连接');
    expect(await page.locator('.el-panel summary').innerText()).toContain('对话（3）');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-Hans');
  });

  it('sends a click with the value of its button and shows the toast and the new card', async () => {
    server.change(stateWith(cardMessage('om_2', ticketCard)));
    await open();
    await page.click('text=Refresh');
    expect(await textOf('.toast')).toBe('Refreshed');
    const value = { action: 'refresh', ticket: '6626871355780366331' };
    expect(server.clicked).toEqual([{ person: 'ou_me', messageId: 'om_2', value, tag: 'button' }]);
    server.change(stateWith(cardMessage('om_2', showcase)));
    await page.waitForSelector('.card-title:has-text("Showcase")');
  });

  it('asks first where a button wants to be confirmed, and offers what is behind the dots', async () => {
    server.change(stateWith(cardMessage('om_2', ticketCard)));
    await open();
    await page.click('text=Escalate');
    expect(await textOf('dialog h2')).toBe('Escalate this ticket?');
    await page.click('dialog >> text=Cancel');
    expect(server.clicked).toEqual([]);
    await page.click('.btn.overflow');
    await page.click('.menu >> text=Export');
    await page.waitForSelector('.toast');
    const value = { action: 'more', ticket: '6626871355780366331' };
    expect(server.clicked).toEqual([
      { person: 'ou_me', messageId: 'om_2', value, tag: 'overflow', option: 'export' },
    ]);
  });

  it('draws the other components, and a box for one that it does not know', async () => {
    server.change(stateWith(cardMessage('om_2', showcase)));
    await open();
    expect(await textOf('.md-h1')).toBe('Heading');
    expect(await page.locator('.md strong, .md em, .md s, .md code').allInnerTexts()).toEqual(
      expect.arrayContaining(['bold', 'italic', 'strike', 'code', 'const a = "<b>";', 'second']),
    );
    expect(await page.getAttribute('.md a', 'href')).toBe('https://example.com/a?b=1&c=2');
    expect(await page.locator('.md li').allInnerTexts()).toEqual([
      'one',
      expect.stringContaining('inner'),
      'inner',
    ]);
    expect(await page.locator('.mention').allInnerTexts()).toEqual(['@陈静', '@everyone']);
    expect(await textOf('.el-unsupported')).toBe('Unsupported component: hologram');
    expect(await textOf('.el-chart')).toContain('Tickets per day');
    expect(await page.locator('.el-table tbody tr').count()).toBe(2);
    await page.click('.pager button:last-child');
    expect(await textOf('.el-table tbody tr')).toContain('Maya Patel');
    await page.waitForSelector('.picture.broken:has-text("The picture cannot be loaded")');
    expect(await page.locator('.btn:has-text("Not now")').isDisabled()).toBe(true);
  });

  it('sends a form as a whole, and only when what it requires is there', async () => {
    server.change(stateWith(cardMessage('om_2', showcase)));
    await open();
    await page.click('.el-form .btn');
    expect(server.clicked).toEqual([]);
    await page.fill('.el-form input[placeholder=Why]', 'no answer');
    await page.selectOption('.el-form select', 'high');
    await page.click('.el-form .btn');
    await page.waitForSelector('.toast');
    expect(server.clicked).toEqual([
      {
        person: 'ou_me',
        messageId: 'om_2',
        value: { action: 'form' },
        tag: 'button',
        name: 'send',
        formValue: {
          reason: 'no answer',
          level: 'high',
          until: expect.stringMatching(/^2026-08-01 [+-]\d{4}$/),
        },
      },
    ]);
  });

  it('lets text of strangers do nothing but stand there', async () => {
    const foreign: string[] = [];
    server.change(
      stateWith(
        ...hostileTexts.flatMap((text, index) => [
          cardMessage(`om_card${index}`, hostileCard(text)),
          message(`om_text${index}`, { content: { text } }),
        ]),
      ),
    );
    page = await browser.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) foreign.push(request.url());
    });
    await page.goto(`${server.url}/?chat=oc_group&me=ou_me&lang=en_us`);
    await page.waitForSelector('body.ready');
    await page.waitForSelector(`[data-message=om_text${hostileTexts.length - 1}]`);
    const found = await page.evaluate(whatStrangersDid);
    expect(found).toEqual({ broken: undefined, elements: 0, handlers: [], targets: [], styled: 0 });
    expect(foreign).toEqual([]);
    expect(await textOf('[data-message=om_text1] .bubble')).toBe(hostileTexts[1]);
    expect(await page.locator('[data-message=om_card0] .card .plain').first().innerText()).toBe(
      hostileTexts[0],
    );
  });

  it.each([
    ['zh_cn', 'light'],
    ['ja_jp', 'dark'],
  ])('fits a phone without sideways scrolling (%s, %s)', async (lang, theme) => {
    server.change(
      stateWith(message('om_1', {}), cardMessage('om_2', ticketCard), cardMessage('om_3', showcase)),
    );
    await open(`lang=${lang}&theme=${theme}`, { width: 360, height: 740 });
    await page.waitForSelector('.card-title');
    const overflow = await page.evaluate(whatIsTooWide);
    expect(overflow).toEqual([]);
    await page.click('.back');
    expect(await page.locator('.chat-item').count()).toBe(3);
    expect(await page.locator('.messages').isVisible()).toBe(false);
  });

  it('sends what is typed with Enter, as the chosen person, mentioning the bot or not', async () => {
    await open();
    await page.fill('.chat .composer-input', '/ticket 1 @陈静');
    await page.press('.chat .composer-input', 'Enter');
    await page.click('.mention-toggle');
    await page.fill('.chat .composer-input', 'two lines');
    await page.press('.chat .composer-input', 'Shift+Enter');
    await page.locator('.chat .composer-input').pressSequentially('here');
    await page.press('.chat .composer-input', 'Enter');
    await page.click('.me');
    await page.click('.menu >> text=陈静');
    await page.fill('.chat .composer-input', 'hello');
    await page.press('.chat .composer-input', 'Enter');
    await expect.poll(() => server.said.length).toBe(3);
    const chat = { chat: 'oc_group', person: 'ou_me' };
    expect(server.said).toEqual([
      { ...chat, text: '/ticket 1 <at user_id="ou_agent"></at>', mentionBot: 'before' },
      { ...chat, text: 'two lines\nhere', mentionBot: 'none' },
      { chat: 'oc_group', person: 'ou_agent', text: 'hello', mentionBot: 'none' },
    ]);
  });

  it('keeps threads apart from the conversation and answers inside them', async () => {
    const inThread = { rootId: 'om_1', parentId: 'om_1', threadId: 'omt_1' };
    server.change(
      stateWith(
        message('om_1', { threadId: 'omt_1' }),
        cardMessage('om_2', ticketCard, inThread),
        message('om_3', {}),
      ),
    );
    await open();
    expect(await page.locator('.messages .card').count()).toBe(0);
    await page.click('text=1 reply');
    expect(await textOf('.thread .card-title')).toBe('The printer cannot be reached');
    await page.fill('.thread .composer-input', '/ticket');
    await page.press('.thread .composer-input', 'Enter');
    await expect.poll(() => server.said.length).toBe(1);
    expect(server.said[0]).toMatchObject({ text: '/ticket', replyTo: 'om_1', inThread: true });
  });

  it('leaves an answer where it stands when a thread begins under it', async () => {
    const answer = { rootId: 'om_1', parentId: 'om_1', threadId: 'omt_1' };
    const file = { rootId: 'om_2', parentId: 'om_2', threadId: 'omt_1', msgType: 'file' };
    server.change(
      stateWith(
        message('om_1', {}),
        cardMessage('om_2', ticketCard, answer),
        message('om_3', { ...file, content: { file_name: 'rows.csv' } }),
      ),
    );
    await open();
    expect(await textOf('.messages [data-message=om_2] .card-title')).toBe('The printer cannot be reached');
    expect(await page.locator('.messages [data-message=om_2] .quote').count()).toBe(1);
    expect(await page.locator('.messages [data-message=om_3]').count()).toBe(0);
    await page.click('.messages [data-message=om_2] >> text=1 reply');
    expect(await page.locator('.thread [data-message]').count()).toBe(2);
    expect(await textOf('.thread [data-message=om_3] .file')).toContain('rows.csv');
  });

  it('keeps a panel open that the reader opened when other messages arrive', async () => {
    server.change(stateWith(cardMessage('om_2', ticketCard)));
    await open();
    await page.click('.el-panel summary');
    server.change(
      stateWith(cardMessage('om_2', { ...ticketCard, config: { update_multi: true } }), message('om_9', {})),
    );
    await page.waitForSelector('[data-message=om_9]');
    expect(await page.locator('.el-panel').getAttribute('open')).toBe('');
  });

  it('shows a picture in full on a click and closes it with Escape', async () => {
    server.change(stateWith(cardMessage('om_2', ticketCard)));
    await open();
    await page.click('.el-grid .picture >> nth=1');
    expect(await textOf('.preview-place')).toBe('2 / 2');
    await page.keyboard.press('ArrowLeft');
    expect(await textOf('.preview-place')).toBe('1 / 2');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
  });

  it('shows calls, events and limits in the panel, and pulls a plug', async () => {
    await open('lang=en_us&panel=1');
    await page.waitForSelector('.row');
    const rows = await page.locator('.row summary').allInnerTexts();
    expect(rows.map((row) => row.split('\n').slice(0, 3))).toEqual([
      ['401', '154404', 'ticketImage'],
      ['200', 'ticket', '12 ms'],
    ]);
    await page.click('.tabs >> text=Events');
    await page.click('.row:has-text("im.message.receive_v1") summary');
    expect(await textOf('.json-view')).toContain('"schema": "2.0"');
    await page.click('.tabs >> text=Limits');
    expect(await textOf('.limit')).toMatch(/ticket\s+2 · at most 4 \/ 10 · 1 s\s+429 × 1/);
    await page.click('.tabs >> text=Faults');
    await page.click('.preset:has-text("Rate limited") .btn');
    expect(await textOf('.fault')).toBe('ticket 429, 3 s · 0 / 1');
    expect(server.faults).toEqual([{ endpoint: 'ticket', times: 1, resetSec: 3 }]);
  });

  it('opens at the head of a card that is taller than the screen, and stays where the reader unfolds', async () => {
    const chatter = Array.from({ length: 20 }, (_, index) => message(`om_c${index}`, {}));
    server.change(stateWith(...chatter, cardMessage('om_2', ticketCard)));
    await open('lang=en_us', { width: 1200, height: 500 });
    await expect.poll(() => page.evaluate(fourPicturesLoaded)).toBe(true);
    await page.evaluate(twoFrames);
    const title = await page.locator('.card-title').boundingBox();
    expect(title?.y).toBeGreaterThan(60);
    expect(title?.y).toBeLessThan(200);
    await page.locator('.el-panel summary').scrollIntoViewIfNeeded();
    await page.evaluate(twoFrames);
    const before = await page.locator('.el-panel summary').boundingBox();
    await page.click('.el-panel summary');
    await page.waitForSelector('.el-panel[open]');
    expect(await page.locator('.el-panel summary').boundingBox()).toEqual(before);
  });

  it('leaves the reader where they scrolled, although a picture comes before the browser has told of it', async () => {
    const chatter = Array.from({ length: 40 }, (_, index) => message(`om_c${index}`, {}));
    server.change(stateWith(...chatter, cardMessage('om_2', ticketCard)));
    await open('lang=en_us', { width: 1200, height: 500 });
    await expect.poll(() => page.evaluate(fourPicturesLoaded)).toBe(true);
    await page.evaluate(twoFrames);
    const top = `document.querySelector('.messages').scrollTop`;
    const scrollAnd = (then: string): string =>
      `document.querySelector('.messages').scrollTop = 300; ${then}; ${top}`;
    expect(await page.evaluate(top)).toBeGreaterThan(600);
    const pictureComes = `document.querySelector('.card img').dispatchEvent(new Event('load'))`;
    expect(await page.evaluate(scrollAnd(pictureComes))).toBe(300);
    await page.evaluate(twoFrames);
    expect(await page.evaluate(top)).toBe(300);
  });

  const drawnCharts = async (): Promise<SeenChart[]> => {
    await page.waitForSelector('.el-chart');
    await expect.poll(() => page.locator('.el-chart[data-state=waiting]').count()).toBe(0);
    return page.evaluate(whatCharts);
  };

  it('draws a chart in the colours of the theme, and a box for one that cannot be drawn', async () => {
    server.change(stateWith(cardMessage('om_2', chartsCard)));
    await open();
    const light = await drawnCharts();
    expect(light.map(({ state, fills }) => [state, fills])).toEqual([
      ['drawn', true],
      ['failed', false],
      ['failed', false],
    ]);
    expect(light.map(({ text }) => text)).toEqual([
      '',
      'Of the future\nThe chart cannot be drawn',
      'Of nothing\nThe chart cannot be drawn',
    ]);
    expect(light[0]?.markup).toBe(0);
    expect(light[0]?.colors).toEqual(expect.arrayContaining(['51,112,255', '31,35,41']));
    expect(await page.getByRole('img', { name: 'Tickets per day' }).count()).toBe(1);
    await page.click('.top-bar [aria-label=Dark], .top-bar [title=Dark]');
    await expect.poll(async () => (await drawnCharts())[0]?.colors).toContain('232,234,237');
    expect(await page.evaluate('globalThis.broken')).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('loads the library with the first chart only, and shows the title where there is none', async () => {
    const asked: string[] = [];
    server.change(stateWith(cardMessage('om_2', ticketCard)));
    await open();
    await page.route('**/page/vendor/*', async (route) => {
      asked.push(new URL(route.request().url()).pathname);
      await route.fulfill({ status: 404 });
    });
    await page.waitForSelector('.card-title');
    expect(asked).toEqual([]);
    expect(await page.locator('script[src*=vendor]').count()).toBe(0);
    server.change(stateWith(cardMessage('om_3', chartsCard)));
    await page.waitForSelector('.el-chart[data-state=without]');
    expect(await textOf('.el-chart')).toMatch(/Tickets per day\s+bar/);
    expect(asked).toEqual(['/page/vendor/vchart.js']);
  });

  it('gives the library data alone: no key under which it takes markup or components', async () => {
    const style = { html: { dom: '<img src=x onerror="broken=3">' }, react: { element: 'x' }, fill: 'red' };
    const spec = {
      type: 'bar',
      title: { text: 'Tickets per day', html: { dom: '<b>x</b>' } },
      data: { values: [{ x: 'html', y: 1, html: 'react' }] },
      label: { visible: true, style },
      axes: [{ orient: 'left', label: { style } }],
      react: { element: 'x' },
      ...JSON.parse('{"__proto__":{"polluted":true}}'),
    };
    const element = { tag: 'chart', chart_spec: spec };
    server.change(stateWith());
    await open();
    await page.route('**/page/vendor/*', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: recordingLibrary }),
    );
    server.change(stateWith(cardMessage('om_2', { schema: '2.0', body: { elements: [element] } })));
    await page.waitForSelector('.el-chart[data-state=drawn]');
    const [given] = z.array(z.string()).parse(await page.evaluate('globalThis.specs'));
    expect(given).not.toMatch(/"(?:html|react|__proto__)":/);
    expect(given).not.toContain('broken=3');
    expect(JSON.parse(given ?? '')).toMatchObject({
      title: { text: 'Tickets per day' },
      data: { values: [{ x: 'html', y: 1 }] },
      label: { visible: true, style: { fill: 'red' } },
      axes: [{ orient: 'left', label: { style: { fill: 'red' } } }],
    });
  });

  it('takes several people in a form, and says whom', async () => {
    server.change(stateWith(cardMessage('om_2', peopleForm)));
    await open();
    expect(await textOf('.multi')).toBe('Whom to call');
    await page.click('.multi summary');
    await page.click('.multi >> text=陈静');
    await page.click('.multi >> text=Maya Patel');
    expect(await textOf('.multi summary')).toBe('Maya Patel, 陈静');
    await page.click('.el-form .btn');
    await page.waitForSelector('.toast');
    expect(server.clicked).toMatchObject([{ formValue: { people: ['ou_me', 'ou_agent'] } }]);
  });
});
