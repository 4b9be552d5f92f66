import { Queue as BullQueue } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { createCalls } from '../../src/store/redisConnection.ts';
import { createMending } from '../../src/store/redisMending.ts';
import { describeNeeding } from '../support/programs.ts';
import { startRedis } from '../support/redisServer.ts';

describeNeeding('redis-server', 'after an outage', (path) => {
  async function begin() {
    const server = await startRedis(path);
    onTestFinished(() => server.dispose());
    const { admin } = server;
    await admin.set('epoch', '1');
    const calls = createCalls({ redis: admin, epochKey: 'epoch', epoch: '1', log: createLog('silent') });
    const options = { connection: admin, prefix: 'ticketbot', lockDuration: 8_000 };
    const queue = new BullQueue('jobs', options);
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    let woken = 0;
    const mending = createMending({
      calls,
      clock: systemClock,
      backend: queue.getBackend(),
      running: () => [],
      wake: async () => (woken += 1),
      ending: ending.signal,
    });
    for (const jobId of ['job-a', 'job-b']) await queue.add('event', {}, { jobId });
    return { admin, queue, mending, woken: () => woken };
  }

  it('gives back at once what a fetch has locked that nobody waits for, and counts no start', async () => {
    const { admin, queue, mending, woken } = await begin();
    // Both are carried out; of the first the answer is lost.
    await queue.getBackend().moveToActive('lost:1');
    await queue.getBackend().moveToActive('kept:1');
    mending.lost('lost:1');
    while ((await queue.getJobCounts('wait'))['wait'] === 0) await systemClock.sleep(2);
    expect(await admin.lrange('ticketbot:jobs:wait', 0, -1)).toEqual(['job-a']);
    expect(await admin.lrange('ticketbot:jobs:active', 0, -1)).toEqual(['job-b']);
    expect(await admin.hget('ticketbot:jobs:job-a', 'ats')).toBe('0');
    expect(await admin.hget('ticketbot:jobs:job-b', 'ats')).toBe('1');
    expect(await admin.exists('ticketbot:jobs:job-a:lock')).toBe(0);
    while (woken() === 0) await systemClock.sleep(2);
  });

  it('leaves a job alone whose fetch was answered after all', async () => {
    const { admin, queue, mending } = await begin();
    await queue.getBackend().moveToActive('slow:1');
    await queue.getBackend().moveToActive('lost:1');
    mending.lost('slow:1');
    mending.found('slow:1');
    mending.lost('lost:1');
    while ((await queue.getJobCounts('wait'))['wait'] === 0) await systemClock.sleep(2);
    expect(await admin.lrange('ticketbot:jobs:active', 0, -1)).toEqual(['job-a']);
  });
});
