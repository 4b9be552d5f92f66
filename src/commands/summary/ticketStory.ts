/** `/summary <ticket id>`: one ticket told by rules, and a paragraph in plain words where a language model is configured. */

import { storyCard } from '../../cards/storyCard.ts';
import { mask } from '../../cards/untrusted.ts';
import type { Context } from '../../command.ts';
import type { Reply, Ticket, TicketMessage } from '../../domain.ts';
import { type Story, storyOf } from '../../story.ts';
import { readTicket } from '../readTicket.ts';

/** So much of one message, and so many messages, tell what a ticket is about. */
const messageMaxCount = 600;
const messagesMaxCount = 60;

export async function showStory(id: string, context: Context): Promise<Reply> {
  const { storyteller, view } = context;
  const { ticket, conversation } = await readTicket(id, context);
  const messages = conversation?.messages ?? [];
  const known = conversation ?? { messages, totalCount: 0, omittedCount: 0, omittedBefore: undefined };
  const story: Story = storyOf(ticket, known, view.nowMs);
  const data = { ticket, conversation, story };
  const reply: Reply = { card: storyCard(data, view), tickets: [id] };
  if (!storyteller.isOn || messages.length === 0) return reply;
  return {
    ...reply,
    // What the rules say is there at once; the paragraph comes when it comes, or not at all.
    async *updates() {
      const paragraph = await storyteller.tell(transcriptOf(ticket, messages), view.locale ?? 'zh_cn');
      if (paragraph !== undefined) yield () => storyCard({ ...data, paragraph }, view);
    },
  };
}

/** Who speaks is a role, never a name, and what looks like personal data is masked whatever the chat may see. */
function transcriptOf({ guest }: Ticket, messages: readonly TicketMessage[]): string {
  const others = new Map<string, string>();
  const roleOf = ({ author: { openId, name } }: TicketMessage): string => {
    if (openId !== undefined && openId === guest?.openId) return 'Customer';
    const key = openId ?? name;
    const role = others.get(key) ?? `Person ${String.fromCharCode(65 + (others.size % 26))}`;
    others.set(key, role);
    return role;
  };
  const half = messagesMaxCount / 2;
  const shown =
    messages.length <= messagesMaxCount ? messages : [...messages.slice(0, half), ...messages.slice(-half)];
  return shown
    .filter(({ text: words }) => words.trim() !== '')
    .map((message) => `${roleOf(message)}: ${mask(message.text, 'masked').slice(0, messageMaxCount)}`)
    .join('\n');
}
