import { describe, expect, it } from 'vitest';
import { createHelpdeskApi } from '../../src/feishu/helpdesk.ts';
import { createLog } from '../../src/log.ts';
import { createFieldDefinitions } from '../../src/services/fieldDefinitions.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { type Answer, failure, fakeFeishu, gate } from '../support/fakeFeishu.ts';

function desk(answer: Answer) {
  const clock = fakeClock();
  const client = fakeFeishu({ customizedFields: answer });
  const definitions = createFieldDefinitions({
    helpdesk: createHelpdeskApi(client),
    clock,
    log: createLog('silent'),
  });
  return { clock, client, keys: async () => (await definitions.get()).map(({ key }) => key) };
}

const fields = (...keys: readonly string[]) => ({ items: keys.map((key_name) => ({ key_name })) });

describe('field definitions', () => {
  it('are read once in ten minutes', async () => {
    const answers = [fields('a'), fields('b')];
    const { clock, client, keys } = desk(() => answers.shift());
    expect(client.calls).toEqual([]);
    expect(await keys()).toEqual(['a']);
    await clock.advance(599_999);
    expect(await keys()).toEqual(['a']);
    await clock.advance(1);
    // Nobody waits for the new ones.
    expect(await keys()).toEqual(['a']);
    await clock.settle();
    expect(await keys()).toEqual(['b']);
    expect(client.calls).toHaveLength(2);
  });

  it('are read once for all who ask meanwhile', async () => {
    const answer = gate<unknown>();
    const { client, keys } = desk(() => answer.promise);
    const all = Promise.all([keys(), keys(), keys()]);
    answer.open(fields('a'));
    expect(await all).toEqual([['a'], ['a'], ['a']]);
    expect(client.calls).toHaveLength(1);
  });

  it('that cannot be read are none, and are not asked for again at once', async () => {
    const { clock, client, keys } = desk(() => Promise.reject(failure('scope', 'customizedFields')));
    expect(await keys()).toEqual([]);
    expect(await keys()).toEqual([]);
    expect(client.calls).toHaveLength(1);
    await clock.advance(600_000);
    expect(await keys()).toEqual([]);
    expect(client.calls).toHaveLength(2);
  });

  it('that were known stay when they cannot be read again, whatever goes wrong', async () => {
    const answers = [() => fields('a'), () => Promise.reject(new TypeError('a bug'))];
    const { clock, keys } = desk(() => answers.shift()?.());
    expect(await keys()).toEqual(['a']);
    await clock.advance(600_000);
    expect(await keys()).toEqual(['a']);
    await clock.settle();
    expect(await keys()).toEqual(['a']);
  });
});
