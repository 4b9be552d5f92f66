import type { CardTokens } from './api/cardTokens.ts';
import { codes, isObject } from './cardChecks.ts';
import { requireCard } from './contentRules.ts';
import type { ClickInput, ClickResult, Toast } from './controlShapes.ts';
import type { Message } from './nouns.ts';
import type { Delivered, Push } from './push.ts';
import { ids } from './speak.ts';
import type { World } from './world.ts';

/** A click on a card, as the client does it: calls back, shows the toast, takes the card of the answer. */

export interface PressParts {
  readonly world: World;
  readonly push: Push;
  readonly cardTokens: CardTokens;
}

export interface Pressed extends ClickResult {
  readonly eventId: string;
  /** An update of the card came before the callback's answer, and the client showed the old card again. */
  readonly undone: boolean;
}

/** https://open.feishu.cn/document/feishu-cards/card-callback-communication */
export async function press({ world, push, cardTokens }: PressParts, input: ClickInput): Promise<Pressed> {
  const message = world.messages.get(input.messageId);
  if (message === undefined) throw new Error(`The sandbox knows no message "${input.messageId}".`);
  const person = world.person(input.person);
  const { value: token, token: state } = cardTokens.issue(message.messageId);
  const before = message.card;
  const delivered = await push.deliver({
    type: 'card.action.trigger',
    route: 'card',
    ...(input.eventId === undefined ? {} : { header: { event_id: input.eventId } }),
    event: {
      operator: { tenant_key: person.tenantKey, ...ids(world, person) },
      token,
      action: {
        value: input.value,
        tag: input.tag ?? 'button',
        timezone: 'Asia/Shanghai',
        name: input.name,
        form_value: input.formValue,
        input_value: input.inputValue,
        option: input.option,
        options: input.options,
        checked: input.checked,
      },
      host: 'im_message',
      context: { open_message_id: message.messageId, open_chat_id: message.chatId },
    },
  });
  state.answered = true;
  const undone = message.card !== before;
  const toast = show(world, message, before, delivered);
  const { status, body, eventId, tookMs } = delivered;
  return { status, body, ms: tookMs, eventId, undone, ...(toast === undefined ? {} : { toast }) };
}

/** Applies the answer to the message; updates that came before it are lost. Answers what the client shows. */
function show(
  world: World,
  message: Message,
  before: unknown,
  { status, body }: Delivered,
): Toast | undefined {
  const failure = failureCode(status, body);
  const card = failure === undefined && isObject(body) && isObject(body['card']) ? body['card'] : undefined;
  const refused = card === undefined ? undefined : cardFailure(world, message, card);
  if (card !== undefined && refused === undefined) world.replaceCard(message, card['data']);
  else if (message.card !== before) world.replaceCard(message, before);
  const code = failure ?? refused;
  if (code !== undefined) return { type: 'error', content: `code: ${code}`, code };
  return isObject(body) ? toastOf(body['toast']) : undefined;
}

/** The codes that clients show. */
function failureCode(status: number, body: unknown): number | undefined {
  if (status === 0) return 200341;
  if (status !== 200) return 200671;
  if (!isObject(body)) return 200672;
  return body['toast'] !== undefined && toastOf(body['toast']) === undefined ? 200672 : undefined;
}

function toastOf(value: unknown): Toast | undefined {
  if (!isObject(value)) return undefined;
  const { type = 'info', content = '', i18n } = value;
  if (typeof type !== 'string' || !['info', 'success', 'error', 'warning'].includes(type)) return undefined;
  if (typeof content !== 'string' || (i18n !== undefined && !isObject(i18n))) return undefined;
  const texts = Object.entries(i18n ?? {}).map(([key, text]) => [key, String(text)] as const);
  return { type, content, ...(texts.length === 0 ? {} : { i18n: Object.fromEntries(texts) }) };
}

function cardFailure(
  world: World,
  message: Message,
  card: Readonly<Record<string, unknown>>,
): number | undefined {
  if (card['type'] !== 'raw' || !isObject(card['data'])) return 200673;
  if (card['data']['schema'] !== '2.0') return 200830;
  try {
    requireCard(world, world.chats.get(message.chatId), card['data']);
    return undefined;
  } catch {
    return codes.badCallbackCard;
  }
}
