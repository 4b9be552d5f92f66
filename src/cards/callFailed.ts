/** What to do next when a call to Feishu failed. A log ID is asked for only where the card shows one: a call without an answer has none. */

import type { Text } from '../domain.ts';
import { say } from '../text.ts';

/** It may be over soon. */
export const tryLater = (logId: string | undefined): Text =>
  logId === undefined ? tryLaterAlone : tryLaterWithId;

/** Nobody but an administrator can do anything about it. */
export const tellAdministrator = (logId: string | undefined): Text =>
  logId === undefined ? tellAlone : tellWithId;

const tryLaterWithId = say(
  '请过几分钟再试。如果一直这样，请把日志 ID 告诉管理员。',
  'Please try again in a few minutes. If it stays like this, tell your administrator the log ID.',
  '数分後にもう一度お試しください。続く場合はログ ID を管理者に伝えてください。',
);
const tryLaterAlone = say(
  '请过几分钟再试。如果一直这样，请告诉管理员。',
  'Please try again in a few minutes. If it stays like this, tell your administrator.',
  '数分後にもう一度お試しください。続く場合は管理者に連絡してください。',
);
const tellWithId = say(
  '再试一次不会有帮助。请把日志 ID 告诉管理员。',
  'Trying again will not help. Please tell your administrator the log ID.',
  '再試行しても解決しません。ログ ID を管理者に伝えてください。',
);
const tellAlone = say(
  '再试一次不会有帮助。请告诉管理员。',
  'Trying again will not help. Please tell your administrator.',
  '再試行しても解決しません。管理者に連絡してください。',
);
