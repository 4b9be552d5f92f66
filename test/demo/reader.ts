import type { Locale } from './json.ts';

/** Whom a card is drawn for, and what drawing needs to know beside the card. */
export interface Reader {
  readonly locale: Locale;
  name(openId: string): string | undefined;
  /** The line for a picture; counts them in the order in which they are asked for. */
  picture(imageKey: string, alt?: string): string;
}
