/** One ticket, told line by line with the times that it comes from. */

import type { Card, Conversation, Text, Ticket, TicketMessage } from '../domain.ts';
import type { Story, StoryEvent } from '../story.ts';
import { duration, grouped, joinText, same, say, sentence, text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { box, buttonRow, type Element } from './elements.ts';
import { name } from './facts.ts';
import { focus } from './focus.ts';
import { frame } from './frame.ts';
import { moment, shortMoment } from './moment.ts';
import { firstThatFits } from './size.ts';
import { subject } from './subject.ts';
import { openButton, showButton } from './ticketButtons.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface StoryCardData {
  readonly ticket: Ticket;
  /** Undefined when the messages could not be read. */
  readonly conversation: Conversation | undefined;
  readonly story: Story;
  /** A paragraph that a language model wrote, when there is one. */
  readonly paragraph?: string | undefined;
}

/** How much is shown. */
interface Detail {
  readonly eventCount: number;
  readonly columnCount: number;
  readonly messageCount: number;
}

export function storyCard(data: StoryCardData, view: View): Card {
  const build = (detail: Detail) => (): Card => wholeCard(data, detail, view);
  return firstThatFits(
    build({ eventCount: 30, columnCount: 600, messageCount: 5 }),
    build({ eventCount: 12, columnCount: 240, messageCount: 3 }),
    build({ eventCount: 6, columnCount: 80, messageCount: 1 }),
  );
}

function wholeCard(data: StoryCardData, detail: Detail, view: View): Card {
  const { ticket, conversation, story, paragraph } = data;
  const say = untrusted(view.privacy);
  const number = text.ticket({ id: say.line(ticket.id, 40) });
  const about = subject(ticket, conversation, say);
  const title = about === undefined ? number : same(about);
  const now = focus(ticket, conversation, view.nowMs);
  const buttons = [
    showButton(ticket.id, view, text.button.showTicket),
    openButton(ticket.id, view, 'small'),
  ].filter((one) => one !== undefined);
  return frame(
    {
      title: storyTitle({ about: title }),
      ...(about === undefined ? {} : { subtitle: number }),
      color: 'blue',
      tags: [{ text: text.status[ticket.status], color: 'neutral' }],
      summary: joinText([number, now.text], ' · '),
      elements: [
        plain(now.text, { size: 'heading', color: now.color }),
        note(timeLine),
        plain(joinText(eventLines(story.events, detail.eventCount, say, view), '\n')),
        ...(conversation === undefined
          ? [plain(text.messagesUnread, { color: 'orange' })]
          : said(story, detail, say, view)),
        ...(paragraph === undefined ? [] : machineWritten(paragraph, say)),
        ...leftOut(conversation),
        ...(buttons.length === 0 ? [] : [buttonRow(buttons)]),
        note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
      ],
    },
    view,
  );
}

// ---------------------------------------------------------------- the time line

function eventLines(
  events: readonly StoryEvent[],
  maxCount: number,
  say: Untrusted,
  { timeZone }: View,
): readonly Text[] {
  // The beginning and the end say most.
  const headCount = Math.ceil(maxCount / 2);
  const isLong = events.length > maxCount;
  const line = (event: StoryEvent): Text =>
    joinText([same(shortMoment(event.atMs, timeZone)), eventText(event, say)], '  ');
  if (events.length === 0) return [nothingKnown];
  if (!isLong) return events.map(line);
  const middle = moreEvents({ count: grouped(events.length - maxCount) });
  return [...events.slice(0, headCount).map(line), middle, ...events.slice(headCount - maxCount).map(line)];
}

function eventText(event: StoryEvent, say: Untrusted): Text {
  switch (event.kind) {
    case 'opened':
    case 'closed': {
      const what = event.kind === 'opened' ? opened : closed;
      return event.who === undefined ? what : joinText([what, name(event.who, say)], ' · ');
    }
    case 'to_human':
      return toHuman;
    case 'first_answer':
      return firstAnswer;
    case 'hand_over':
      return handOver({ from: name(event.from, say), to: name(event.who, say) });
    case 'wait':
      return (event.ongoing ? stillWaits : waited)({ time: duration(event.waitedMs) });
  }
}

// ---------------------------------------------------------------- what was said

function said(story: Story, detail: Detail, say: Untrusted, view: View): readonly Element[] {
  const { asked, lastAnswer, unanswered, pictured } = story;
  const quote = (title: Text, messages: readonly TicketMessage[]): readonly Element[] =>
    messages.length === 0
      ? []
      : [
          box([
            note(title),
            ...messages
              .slice(0, detail.messageCount)
              .flatMap((message) => quoted(message, detail.columnCount, say, view)),
          ]),
        ];
  return [
    ...quote(askedTitle, asked),
    ...(lastAnswer === undefined ? [note(noAnswer)] : quote(answerTitle, [lastAnswer])),
    ...quote(unansweredTitle, unanswered),
    ...pictureLines(pictured, say, view),
  ];
}

function quoted(message: TicketMessage, columnCount: number, say: Untrusted, view: View): readonly Element[] {
  const words = say.block(message.text, { columnCount, lineCount: 8 }).text;
  return [note(byline(message, say, view)), ...(words === '' ? [] : [plain(same(words))])];
}

function byline({ author, createdAtMs }: TicketMessage, say: Untrusted, { timeZone }: View): Text {
  const who = name(author, say);
  return createdAtMs === undefined ? who : joinText([same(shortMoment(createdAtMs, timeZone)), who], '  ');
}

function pictureLines(pictured: readonly TicketMessage[], say: Untrusted, view: View): readonly Element[] {
  if (pictured.length === 0) return [];
  const lines = pictured
    .slice(0, 8)
    .map((message) => joinText([byline(message, say, view), text.pictures(message.pictures.length)], ' · '));
  const rest = pictured.length - lines.length;
  const more =
    rest === 0 ? [] : [text.messages(rest)].map((messages) => joinText([same('+'), messages], ' '));
  return [note(picturesTitle), plain(joinText([...lines, ...more], '\n'))];
}

/** In a box of its own, so that it cannot be taken for what the rules found. */
function machineWritten(paragraph: string, say: Untrusted): readonly Element[] {
  return [
    box([note(byMachine), plain(same(say.block(paragraph, { columnCount: 1_200, lineCount: 12 }).text))]),
  ];
}

function leftOut(conversation: Conversation | undefined): readonly Element[] {
  if (conversation === undefined || conversation.omittedCount === 0) return [];
  const { totalCount, omittedCount } = conversation;
  return [
    note(text.messagesOmitted({ messages: text.messages(totalCount), omitted: grouped(omittedCount) })),
  ];
}

// ---------------------------------------------------------------- sentences

const storyTitle = sentence('经过：{about}', 'What happened: {about}', '経緯：{about}');
const timeLine = say('时间线', 'Time line', '経過');
const opened = say('提交', 'Opened', '作成');
const closed = say('关闭', 'Closed', '終了');
const toHuman = say('转人工', 'Handed to an agent', '有人対応へ');
const firstAnswer = say('客服首次回复', 'First answer of an agent', '担当者の初回返信');
const handOver = sentence('由 {from} 转给 {to}', '{from} handed over to {to}', '{from} から {to} へ引き継ぎ');
const waited = sentence('用户等了 {time}', 'The customer waited for {time}', 'ユーザーが {time}待ちました');
const stillWaits = sentence(
  '用户等了 {time}，没有等到回复',
  'The customer waited for {time}, and got no answer',
  'ユーザーは {time}待ち、返信がありません',
);
const moreEvents = sentence('… 另有 {count} 条', '… {count} more', '… ほか {count} 件');
const nothingKnown = say('没有时间记录', 'No times are known', '時刻の記録がありません');
const askedTitle = say('用户的问题', 'What the customer asked', 'ユーザーの質問');
const answerTitle = say('最后的回复', 'The last answer', '最後の返信');
const noAnswer = say('还没有客服回复', 'No agent has answered yet', '担当者の返信はまだありません');
const unansweredTitle = say('尚未回答的问题', 'Questions without an answer', '未回答の質問');
const picturesTitle = say('图片', 'Pictures', '画像');
const byMachine = say(
  '以下由语言模型撰写，可能有误；以上面的记录为准。',
  'Written by a language model and maybe wrong; what stands above counts.',
  '以下は言語モデルによる文章で、誤りがあり得ます。上の記録が正確です。',
);
