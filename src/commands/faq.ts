/** `/faq`: an entry of the knowledge base with its pictures, or the entries that words are found in. */

import { z } from 'zod';
import { faqCard, faqListCard, picturesOfAnswer } from '../cards/faqCard.ts';
import { type Argument, type Context, defineAction, defineCommand } from '../command.ts';
import type { Faq, Reply } from '../domain.ts';
import { FeishuError, UserError } from '../errors.ts';
import { say, sentence } from '../text.ts';

/** So many hits are shown. */
const maxHitCount = 5;
/** Feishu says nothing of a limit; more words than this find nothing. */
const wordsMaxCharCount = 100;
/** Ids of entries are long; a shorter number is a word, such as an error code. */
const faqId = /^\d{15,20}$/;

export const faq = defineCommand({
  name: 'faq',
  aliases: ['知识库'],
  access: 'served',
  args: [question()],
  summary: say('搜索知识库', 'Search the knowledge base', 'ナレッジを検索'),
  examples: [
    '/faq VPN 809',
    say('/知识库 打印机 卡纸', '/faq printer paper jam', '/faq プリンター 紙詰まり'),
    '/faq 6936004780707807231',
  ],
  run: ([words], context) => (faqId.test(words) ? openEntry(words, context) : searchEntries(words, context)),
  actions: {
    open: defineAction({
      toast: say('正在打开…', 'Opening…', '開いています…'),
      access: 'served',
      value: z.object({ faq: z.string().regex(/^[\w-]{1,128}$/) }),
      // Under the list, which stays.
      run: async (value, context) => ({ ...(await openEntry(value.faq, context)), beside: true }),
    }),
  },
});

/** All that was typed. The name of somebody who is mentioned is no part of the question. */
function question(): Argument<string> {
  return {
    usage: say('<编号或关键词>', '<id or words>', '<番号かキーワード>'),
    parse(words) {
      const typed = words.filter(({ openId }) => openId === undefined).map(({ text }) => text);
      const asked = typed.join(' ').slice(0, wordsMaxCharCount).trim();
      if (asked === '') throw new UserError(whatToFind, likeThis);
      return { value: asked.replace(/^#(?=\d{15,20}$)/, ''), rest: [] };
    },
  };
}

async function searchEntries(words: string, { faqs, view }: Context): Promise<Reply> {
  const { kind, faqs: found } = await faqs.search(words, maxHitCount);
  return { card: faqListCard({ words, kind, faqs: found }, view), tickets: [] };
}

/** The text comes at once; pictures that are not known yet come in by updates. */
async function openEntry(id: string, { faqs, images, view }: Context): Promise<Reply> {
  const entry = await orNoEntry(id, faqs.get(id));
  const sources = picturesOfAnswer(entry);
  const known = await images.known(sources);
  const reply: Reply = { card: faqCard({ faq: entry, pictures: known }, view), tickets: [] };
  if (!known.some(({ state }) => state === 'loading')) return reply;
  return {
    ...reply,
    async *updates() {
      for await (const pictures of images.load(sources)) yield () => faqCard({ faq: entry, pictures }, view);
    },
  };
}

async function orNoEntry(id: string, reading: Promise<Faq>): Promise<Faq> {
  try {
    return await reading;
  } catch (error) {
    const isMissing =
      error instanceof FeishuError && ['not_found', 'forbidden', 'deleted'].includes(error.kind);
    if (isMissing) throw new UserError(noEntry({ id }), searchInstead);
    throw error;
  }
}

const whatToFind = say('要找什么？', 'What are you looking for?', '何を探しますか？');
const likeThis = say(
  '请在指令后面写上关键词或条目编号，例如：/faq VPN 连不上',
  'Write words or the number of an entry after the command, such as: /faq VPN',
  'コマンドの後にキーワードか項目の番号を書いてください。例：/faq VPN',
);
const noEntry = sentence(
  '知识库中没有条目 {id}。',
  'The knowledge base has no entry {id}.',
  'ナレッジに項目 {id} はありません。',
);
const searchInstead = say(
  '请检查编号，或用关键词搜索：/faq 关键词',
  'Check the number, or search with words: /faq words',
  '番号を確認するか、キーワードで検索してください：/faq キーワード',
);
