/**
 * Error codes of the helpdesk. Their HTTP status misleads: 154401 to 154404 come with 401 and have nothing to do with credentials.
 * https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/get
 */

import type { CodeRow } from './codesRow.ts';

export const helpdeskCodes = [
  { code: 154000, endpoint: 'helpdesk', kind: 'invalid', meaning: 'a parameter is missing or wrong' },
  {
    code: 154000,
    endpoint: 'ticketImage',
    kind: 'invalid',
    meaning:
      'a parameter is wrong; most often `index`, which a post message needs and an image message must not have',
  },
  {
    code: 154001,
    endpoint: 'helpdesk',
    kind: 'setup',
    meaning: 'the helpdesk does not accept the credentials',
    remedy: 'Check FEISHU_HELPDESK_ID and FEISHU_HELPDESK_TOKEN; a reset in the helpdesk ends the old token.',
  },
  {
    code: 154003,
    endpoint: 'helpdesk',
    kind: 'forbidden',
    meaning: 'the app has no right to this helpdesk or ticket',
    remedy: 'Check that app and helpdesk are in the same organisation.',
  },
  {
    code: 154004,
    endpoint: 'helpdesk',
    kind: 'not_found',
    meaning: 'there is no such thing in this helpdesk',
  },
  {
    code: 154004,
    endpoint: 'ticket',
    kind: 'not_found',
    meaning: 'there is no such ticket in this helpdesk',
  },
  {
    code: 154004,
    endpoint: 'ticketImage',
    kind: 'not_found',
    meaning: 'the message does not belong to the ticket',
  },
  { code: 154005, endpoint: 'helpdesk', kind: 'invalid', meaning: 'the group has a ticket in progress' },
  { code: 154401, endpoint: 'helpdesk', kind: 'invalid', meaning: 'the ticket is already closed' },
  {
    code: 154402,
    endpoint: 'helpdesk',
    kind: 'forbidden',
    meaning: 'the helpdesk is not visible to this user',
  },
  { code: 154403, endpoint: 'helpdesk', kind: 'invalid', meaning: 'a link in the message is not valid' },
  { code: 154404, endpoint: 'helpdesk', kind: 'deleted', meaning: 'the picture was deleted' },
  { code: 155000, endpoint: 'helpdesk', kind: 'passing', meaning: 'an internal error of the helpdesk' },
] as const satisfies readonly CodeRow[];
