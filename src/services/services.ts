import type { Agents } from './agents.ts';
import type { Audit } from './audit.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { Escalations } from './escalations.ts';
import type { Faqs } from './faqs.ts';
import type { Images } from './images.ts';
import type { KnownTickets } from './knownTickets.ts';
import type { PictureFiles } from './pictureFiles.ts';
import type { PostedCards } from './postedCards.ts';
import type { Previews } from './previews.ts';
import type { Storyteller } from './storyteller.ts';
import type { SummarySchedules } from './summarySchedules.ts';
import type { TicketLists } from './ticketLists.ts';
import type { Tickets } from './tickets.ts';
import type { Timers } from './timers.ts';
import type { Watches } from './watches.ts';

/** The helpdesk in verbs: what a command may ask for. */
export interface Services {
  readonly tickets: Tickets;
  readonly knownTickets: KnownTickets;
  readonly ticketLists: TicketLists;
  readonly faqs: Faqs;
  readonly images: Images;
  readonly agents: Agents;
  readonly postedCards: PostedCards;
  readonly timers: Timers;
  readonly escalations: Escalations;
  readonly watches: Watches;
  readonly previews: Previews;
  readonly audit: Audit;
  readonly doctor: Doctor;
  readonly pictureFiles: PictureFiles;
  readonly summarySchedules: SummarySchedules;
  readonly storyteller: Storyteller;
}
