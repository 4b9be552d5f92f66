/** The same plugs as in `faults.test.ts`, and more, with the storage on a real Redis. */

import { afterAll, beforeAll, describe } from 'vitest';
import { describeNeeding } from '../support/programs.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { type BotBuild, buildBot } from './faults/botBuild.ts';
import { clicks } from './faults/clicks.ts';
import { copies } from './faults/copies.ts';
import { drain } from './faults/drain.ts';
import { killsFromOutside } from './faults/killMatrix.ts';
import { randomKills } from './faults/randomKills.ts';
import { replicas, sickRedis } from './faults/redisFaults.ts';
import { type OpenScene, openScene, type Scene } from './faults/scene.ts';

describeNeeding('redis-server', 'on Redis', (program) => {
  let build: BotBuild;
  let shared: RedisServer;
  let databaseCount = 0;
  const scenes: Scene[] = [];
  const servers: RedisServer[] = [];

  beforeAll(async () => {
    [build, shared] = await Promise.all([buildBot(), startRedis(program, ['--databases', '64'])]);
    servers.push(shared);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(scenes.map((scene) => scene.close()));
    await Promise.all(servers.map((server) => server.dispose()));
    build.remove();
  });

  /** A database of its own for each scene. */
  const open: OpenScene = async ({ env, ...options } = {}) => {
    databaseCount += 1;
    const REDIS_URL = `${shared.url}/${databaseCount}`;
    const scene = await openScene({ args: build.args, env: { REDIS_URL, ...env }, ...options });
    scenes.push(scene);
    return scene;
  };
  const ownRedis = async (args?: readonly string[]): Promise<RedisServer> => {
    const server = await startRedis(program, args);
    servers.push(server);
    return server;
  };
  const place = { open, ownRedis, args: () => build.args };

  function together(title: string, tests: (scene: () => Scene) => void): void {
    describe(title, () => {
      let scene: Scene;
      beforeAll(async () => {
        scene = await open();
        await scene.start();
      });
      tests(() => scene);
    });
  }

  // Most of the time these wait for a lease to end, so they wait side by side.
  describe.concurrent('side by side', () => {
    describe('a process that is killed', () => killsFromOutside(open));
    describe('two replicas', () => replicas(place));
    describe('a Redis that is', () => sickRedis(place));
    describe('a process that is told to stop', () => drain(open));
    describe('random moments', () => randomKills(open, 4));
  });
  together('an event that comes many times', copies);
  together('clicks', (scene) =>
    clicks(scene, () => {
      shared.pause();
      return shared.resume;
    }),
  );
});
