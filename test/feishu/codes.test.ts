import { describe, expect, it } from 'vitest';
import type { FeishuErrorKind } from '../../src/errors.ts';
import { classify, codes } from '../../src/feishu/codes.ts';
import { type EndpointName, endpoints } from '../../src/feishu/endpoints.ts';

type Case = readonly [
  endpoint: EndpointName,
  httpStatus: number | undefined,
  code: number | undefined,
  FeishuErrorKind,
];

const cases: readonly Case[] = [
  // The platform, whatever the status.
  ['ticket', 429, 99991400, 'rate'],
  ['ticket', 400, 99991400, 'rate'],
  ['ticket', 200, 99991400, 'rate'],
  ['ticket', 429, undefined, 'rate'],
  ['ticket', 429, 154004, 'rate'],
  ['ticket', 400, 99991403, 'quota'],
  ['ticket', 429, 99991403, 'quota'],
  ['ticket', 400, 99991401, 'setup'],
  ['ticket', 400, 99991672, 'scope'],
  ['ticket', 400, 99991676, 'scope'],
  ['messageReply', 200, 99991679, 'scope'],
  ['messageList', 400, 230027, 'scope'],
  ['messageReply', 400, 230027, 'unreachable_chat'],
  ['ticket', 400, 99992402, 'invalid'],
  ['tenantToken', 200, 10014, 'setup'],
  ['tenantToken', 200, 10015, 'setup'],
  ['tenantToken', 400, 99991543, 'setup'],
  // A 401 alone says nothing about the token.
  ['ticket', 401, 154001, 'setup'],
  ['ticket', 401, 154003, 'forbidden'],
  ['ticketImage', 401, 154404, 'deleted'],
  ['ticketMessages', 401, 154401, 'invalid'],
  ['imageUpload', 401, 234002, 'setup'],
  ['ticket', 401, undefined, 'passing'],
  // The helpdesk.
  ['ticket', 400, 154000, 'invalid'],
  ['ticket', 403, 154003, 'forbidden'],
  ['ticket', 404, 154004, 'not_found'],
  ['ticketImage', 404, 154004, 'not_found'],
  ['ticket', 500, 155000, 'passing'],
  // No readable answer.
  ['ticket', undefined, undefined, 'passing'],
  ['ticket', 200, undefined, 'passing'],
  ['ticket', 502, undefined, 'passing'],
  ['ticket', 404, undefined, 'passing'],
  ['ticket', 302, undefined, 'unknown'],
  ['imageUpload', 413, undefined, 'bad_picture'],
  ['messageReply', 413, undefined, 'invalid'],
  // Unknown codes are permanent, but for those that come with a status that passes.
  ['ticket', 400, 4_242, 'unknown'],
  ['ticket', 200, 4_242, 'unknown'],
  ['ticket', 503, 4_242, 'passing'],
];

describe('classify', () => {
  it.each(cases)('%s, HTTP %s, code %s: %s', (endpoint, httpStatus, code, kind) => {
    expect(classify(endpoint, httpStatus, code).kind).toBe(kind);
  });

  it.each([99991661, 99991663, 99991664, 99991668, 99991671])(
    '%s is about the token under any status',
    (code) => {
      for (const httpStatus of [200, 400, 401, 403, 500]) {
        expect(classify('messageReply', httpStatus, code).kind, String(httpStatus)).toBe('token');
      }
    },
  );

  it('reads one number by where it comes from', () => {
    expect(classify('messagePatch', 400, 230075).kind).toBe('gone_target');
    expect(classify('messageReply', 400, 230075).kind).toBe('rejected_card');
    expect(classify('messageReply', 400, 230071).row?.meaning).toContain('thread');
    expect(classify('messagePatch', 400, 230071).row?.meaning).not.toContain('thread');
    // A helpdesk code from an endpoint of messages is no helpdesk code.
    expect(classify('messageReply', 400, 154004).kind).toBe('unknown');
  });

  it('tells a locked card from a card with too much in it', () => {
    const locked = 'Failed to create card content, ext=ErrCode: 11310; ErrMsg: Card action is lock;';
    expect(classify('messagePatch', 400, 230099, 11310, locked).kind).toBe('passing');
    expect(classify('messagePatch', 400, 230099, 11310, 'element exceeds the limit').kind).toBe(
      'rejected_card',
    );
    expect(classify('messagePatch', 400, 230099, 200570, 'x').row?.subCode).toBe(200570);
    expect(classify('messagePatch', 400, 230099, 424242, 'x').kind).toBe('rejected_card');
    expect(classify('messagePatch', 400, 230099).kind).toBe('rejected_card');
  });

  it('knows which refusals are the chat’s own', () => {
    for (const code of [230020, 11232, 11233, 11247]) {
      const { kind, row } = classify('messageReply', 400, code);
      expect([code, kind, row?.target]).toEqual([code, 'rate', true]);
    }
    expect(classify('messageReply', 400, 99991400).row?.target).toBeUndefined();
  });
});

const isEndpoint = (name: string): name is EndpointName => Object.hasOwn(endpoints, name);

describe('the table', () => {
  it('has no two rows for the same case', () => {
    const keys = codes.map(({ code, endpoint, subCode, says }) => [code, endpoint, subCode, says].join('/'));
    expect(keys).toHaveLength(new Set(keys).size);
  });

  it('says what to do wherever an administrator must act', () => {
    const silent = codes.filter(({ kind, remedy }) => ['setup', 'scope', 'quota'].includes(kind) && !remedy);
    expect(silent).toEqual([]);
  });

  it('reaches every row', () => {
    for (const row of codes) {
      const reached = Object.keys(endpoints)
        .filter(isEndpoint)
        .some((place) => classify(place, 400, row.code, row.subCode, row.says ?? '').row === row);
      expect(reached, JSON.stringify(row)).toBe(true);
    }
  });

  it('compares words in lower case only', () => {
    expect(codes.filter(({ says }) => says !== undefined && says !== says.toLowerCase())).toEqual([]);
  });
});
