import { seedClosedTickets } from './seedClosedTickets.ts';
import { seedFaqs } from './seedFaqs.ts';
import { seedFields, seedMainTicket } from './seedMainTicket.ts';
import { seedOddTickets } from './seedOddTickets.ts';
import { seedChats, seedPeople, seedSchedules, seedTalk } from './seedPeople.ts';
import { seedTickets } from './seedTickets.ts';
import type { World } from './world.ts';

export { faqIds } from './seedFaqs.ts';
export { mainTicketId } from './seedMainTicket.ts';
export { veryLongCount } from './seedOddTickets.ts';
export { ticketIds } from './ticketIds.ts';

/** A company's helpdesk on an ordinary day; every time is relative to now, so that it always looks fresh. */
export function seedDemo(world: World): void {
  const cast = seedPeople(world);
  seedSchedules(world, cast);
  seedChats(world, cast);
  seedTalk(world, cast);
  seedFields(world);
  seedMainTicket(world, cast);
  seedTickets(world, cast);
  seedClosedTickets(world, cast);
  seedOddTickets(world, cast);
  seedFaqs(world, cast);
}
