/**
 * `npm run test:chaos -- [--seed N] [--kills N] [--seconds S] [--redis]`: pulls plugs at random, 200 of them unless told otherwise. A run is repeated by
 * its seed: the choices are the same, the timing is the machine's.
 */

import { parseArgs } from 'node:util';
import { buildBot } from '../e2e/faults/botBuild.ts';
import { openScene } from '../e2e/faults/scene.ts';
import { program } from '../support/programs.ts';
import { startRedis } from '../support/redisServer.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    kills: { type: 'string', default: '200' },
    seconds: { type: 'string' },
    redis: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const killCount = Number(values.kills);
const seconds = values.seconds === undefined ? Number.POSITIVE_INFINITY : Number(values.seconds);
if (![seed, killCount].every(Number.isInteger) || !(seconds > 0)) {
  process.stderr.write(
    'Say: npm run test:chaos -- [--seed N] [--kills N] [--seconds S] [--redis] [--verbose]\n',
  );
  process.exit(1);
}
const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(
  `seed ${seed} (again: npm run test:chaos -- --seed ${seed} --kills ${killCount}${values.redis ? ' --redis' : ''})`,
);
const path = program('redis-server');
if (values.redis && path === undefined) {
  process.stderr.write('redis-server is not installed on this machine (apt-get install redis-server)\n');
  process.exit(1);
}
const redis = values.redis && path !== undefined ? await startRedis(path) : undefined;
const build = await buildBot();
const storage = redis === undefined ? {} : { REDIS_URL: redis.url };
const scene = await openScene({ args: build.args, env: { LOG_LEVEL: 'debug', ...storage } });
const startMs = performance.now();
try {
  const report = await runChaos(scene, {
    seed,
    killCount,
    limitMs: seconds * 1_000,
    ...(values.verbose ? { tell: print } : {}),
  });
  const tookSec = Math.round((performance.now() - startMs) / 1_000);
  const { askedCount, acknowledgedCount, deliveryCount, violations } = report;
  print(
    `${report.killCount} processes ended, ${askedCount} messages in ${deliveryCount} deliveries, ${acknowledgedCount} acknowledged; ${tookSec} s`,
  );
  for (const violation of violations) print(`VIOLATION ${violation}`);
  print(violations.length === 0 ? 'Nothing was lost, and nothing was said twice.' : `seed ${seed} failed`);
  process.exitCode = violations.length === 0 ? 0 : 1;
} finally {
  await scene.close();
  await redis?.dispose();
  build.remove();
}
