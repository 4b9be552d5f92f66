import type { Person, Picture, Ticket, TicketMessage, TicketWire } from './nouns.ts';
import type { World } from './world.ts';

/** Writes a ticket's conversation in the shapes that the message pages show. */
export interface Writer {
  text(who: Person | 'bot', agoMs: number, words: string): TicketMessage;
  image(who: Person, agoMs: number, picture: Picture): TicketMessage;
  /** `shape` makes the undocumented inner content of a post from its keys. */
  post(
    who: Person,
    agoMs: number,
    pictures: readonly Picture[],
    shape: (imageKeys: readonly string[]) => unknown,
  ): TicketMessage;
  /** Any type with any content. */
  raw(who: Person | 'bot', agoMs: number, type: string, content: unknown): TicketMessage;
}

const bot = {
  userName: '服务台机器人',
  avatarUrl: 'https://s1-imfile.feishucdn.com/static-resource/v1/bot~72x72.png',
};

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket-message/content-structure */
export function ticketWriter(world: World, ticket: Ticket): Writer {
  const startMs = world.now();
  const add = (
    who: Person | 'bot',
    agoMs: number,
    type: string,
    content: unknown,
    pictures: readonly Picture[] = [],
  ): TicketMessage =>
    world.addTicketMessage(ticket, {
      type,
      content,
      createdAtMs: startMs - agoMs,
      pictures,
      ...(who === 'bot'
        ? bot
        : {
            userName: who.name,
            userId: who.openId,
            ...(who.avatarUrl === undefined ? {} : { avatarUrl: who.avatarUrl }),
          }),
    });
  const key = (index: number): string =>
    `img_hd_${ticket.wire.ticket_id.slice(-6)}_${ticket.messages.length}_${index}`;
  return {
    text: (who, agoMs, words) => add(who, agoMs, 'text', { msg_type: 'text', content: words }),
    image: (who, agoMs, picture) =>
      add(who, agoMs, 'image', { msg_type: 'image', image_key: key(0) }, [picture]),
    post(who, agoMs, pictures, shape) {
      const imageKeys = pictures.map((_picture, index) => key(index));
      return add(
        who,
        agoMs,
        'post',
        { msg_type: 'post', content: shape(imageKeys), image_keys: imageKeys },
        pictures,
      );
    },
    raw: (who, agoMs, type, content) => add(who, agoMs, type, content),
  };
}

/** Adds a ticket of that age and answers its writer. */
export type Add = (
  wire: Partial<TicketWire> & { ticket_id: string },
  createdAgoMs: number,
) => { readonly write: Writer };

export const adder =
  (world: World): Add =>
  (wire, createdAgoMs) => {
    const createdAtMs = Math.floor(world.now()) - createdAgoMs;
    return { write: ticketWriter(world, world.addTicket({ created_at: createdAtMs, ...wire })) };
  };

export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => count * 86_400_000;
