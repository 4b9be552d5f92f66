/**
 * What a link to a ticket shows in place of its address: a title, and a small card. The page of link previews documents cards of the
 * 1.0 layout alone, whose texts do not follow the reader's language.
 * https://open.feishu.cn/document/development-link-preview/pull-link-preview-data-callback-structure
 */

import type { Conversation, JsonObject, Locale, Text, Ticket } from '../domain.ts';
import { joinText, same, text } from '../text.ts';
import { name } from './facts.ts';
import { focus } from './focus.ts';
import { moment } from './moment.ts';
import { ticketHeader } from './ticketHeader.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface PreviewData {
  readonly ticket: Ticket;
  readonly conversation: Conversation | undefined;
}

/** The answer to the client. @param withCard false: the title alone */
export function preview(data: PreviewData, withCard: boolean, view: View): JsonObject {
  const title = titleOf(data, view);
  const { zh_cn, en_us, ja_jp } = title;
  const inline = { title: title[localeOf(view)], i18n_title: { zh_cn, en_us, ja_jp } };
  return withCard ? { inline, card: { type: 'raw', data: cardOf(data, view) } } : { inline };
}

function localeOf({ locale = 'zh_cn' }: View): Locale {
  return locale;
}

/** Number, state and subject in one line. */
function titleOf({ ticket, conversation }: PreviewData, view: View): Text {
  return ticketHeader(ticket, conversation, untrusted(view.privacy)).summary;
}

function cardOf({ ticket, conversation }: PreviewData, view: View): JsonObject {
  const say = untrusted(view.privacy);
  const { title, color } = ticketHeader(ticket, conversation, say);
  const plain = (words: Text): JsonObject => ({ tag: 'plain_text', content: words[localeOf(view)] });
  const owner = ticket.owner === undefined ? text.unassigned : name(ticket.owner, say);
  const guest = ticket.guest === undefined ? text.unknownPerson : name(ticket.guest, say);
  const fields: readonly Text[] = [
    text.labelled({ label: text.label.owner, value: owner }),
    text.labelled({ label: text.label.guest, value: guest }),
    ...(ticket.createdAtMs === undefined
      ? []
      : [text.labelled({ label: text.label.created, value: moment(ticket.createdAtMs, view.timeZone) })]),
  ];
  const number = text.ticket({ id: say.line(ticket.id, 40) });
  return {
    config: { wide_screen_mode: true },
    header: { title: plain(title), template: color },
    elements: [
      { tag: 'div', text: plain(focus(ticket, conversation, view.nowMs).text) },
      { tag: 'div', fields: fields.map((one) => ({ is_short: true, text: plain(one) })) },
      {
        tag: 'note',
        elements: [plain(joinText([number, same(moment(view.nowMs, view.timeZone))], ' · '))],
      },
    ],
  };
}
