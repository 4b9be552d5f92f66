/** A card that the bot posted, and what it is about. */
export interface PostedCard {
  readonly messageId: string;
  readonly chatId: string;
  readonly threadId: string | undefined;
  readonly tickets: readonly string[];
  readonly postedAtMs: number;
}

/** Which cards of the bot stand where. Kept for 30 days. */
export interface PostedCards {
  remember(card: PostedCard): Promise<void>;
  /** By the message id of the card. */
  get(messageId: string): Promise<PostedCard | undefined>;
  /** The ticket that a thread is about: that of the first card with a single ticket in it. */
  ticketOfThread(threadId: string): Promise<string | undefined>;
  /** The cards that show a ticket, the newest first. */
  ofTicket(ticketId: string, limit: number): Promise<readonly PostedCard[]>;
  /** The cards in a chat, the newest first. */
  inChat(chatId: string, limit: number): Promise<readonly PostedCard[]>;
}
