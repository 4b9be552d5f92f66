import { describe, expect, it } from 'vitest';
import { parseInfo, problemOf } from '../../src/store/redisInspection.ts';

const good = {
  redis_version: '7.0.15',
  role: 'master',
  aof_enabled: '1',
  maxmemory_policy: 'noeviction',
};
const problem = (change: Record<string, string>) =>
  problemOf(new Map(Object.entries({ ...good, ...change })));

describe('what a Redis must be', () => {
  it.each(['6.2.0', '6.10.1', '7.0.15', '8.2.1', '10.0'])('%s is new enough', (redis_version) => {
    expect(problem({ redis_version })).toBeUndefined();
  });

  it.each(['6.0.16', '5.0.7', '2.8', '', 'unknown'])('%j is too old', (redis_version) => {
    expect(problem({ redis_version })).toContain('too old; use 6.2');
  });

  it('a master that keeps everything that it is given', () => {
    expect(problem({ role: 'slave' })).toContain('name its master');
    expect(problem({ aof_enabled: '0' })).toContain('"appendonly yes"');
    for (const policy of ['allkeys-lru', 'volatile-ttl', 'allkeys-random'])
      expect(problem({ maxmemory_policy: policy })).toContain(`maxmemory-policy ${policy}`);
    expect(problemOf(new Map([['redis_version', '7.2.4']]))).toContain('append-only');
  });

  it('is read from INFO as it comes', () => {
    const text =
      '# Server\r\nredis_version:7.0.15\r\nexecutable:/a:b\r\n\r\n# Memory\nmaxmemory_policy:noeviction';
    expect([...parseInfo(text)]).toEqual([
      ['redis_version', '7.0.15'],
      ['executable', '/a:b'],
      ['maxmemory_policy', 'noeviction'],
    ]);
  });
});
