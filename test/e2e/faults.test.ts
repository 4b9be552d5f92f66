/** Plugs are pulled: real processes, real files, real connections; what Feishu saw is the judge. */

import { afterAll, beforeAll, describe } from 'vitest';
import { type BotBuild, buildBot } from './faults/botBuild.ts';
import { clicks } from './faults/clicks.ts';
import { copies } from './faults/copies.ts';
import { dataDir } from './faults/dataDir.ts';
import { drain } from './faults/drain.ts';
import { killMatrix } from './faults/killMatrix.ts';
import { randomKills } from './faults/randomKills.ts';
import { holdStorage, type OpenScene, openScene, type Scene } from './faults/scene.ts';
import { slowFeishu } from './faults/slowFeishu.ts';

let build: BotBuild;
beforeAll(async () => {
  build = await buildBot();
}, 60_000);
const scenes: Scene[] = [];
afterAll(async () => {
  await Promise.all(scenes.map((scene) => scene.close()));
  build.remove();
});

/** Closed at the end, whatever becomes of the test. */
const open: OpenScene = async (options) => {
  const scene = await openScene({ args: build.args, ...options });
  scenes.push(scene);
  return scene;
};

/** Tests that share a scene, with a bot that runs. */
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

together('a process that is killed', killMatrix);
together('an event that comes many times', copies);
together('clicks', (scene) => clicks(scene, ({ bot }) => holdStorage(bot())));

describe('random moments', () => randomKills(open, 12));

// Most of the time these wait, so they wait side by side, the longest first.
describe.concurrent('side by side', () => {
  describe('while Feishu is slow or fails', () => slowFeishu(open));
  describe('the folder of the storage', () => dataDir(open, () => build.backup));
  describe('a process that is told to stop', () => drain(open));
});
