import { describe, expect, it } from 'vitest';
import type { FeishuErrorInit, FeishuErrorKind } from '../src/errors.ts';
import { problemCard } from '../src/problemCard.ts';
import { view } from './cards/samples.ts';
import { feishuError, spoken } from './support/asked.ts';

function said(kind: FeishuErrorKind, init: Partial<FeishuErrorInit> = {}): string {
  return spoken(problemCard(feishuError({ kind, logId: 'log-1', ...init }), view()));
}

const unanswered = /Feishu did not answer.*try again/s;
const administrator = /administrator must check.*credentials.*helpdesk’s ID and token/s;
const secret = /does not exist, or it is not yours to see/;
const unexpected = /unexpected error.*will not help.*administrator the log ID/s;
const rows: readonly (readonly [FeishuErrorKind, RegExp])[] = [
  ['rate', unanswered],
  ['passing', unanswered],
  ['in_flight', unanswered],
  ['token', administrator],
  ['setup', administrator],
  ['scope', /lacks a Feishu permission.*administrator must grant.*publish/s],
  ['quota', /used up.*administrator/s],
  ['not_found', secret],
  ['forbidden', secret],
  ['deleted', secret],
  ['rejected_card', unexpected],
  ['rejected_content', unexpected],
  ['gone_target', unexpected],
  ['unreachable_chat', unexpected],
  ['bad_picture', unexpected],
  ['invalid', unexpected],
  ['unknown', unexpected],
];

describe('the card of a failed call', () => {
  it.each(rows)('%s says what happened and what to do', (kind, words) => {
    expect(said(kind)).toMatch(words);
  });

  it.each(rows)('%s shows the log id, unless that would tell a secret', (kind, words) => {
    expect(said(kind).includes('log-1')).toBe(words !== secret);
  });

  it.each(rows)('%s asks for the log id only where one is shown', (kind) => {
    expect(said(kind, { logId: undefined })).not.toMatch(/log id/i);
  });

  it.each(rows)('%s shows nothing of what Feishu said', (kind) => {
    expect(said(kind, { said: 'ext=internal' })).not.toContain('internal');
  });

  it('is the same for what does not exist and what is not ours to see', () => {
    const cards = (['not_found', 'forbidden', 'deleted'] as const).map((kind, at) =>
      JSON.stringify(problemCard(feishuError({ kind, code: at, logId: `log-${at}` }), view())),
    );
    expect(new Set(cards).size).toBe(1);
  });

  it('names the scopes that are missing, if they look like scopes', () => {
    const scopes = ['helpdesk:all', 'im:message:send_as_bot', '<at id=all></at>', 'x'.repeat(200)];
    expect(said('scope', { scopes })).toMatch(/: helpdesk:all \/ im:message:send_as_bot$/m);
    expect(said('scope', { scopes: ['<at id=all></at>'] })).toContain('grant the helpdesk permissions');
  });

  it('names the code of an error that the bot does not know', () => {
    expect(said('unknown', { code: 154_999 })).toContain('unexpected error 154999');
  });
});
