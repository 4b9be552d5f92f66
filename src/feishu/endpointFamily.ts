/** Which of Feishu's products an endpoint belongs to. */

import { type EndpointName, endpoints } from './endpoints.ts';

const families = ['auth', 'bot', 'helpdesk', 'im'] as const;

export type EndpointFamily = (typeof families)[number] | 'other';

/** The part of the path behind `/open-apis/`. */
export function familyOf(endpoint: EndpointName): EndpointFamily {
  const { path } = endpoints[endpoint];
  return families.find((family) => path.startsWith(`/open-apis/${family}/`)) ?? 'other';
}
