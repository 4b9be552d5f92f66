import { describe, expect, it } from 'vitest';
import { buttonsOf, from, message, routing, type Setting, spoken } from '../support/asked.ts';

const withPage: Setting = { config: { ticketUrl: 'https://desk.example/case/{id}' } };

describe('what only a signed-in agent can do', () => {
  it.each([
    ['/close 42', 'close a ticket'],
    ['/关闭 42', 'close a ticket'],
    ['/assign 42 @_user_2', 'assign a ticket'],
    ['/分配 https://desk.example/case/42 给他', 'assign a ticket'],
    ['/reply 42 it works again', 'reply to the customer'],
    ['/回复 42', 'reply to the customer'],
  ])('%s is answered with the reason and the ticket’s link', async (text, deed) => {
    const { router, asked } = routing(withPage);
    const reply = await router.route(message(text));
    expect(spoken(reply?.card)).toContain(
      `The bot cannot ${deed}: Feishu lets only an agent who is signed in`,
    );
    expect(buttonsOf(reply?.card).links).toEqual(['https://desk.example/case/42']);
    expect(reply?.tickets).toEqual(['42']);
    expect(asked).toEqual([]);
  });

  it('links the ticket of the place when none is named', async () => {
    const { router } = routing({ ...withPage, posted: [{ messageId: 'om_card', tickets: ['77'] }] });
    const reply = await router.route(message('/close please', { parentId: 'om_card' }));
    expect(buttonsOf(reply?.card).links).toEqual(['https://desk.example/case/77']);
  });

  it.each([
    ['without a number', '/close', withPage],
    ['without TICKET_URL', '/close 42', {}],
  ])('has no link %s', async (_, text, setting) => {
    const reply = await routing(setting).router.route(message(text));
    expect(spoken(reply?.card)).toContain('Feishu lets only an agent');
    expect(buttonsOf(reply?.card).links).toEqual([]);
  });

  it('is refused to somebody without access, who learns no link', async () => {
    const { router, asked } = routing(withPage);
    const reply = await router.route(message('/close 42', from('ou_nobody')));
    expect(spoken(reply?.card)).toContain('You may not use /close here');
    expect(JSON.stringify(reply)).not.toContain('desk.example');
    expect(asked).toEqual([]);
  });

  it('is never suggested', async () => {
    const reply = await routing().router.route(message('@_user_1 /clsoe 42'));
    expect(spoken(reply?.card)).not.toContain('/close');
  });
});
