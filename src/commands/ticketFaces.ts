/** The cards that show one ticket: itself, a page of its conversation, a page of its pictures. */

import { conversationCard, picturesOfPage } from '../cards/conversationCard.ts';
import { conversationPage } from '../cards/conversationPages.ts';
import { picturesCard, picturesOnPageCount, picturesPage } from '../cards/picturesCard.ts';
import { ticketCard } from '../cards/ticketCard.ts';
import type { View } from '../cards/view.ts';
import type { Context } from '../command.ts';
import type { Card, Picture, PictureSource, Reply, Shown } from '../domain.ts';
import { type Reading, shownOf } from './ticketState.ts';

/** One way of showing a ticket. */
export interface Face {
  readonly shown: Shown;
  readonly sources: readonly PictureSource[];
  /** @param pictures for each of `sources` */
  draw(pictures: readonly Picture[], view: View): Card;
}

/** @param page for the parts of a ticket that have pages; default: the last page of a conversation, the first of pictures */
export function faceOf(reading: Reading, face: Shown['face'], page?: number): Face {
  const { ticket, conversation } = reading;
  switch (face) {
    case 'ticket':
    case 'ended': {
      const sources = (conversation?.messages ?? []).flatMap(({ pictures }) => pictures);
      const ended = face === 'ended' ? true : undefined;
      return {
        shown: shownOf(reading, face),
        sources: sources.slice(0, picturesOnPageCount),
        draw: (pictures, view) => ticketCard({ ticket, conversation, pictures, ended }, view),
      };
    }
    case 'conversation': {
      const shown = conversation && conversationPage(conversation, page);
      return {
        shown: shownOf(reading, face, shown?.page),
        sources: shown === undefined ? [] : picturesOfPage(shown),
        draw: (pictures, view) =>
          conversationCard({ ticket, conversation, page: shown?.page, pictures }, view),
      };
    }
    case 'pictures': {
      const { sources, page: shown } = picturesPage(conversation, page ?? 1);
      return {
        shown: shownOf(reading, face, shown),
        sources,
        draw: (pictures, view) => picturesCard({ ticket, conversation, page: shown, pictures }, view),
      };
    }
  }
}

/** The card goes out as soon as the text is known; pictures that are not known yet come in by updates. */
export async function replyWith(
  { shown, sources, draw }: Face,
  ticketId: string,
  { images, view }: Pick<Context, 'images' | 'view'>,
): Promise<Reply> {
  const known = await images.known(sources);
  const reply: Reply = { card: draw(known, view), tickets: [ticketId], shown };
  if (!known.some(({ state }) => state === 'loading')) return reply;
  return {
    ...reply,
    async *updates() {
      for await (const pictures of images.load(sources)) yield () => draw(pictures, view);
    },
  };
}

/** All pictures, waited for: for cards that nobody is waiting for. */
export async function allPictures(
  sources: readonly PictureSource[],
  { images }: Pick<Context, 'images'>,
): Promise<readonly Picture[]> {
  let latest = await images.known(sources);
  if (latest.some(({ state }) => state === 'loading'))
    for await (const pictures of images.load(sources, 'card')) latest = pictures;
  return latest;
}
