import { afterAll, beforeAll } from 'vitest';
import { describeNeeding } from '../support/programs.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { storeContract } from './contract.ts';
import { redisSubject } from './redisSubject.ts';

describeNeeding('redis-server', 'the store on Redis', (path) => {
  const opened: { server?: RedisServer } = {};
  beforeAll(async () => {
    opened.server = await startRedis(path);
  });
  afterAll(() => opened.server?.dispose());

  storeContract('Redis', async () => {
    if (opened.server === undefined) throw new Error('no server');
    return redisSubject(opened.server);
  });
});
