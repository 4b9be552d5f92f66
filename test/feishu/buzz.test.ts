import { describe, expect, it } from 'vitest';
import { FeishuError } from '../../src/errors.ts';
import { createBuzz } from '../../src/feishu/buzz.ts';
import { classify } from '../../src/feishu/codes.ts';
import { endpoints } from '../../src/feishu/endpoints.ts';
import { fakeFeishu } from '../support/fakeFeishu.ts';

const wanted = { messageId: 'om_1', means: 'phone', person: 'ou_1' } as const;

/** As the client throws it. */
function refusal(code: number | undefined, httpStatus = 400): FeishuError {
  const { kind } = classify('urgentPhone', httpStatus, code);
  return new FeishuError({ kind, code, endpoint: 'urgentPhone' });
}

describe('a call', () => {
  it.each([
    ['app', 'urgentApp'],
    ['sms', 'urgentSms'],
    ['phone', 'urgentPhone'],
  ] as const)('by %s goes to its endpoint, for one person', async (means, endpoint) => {
    const client = fakeFeishu({ [endpoint]: () => ({ invalid_user_id_list: [] }) });
    expect(await createBuzz(client).call({ ...wanted, means })).toEqual({ kind: 'reached' });
    expect(client.calls).toMatchObject([
      {
        endpoint,
        path: { messageId: 'om_1' },
        query: { user_id_type: 'open_id' },
        body: { user_id_list: ['ou_1'] },
      },
    ]);
  });

  it('of somebody whom the answer names did not reach them', async () => {
    const client = fakeFeishu({ urgentPhone: () => ({ invalid_user_id_list: ['ou_1'] }) });
    expect(await createBuzz(client).call(wanted)).toEqual({ kind: 'refused', why: 'outside' });
  });

  it.each([
    [230001, 'outside'],
    [230012, 'group'],
    [230023, 'person'],
    [230024, 'quota'],
    [230052, 'group'],
    [230013, 'person'],
    [230002, 'group'],
    [230011, 'group'],
    [230098, 'group'],
    [99991672, 'scope'],
    [99991403, 'quota'],
    [99991401, 'outage'],
    [4242, 'other'],
  ])('that is refused with %i: %s', async (code, why) => {
    const client = fakeFeishu({
      urgentPhone: () => {
        throw refusal(code);
      },
    });
    expect(await createBuzz(client).call(wanted)).toEqual({ kind: 'refused', why, code });
  });

  it.each([
    ['no answer', undefined, undefined],
    ['an error of Feishu’s own', 2200, 500],
  ])('that ends with %s may have been made', async (_, code, status) => {
    const client = fakeFeishu({
      urgentPhone: () => {
        throw refusal(code, status);
      },
    });
    expect(await createBuzz(client).call(wanted)).toEqual({ kind: 'unclear' });
  });

  it('that costs money is never sent again by the client', () => {
    expect([endpoints.urgentSms.repeatable, endpoints.urgentPhone.repeatable]).toEqual([false, false]);
  });

  it('a bug is not hidden', async () => {
    const client = fakeFeishu({
      urgentPhone: () => {
        throw new TypeError('a bug');
      },
    });
    await expect(createBuzz(client).call(wanted)).rejects.toThrow('a bug');
  });
});

describe('the readers of a message', () => {
  it('are read page by page, with valid ids alone', async () => {
    const client = fakeFeishu({
      readUsers: ({ query }) =>
        query?.['page_token'] === undefined
          ? { items: [{ user_id: 'ou_1' }, { user_id: 'x' }, null], has_more: true, page_token: 'next' }
          : { items: [{ user_id: 'ou_2' }], has_more: false },
    });
    expect(await createBuzz(client).readers('om_1')).toEqual(['ou_1', 'ou_2']);
    expect(client.calls).toHaveLength(2);
  });
});
