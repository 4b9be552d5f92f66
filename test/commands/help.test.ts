import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { from, message, routing, spoken } from '../support/asked.ts';

async function help(text: string): Promise<string> {
  return spoken((await routing().router.route(message(text)))?.card);
}

describe('/help', () => {
  it.each([['/help'], ['/h'], ['/?'], ['／？'], ['/帮助'], ['/HELP'], ['/help nonsense']])(
    '%s names every command with its aliases',
    async (text) => {
      const said = await help(text);
      for (const { usage, aliases, summary } of commands) {
        expect(said).toContain(usage.en_us);
        for (const alias of aliases) expect(said).toContain(`/${alias}`);
        expect(said).toContain(summary.en_us);
      }
    },
  );

  it.each([['/help ticket'], ['/help /ticket'], ['/help T'], ['/帮助 工单']])(
    '%s is about that command alone',
    async (text) => {
      const said = await help(text);
      expect(said).toContain('/ticket [id or link …]');
      expect(said).toContain('/t 123');
      expect(said).not.toContain('/help [command]');
    },
  );

  it('does not offer what only agents can do', async () => {
    expect(await help('/help')).not.toMatch(/\/(close|assign|reply)/);
  });

  it('is for anyone in the tenant', async () => {
    const reply = await routing().router.route(message('/help', from('ou_nobody')));
    expect(spoken(reply?.card)).toContain('/ticket');
  });
});
