/** Pictures of the demo itself: a bot that answers in the sandbox, seen on its page. */

import { chromium } from 'playwright-core';
import type { Locale } from '../../src/domain.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import { forget, startBot } from '../support/bot.ts';
import { program } from '../support/programs.ts';

const chat = 'IT 服务台';
const person = '林晓';

/** @returns PNGs by name, at twice their size */
export async function photographDemo(): Promise<Readonly<Record<string, Buffer>>> {
  const executablePath = program('chromium');
  if (executablePath === undefined) throw new Error('chromium is not installed on this machine');
  const sandbox = await startSandbox();
  const bot = await startBot(sandbox, { env: { ACCESS_CHATS: sandbox.world.chat(chat).chatId } });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const ask = async (ticketId: string) => {
      const { messageId } = await sandbox.say({ chat, person, text: `/ticket ${ticketId}` });
      const isWhole = (card: unknown): boolean => {
        const said = JSON.stringify(card);
        return said.includes('img_key') && !/Loading \d/.test(said);
      };
      const reply = await sandbox.waitFor(
        () => sandbox.ledger.repliesTo(messageId).find(({ card }) => isWhole(card)),
        30_000,
      );
      return { questionId: messageId, cardId: reply.messageId };
    };
    await ask(ticketIds.english);
    const { questionId, cardId } = await ask(mainTicketId);
    const photograph = async (lang: Locale, theme: 'light' | 'dark'): Promise<Buffer> => {
      const page = await browser.newPage({ deviceScaleFactor: 2, viewport: { width: 740, height: 2_400 } });
      const address = new URLSearchParams({ chat, me: person, lang, theme, panel: '0' });
      await page.goto(`${sandbox.url}/?${address.toString()}`);
      await page.waitForSelector('body.ready');
      await page.evaluate(
        `Promise.all([...document.images].map((one) => one.decode().catch(() => undefined)))`,
      );
      const [from, to] = await Promise.all(
        [questionId, cardId].map((id) => page.locator(`[data-message="${id}"]`).boundingBox()),
      );
      if (!from || !to) throw new Error('the page does not show the answer');
      const y = from.y - 12;
      const clip = { x: 0, y, width: 740, height: to.y + to.height + 12 - y };
      return page.screenshot({ type: 'png', animations: 'disabled', clip });
    };
    return {
      'ticket-card': await photograph('en_us', 'light'),
      'ticket-card-dark': await photograph('zh_cn', 'dark'),
    };
  } finally {
    await browser.close();
    await bot.stop();
    forget(bot);
    await sandbox.close();
  }
}
