import { describe, expect, it } from 'vitest';
import { checkCard } from '../sandbox/cardRules.ts';
import { states } from './states.ts';

describe('every card in every state', () => {
  it.each(Object.entries(states))('%s', async (name, build) => {
    const card = build();
    expect(checkCard(card)).toEqual([]);
    await expect(`${JSON.stringify(card, null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.json`);
  });
});
