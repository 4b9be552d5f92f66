import { describe, expect, it } from 'vitest';
import { tellAdministrator, tryLater } from '../../src/cards/callFailed.ts';
import { unreachableCard } from '../../src/cards/unreachableCard.ts';
import { spoken } from '../support/asked.ts';
import { view } from './samples.ts';

const logIdNamed = /日志 ID|log ID|ログ ID/;

describe('what to do next about a failed call', () => {
  it.each([
    ['tryLater', tryLater],
    ['tellAdministrator', tellAdministrator],
  ])('%s names the log id only where there is one, in every language', (_name, next) => {
    for (const words of Object.values(next('log-1'))) expect(words).toMatch(logIdNamed);
    for (const words of Object.values(next(undefined))) expect(words).not.toMatch(logIdNamed);
  });

  it('stands so on the card of a ticket that cannot be reached', () => {
    const card = (logId: string | undefined) =>
      spoken(unreachableCard({ ticketId: '1', known: undefined, logId }, view()));
    expect(card('log-1')).toMatch(/tell your administrator the log ID.*Log ID: log-1/s);
    expect(card(undefined)).toMatch(/tell your administrator\.$/m);
  });
});
