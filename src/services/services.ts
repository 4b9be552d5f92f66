import type { Agents } from './agents.ts';
import type { Images } from './images.ts';
import type { PostedCards } from './postedCards.ts';
import type { Tickets } from './tickets.ts';
import type { Timers } from './timers.ts';

/** The helpdesk in verbs: what a command may ask for. */
export interface Services {
  readonly tickets: Tickets;
  readonly images: Images;
  readonly agents: Agents;
  readonly postedCards: PostedCards;
  readonly timers: Timers;
}
