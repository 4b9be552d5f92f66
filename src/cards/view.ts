import type { Locale } from '../domain.ts';

/** What a card needs to know besides its subject. Values only: cards have no clock and no configuration. */
export interface View {
  /** The moment for which ages and waiting times are said. */
  readonly nowMs: number;
  /** IANA zone in which dates are written, with its name. */
  readonly timeZone: string;
  /** `masked` outside the chats that may see personal data. */
  readonly privacy: 'open' | 'masked';
  /** Link template with `{id}`, when tickets have a page of their own. */
  readonly ticketUrl: string | undefined;
  /** The buttons that exist, such as `ticket.refresh`: a card never shows one that would do nothing. */
  readonly actions: ReadonlySet<string>;
  /** For tables, charts and files, where the reader's own language cannot be followed. Default `zh_cn`. */
  readonly locale?: Locale;
  /** The event was taken long after it happened; the card says so. */
  readonly late: boolean;
}
