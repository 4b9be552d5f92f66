import { expect, it } from 'vitest';
import { caseOf, message, routing, spoken } from './asked.ts';
import { owner } from './exampleCommand.ts';

const { router } = routing({ commands: [owner], tickets: { '1': caseOf('1') } });

it('says that nobody owns a ticket, also in Chinese', async () => {
  expect(spoken((await router.route(message('/负责人 1')))?.card)).toContain('Nobody owns it yet');
});

it('asks which ticket is meant', async () => {
  expect(spoken((await router.route(message('/owner')))?.card)).toMatch(/which ticket/i);
});
