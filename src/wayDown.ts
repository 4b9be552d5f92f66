/** The way down from a card that Feishu refuses: with its pictures made again, then simpler and simpler, until Feishu takes it. */

import { imageKeysIn, textOnly, withoutPeople, withoutPictures, withPictures } from './cards/degrade.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { View } from './cards/view.ts';
import type { Card, Text } from './domain.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';
import type { MessageContent } from './feishu/im.ts';
import type { Log } from './log.ts';
import type { Images } from './services/images.ts';

export interface WayDownDeps {
  readonly pictures: Pick<Images, 'renew'>;
  readonly log: Log;
  /** For notices that are about no command. */
  readonly view: () => View;
}

export interface CardContent {
  readonly kind: 'card';
  readonly card: Card;
}

/** Made only when it is needed. Undefined when it would be no better than the one before. */
type Form<C> = (refusal: FeishuError | undefined) => Promise<C | undefined>;

/**
 * Tries the card and its simpler forms, and then `last`, until Feishu takes one. Where a policy forbids the content, the reader is told
 * that instead: it would be refused in any form.
 * @throws FeishuError of the last attempt, or any that has nothing to do with the content
 */
export async function wayDown<C extends MessageContent, T>(
  deps: WayDownDeps,
  card: Card,
  attempt: (content: C | CardContent) => Promise<T>,
  ...last: readonly (() => C)[]
): Promise<T> {
  let refusal: FeishuError | undefined;
  for (const form of [...cardForms(deps, card), ...last.map((make) => async () => make())]) {
    const content = await form(refusal);
    if (content === undefined) continue;
    try {
      return await attempt(content);
    } catch (error) {
      if (isKind(error, 'rejected_content'))
        return attempt({ kind: 'card', card: withheldCard(deps.view()) });
      if (!isKind(error, 'rejected_card')) throw error;
      deps.log.warn({ err: error }, 'Feishu refused the card; trying another form of it');
      refusal = error;
    }
  }
  throw refusal ?? new Error('there is always a first form');
}

function cardForms(deps: WayDownDeps, card: Card): readonly Form<CardContent>[] {
  const form =
    (make: (refusal: FeishuError | undefined) => Card | Promise<Card | undefined>): Form<CardContent> =>
    async (refusal) => {
      const made = await make(refusal);
      return made && { kind: 'card', card: made };
    };
  return [
    form(() => card),
    form(async (refusal) => (isAboutPicture(refusal) ? withRenewedPictures(deps, card) : undefined)),
    form(() => withoutPictures(card)),
    form(() => withoutPeople(withoutPictures(card))),
    form(() => textOnly(card)),
  ];
}

/** The card shows a picture that Feishu does not know, or not as the bot's own: see `feishu/codesMessages.ts`. */
const pictureCodes: readonly (number | undefined)[] = [200570, 230017, 11221];

function isAboutPicture(refusal: FeishuError | undefined): boolean {
  return pictureCodes.includes(refusal?.subCode ?? refusal?.code);
}

/** The others stay as they are; one that is lost is said to be missing. Undefined when none can be made again. */
async function withRenewedPictures({ pictures }: WayDownDeps, card: Card): Promise<Card | undefined> {
  const renewed = await pictures.renew(imageKeysIn(card));
  return renewed.size === 0 ? undefined : withPictures(card, renewed);
}

function withheldCard(view: View): Card {
  return noticeCard({ tone: 'problem', what: withheld.what, next: withheld.next }, view);
}

const withheld = {
  what: {
    zh_cn: '飞书的内容策略不允许在这里显示此工单。',
    en_us: 'A content policy of Feishu does not allow this ticket to be shown here.',
    ja_jp: 'Feishu のコンテンツポリシーにより、このチケットはここに表示できません。',
  },
  next: {
    zh_cn: '请在服务台中打开它。',
    en_us: 'Open it in the helpdesk.',
    ja_jp: 'ヘルプデスクで開いてください。',
  },
} as const satisfies Record<string, Text>;

function isKind(error: unknown, kind: FeishuErrorKind): error is FeishuError {
  return error instanceof FeishuError && error.kind === kind;
}
