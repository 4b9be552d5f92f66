/**
 * Alerting people about a message of the bot's, and who has read it.
 * https://open.feishu.cn/document/server-docs/im-v1/buzz-messages/urgent_app
 */

import { z } from 'zod';
import type { CallMeans, CallOutcome, CallRefusal } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import type { FeishuClient } from './client.ts';
import type { EndpointName } from './endpoints.ts';
import { field, idOf, listOf, objectOf, openIdOf } from './wire.ts';

export interface Buzz {
  /**
   * Alerts one person. What costs money leaves at most once: where no answer came, it is not tried again.
   * @returns what became of it; a failure of Feishu's is an outcome too
   * @throws StoreUnavailable
   * @see https://open.feishu.cn/document/server-docs/im-v1/buzz-messages/urgent_phone
   */
  call(wanted: {
    readonly messageId: string;
    readonly means: CallMeans;
    /** An open id. */
    readonly person: string;
  }): Promise<CallOutcome>;
  /**
   * The open ids of the people who have read a message that the bot sent within seven days.
   * @throws FeishuError
   * @see https://open.feishu.cn/document/server-docs/im-v1/message/read_users
   */
  readers(messageId: string): Promise<readonly string[]>;
}

const endpointOf = {
  app: 'urgentApp',
  sms: 'urgentSms',
  phone: 'urgentPhone',
} as const satisfies Record<CallMeans, EndpointName>;

/** What a refusal says about: the person, the chat or the means. */
const refusals: ReadonlyMap<number, CallRefusal> = new Map([
  // All receivers are invalid: nobody of them is in the chat.
  [230_001, 'outside'],
  [230_023, 'person'],
  [230_013, 'person'],
  [230_029, 'person'],
  [230_053, 'person'],
  [99_992_351, 'person'],
  [99_992_361, 'person'],
  [230_024, 'quota'],
  [230_052, 'group'],
  [230_002, 'group'],
  [230_011, 'group'],
  [230_012, 'group'],
  [230_027, 'group'],
  [230_050, 'group'],
  [230_098, 'group'],
  [230_110, 'group'],
  [231_003, 'group'],
  [232_009, 'group'],
  [99_992_354, 'group'],
]);

const buzzed = z.object({
  invalid_user_id_list: field((ids) => listOf(ids).filter((id) => typeof id === 'string')),
});
const readPage = z.object({
  items: field((items) => listOf(items).flatMap((item) => openIdOf(objectOf(item)?.['user_id']) ?? [])),
  has_more: field((more) => more === true),
  page_token: field(idOf),
});
const readPageCount = 100;
/** Who reads the card of a large chat after that many others does not matter any more. */
const readPagesMaxCount = 5;

export function createBuzz(client: FeishuClient): Buzz {
  return {
    async call({ messageId, means, person }) {
      const endpoint = endpointOf[means];
      const query = { user_id_type: 'open_id' };
      const body = { user_id_list: [person] };
      try {
        const answer = await client.call({ endpoint, path: { messageId }, query, body }, buzzed);
        return answer.invalid_user_id_list.includes(person)
          ? { kind: 'refused', why: 'outside' }
          : { kind: 'reached' };
      } catch (error) {
        if (error instanceof FeishuError) return outcomeOf(error);
        throw error;
      }
    },

    async readers(messageId) {
      const found: string[] = [];
      let token: string | undefined;
      for (let page = 0; page < readPagesMaxCount; page += 1) {
        const query = {
          user_id_type: 'open_id',
          page_size: readPageCount,
          ...(token === undefined ? {} : { page_token: token }),
        };
        const call = { endpoint: 'readUsers', path: { messageId }, query, priority: 'card' } as const;
        const answer = await client.call(call, readPage);
        found.push(...answer.items);
        token = answer.page_token;
        if (!answer.has_more || token === undefined) break;
      }
      return found;
    },
  };
}

function outcomeOf({ kind, code }: FeishuError): CallOutcome {
  switch (kind) {
    case 'passing':
    case 'in_flight':
    case 'rate':
      return { kind: 'unclear' };
    case 'scope':
      return { kind: 'refused', why: 'scope', code };
    case 'quota':
      return { kind: 'refused', why: 'quota', code };
    case 'token':
    case 'setup':
      return { kind: 'refused', why: 'outage', code };
    case 'not_found':
    case 'forbidden':
    case 'deleted':
    case 'rejected_card':
    case 'rejected_content':
    case 'gone_target':
    case 'unreachable_chat':
    case 'bad_picture':
    case 'invalid':
    case 'unknown':
      return { kind: 'refused', why: refusals.get(code ?? 0) ?? 'other', code };
  }
}
