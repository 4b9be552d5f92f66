import { requireCard } from '../contentRules.ts';
import type { Handler } from './answers.ts';
import { bodyText, ok, onlyFields, Refusal } from './answers.ts';

/**
 * Updates the clicked card with the callback's token: after the callback was answered, twice, within 30 minutes.
 * https://open.feishu.cn/document/ukTMukTMukTM/uMDO1YjLzgTN24yM4UjN
 */
export const cardUpdate: Handler = (call, { world, cardTokens }) => {
  onlyFields(call, 'token', 'card');
  const token = cardTokens.find(bodyText(call, 'token'));
  const message = world.messages.get(token?.messageId ?? '');
  if (token === undefined || message === undefined) throw new Refusal(400, 11311, 'token is invalid');
  if (world.now() > token.expiresAtMs) throw new Refusal(400, 300030, 'token is expired');
  if (token.usesLeft === 0) throw new Refusal(400, 300040, 'token has been used up');
  if (!token.answered) throw new Refusal(400, 300090, 'the callback has not been answered yet');
  const card = call.body.get('card');
  requireCard(world, world.chats.get(message.chatId), card);
  token.usesLeft -= 1;
  world.replaceCard(message, card);
  return ok({});
};
