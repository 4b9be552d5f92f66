import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moment, shortMoment } from '../../src/cards/moment.ts';

const atMs = Date.parse('2025-03-04T16:05:59Z');

describe('moment', () => {
  it.each([
    ['Asia/Shanghai', '2025-03-05 00:05 (Asia/Shanghai)'],
    ['America/New_York', '2025-03-04 11:05 (America/New_York)'],
    ['UTC', '2025-03-04 16:05 (UTC)'],
  ])('is written in %s with the name of the zone', (zone, expected) => {
    expect(moment(atMs, zone)).toBe(expected);
  });

  it('follows summer time', () => {
    expect(shortMoment(Date.parse('2025-07-01T12:00:00Z'), 'Europe/Berlin')).toBe('2025-07-01 14:00');
    expect(shortMoment(Date.parse('2025-01-01T12:00:00Z'), 'Europe/Berlin')).toBe('2025-01-01 13:00');
  });

  it('writes midnight as 00', () => {
    expect(shortMoment(Date.parse('2025-01-01T00:00:00Z'), 'UTC')).toBe('2025-01-01 00:00');
  });

  it('never throws, whatever number a ticket carries', () => {
    expect(moment(1e300, 'UTC')).toBe('— (UTC)');
    fc.assert(
      fc.property(fc.double(), (ms) => {
        expect(moment(ms, 'Asia/Tokyo')).toMatch(/^(—|\d+-\d\d-\d\d \d\d:\d\d) \(Asia\/Tokyo\)$/);
      }),
    );
  });
});
