/** The shape of a row in the table of error codes. */

import type { FeishuErrorKind } from '../errors.ts';
import type { EndpointFamily } from './endpointFamily.ts';
import type { EndpointName } from './endpoints.ts';

export interface CodeRow {
  readonly code: number;
  /** Where the row holds: one endpoint, a whole family, or everywhere. */
  readonly endpoint?: EndpointName | EndpointFamily;
  /** Holds only with this number behind `ErrCode:` in the message. */
  readonly subCode?: number;
  /** Holds only when the message contains this; in lower case. */
  readonly says?: string;
  readonly kind: FeishuErrorKind;
  /** `rate` only: it is the chat or the card that is busy, not the endpoint. */
  readonly target?: true;
  readonly meaning: string;
  /** What someone has to do, where someone has to. */
  readonly remedy?: string;
}
