/** Who may do what, and where: every command and every button, for every kind of person in every kind of chat. */

import { describe, expect, it } from 'vitest';
import { levels as accessLevels } from '../src/access.ts';
import type { View } from '../src/cards/view.ts';
import type { AccessLevel, Command, Context } from '../src/command.ts';
import { agentOnly } from '../src/commands/agentOnly.ts';
import { commands } from '../src/commands/index.ts';
import type { ClickInbound, MessageInbound } from '../src/domain.ts';
import { click, helpdesk, message, routing, spoken } from './support/asked.ts';

/** A command or a button without a row here fails. */
const levels: Readonly<Record<string, AccessLevel>> = {
  ticket: 'served',
  'ticket.refresh': 'served',
  'ticket.show': 'served',
  'ticket.conversation': 'served',
  'ticket.pictures': 'served',
  'ticket.reveal': 'served',
  tickets: 'served',
  'tickets.page': 'served',
  summary: 'overview',
  'summary 1': 'served',
  'summary.stop': 'overview',
  faq: 'served',
  'faq.open': 'served',
  export: 'managers',
  audit: 'managers',
  doctor: 'managers',
  escalate: 'served',
  'escalate.open': 'served',
  'escalate.start': 'served',
  'escalate.take': 'involved',
  'escalate.snooze': 'involved',
  'escalate.stop': 'involved',
  'escalate.resolve': 'involved',
  'escalate.hand': 'involved',
  ack: 'involved',
  handover: 'involved',
  snooze: 'involved',
  resolve: 'involved',
  stop: 'involved',
  oncall: 'served',
  watch: 'served',
  'watch.start': 'served',
  unwatch: 'served',
  help: 'anyone',
  close: 'served',
  assign: 'served',
  reply: 'served',
};

const people = ['manager', 'listed', 'agent', 'colleague', 'outsider'] as const;
type Who = (typeof people)[number];
/** `outsiders`: a group with people of other tenants in it. Feishu's events do not say so; it is one that is listed nowhere. */
const chats = ['direct', 'listed', 'other', 'outsiders'] as const;
type Where = (typeof chats)[number];

const openIds: Readonly<Record<Who, string>> = {
  manager: 'ou_manager',
  listed: 'ou_listed',
  agent: 'ou_agent',
  colleague: 'ou_colleague',
  outsider: 'ou_manager',
};
const chatIds: Readonly<Record<Where, string>> = {
  direct: 'oc_direct',
  listed: 'oc_listed',
  other: 'oc_other',
  outsiders: 'oc_outsiders',
};

/**
 * Which of the people are served, chat by chat: M(anager), L(isted), A(gent), C(olleague). Nobody of another tenant is ever served.
 * While no managers are named nobody is one, so that M stands for a colleague then.
 */
const cells: Readonly<
  Record<AccessLevel, Readonly<Record<'named' | 'unnamed', Readonly<Record<Where, string>>>>>
> = {
  anyone: {
    named: { direct: 'MLAC', listed: 'MLAC', other: 'MLAC', outsiders: 'MLAC' },
    unnamed: { direct: 'MLAC', listed: 'MLAC', other: 'MLAC', outsiders: 'MLAC' },
  },
  served: {
    named: { direct: 'MLA', listed: 'MLAC', other: 'MLA', outsiders: 'MLA' },
    unnamed: { direct: 'LA', listed: 'MLAC', other: 'LA', outsiders: 'LA' },
  },
  // Whether somebody is in the escalation, the command looks itself.
  involved: {
    named: { direct: 'MLAC', listed: 'MLAC', other: 'MLAC', outsiders: 'MLAC' },
    unnamed: { direct: 'MLAC', listed: 'MLAC', other: 'MLAC', outsiders: 'MLAC' },
  },
  overview: {
    named: { direct: 'M', listed: 'M', other: 'M', outsiders: 'M' },
    unnamed: { direct: 'LA', listed: 'MLAC', other: 'LA', outsiders: 'LA' },
  },
  managers: {
    named: { direct: 'M', listed: 'M', other: 'M', outsiders: 'M' },
    unnamed: { direct: 'LA', listed: 'LA', other: 'LA', outsiders: 'LA' },
  },
};
const letters: Readonly<Record<Who, string>> = {
  manager: 'M',
  listed: 'L',
  agent: 'A',
  colleague: 'C',
  outsider: 'X',
};

const registered = [...agentOnly, ...commands];
/** A command whose rights depend on what follows it stands here with a ticket behind it too. */
const everything = registered.flatMap(({ name, actions, accessFor }) => [
  name,
  ...(accessFor === undefined ? [] : [`${name} 1`]),
  ...Object.keys(actions).map((action) => `${name}.${action}`),
]);

/** The commands with their rights, without their work: it only says how its card would look. */
function hollow(seen: (view: View) => void): readonly Command[] {
  const work = async ({ view }: Context) => {
    seen(view);
    return { card: { schema: '2.0' }, tickets: [] } as const;
  };
  return registered.map((command) => ({
    ...command,
    prepare: () => work,
    actions: Object.fromEntries(
      Object.entries(command.actions).map(([name, action]) => [name, { ...action, prepare: () => work }]),
    ),
  }));
}

interface Asked {
  readonly served: boolean;
  readonly privacy: View['privacy'] | undefined;
}

async function ask(what: string, who: Who, where: Where, managers: 'named' | 'unnamed'): Promise<Asked> {
  let view: View | undefined;
  const { router } = routing({
    commands: hollow((seen) => {
      view = seen;
    }),
    access: { managers: managers === 'named' ? new Set(['ou_manager']) : undefined },
    posted: [
      { messageId: 'om_card', chatId: chatIds[where], chatType: where === 'direct' ? 'p2p' : 'group' },
    ],
  });
  const tenantKey = who === 'outsider' ? 't_elsewhere' : 't_own';
  const openId = openIds[who];
  const chatId = chatIds[where];
  if (what.includes('.')) {
    const clicked: Partial<ClickInbound> = { operator: { openId, tenantKey }, chatId };
    const press = click({ action: what, ticket: '1' }, clicked);
    const { ok } = await router.checkClick(press);
    // Whatever was said at the click, the work is judged again.
    await router.runClick(press);
    expect(view !== undefined).toBe(ok);
    return { served: ok, privacy: view?.privacy };
  }
  const said: Partial<MessageInbound> = {
    sender: { openId, tenantKey, type: 'user' },
    chatId,
    chatType: where === 'direct' ? 'p2p' : 'group',
  };
  const reply = await router.route(message(`/${what}`, said));
  const refused = reply === undefined || spoken(reply.card).includes('You may not use');
  return { served: !refused, privacy: view?.privacy };
}

/** Does it to an escalation in which `ou_called` is called. @returns whether anything came of it */
async function acts(
  what: string,
  openId: string,
  who: Who,
  where: Where,
  managers: 'named' | 'unnamed',
): Promise<boolean> {
  const { escalations } = helpdesk().services;
  const chatId = chatIds[where];
  const { escalation } = await escalations.begin({
    ticket: '1',
    reason: '',
    askedBy: 'ou_asked',
    people: ['ou_called'],
    names: {},
    place: { chatId: 'oc_oncall', chatType: 'group', rootId: 'om_root' },
  });
  const { router } = routing({
    more: { escalations },
    access: { managers: managers === 'named' ? new Set(['ou_manager']) : undefined },
  });
  const tenantKey = who === 'outsider' ? 't_elsewhere' : 't_own';
  const chatType = where === 'direct' ? 'p2p' : 'group';
  if (what.includes('.')) {
    const form = { reason: 'done', person: 'ou_next' };
    const value = { action: what, ticket: '1', number: 1 };
    await router.runClick(click(value, { operator: { openId, tenantKey }, chatId, formValue: form }));
  } else {
    const mentions = what === 'handover' ? [{ key: '@_user_1', openId: 'ou_next', name: 'N' }] : [];
    const words = { handover: ' 1 @_user_1', resolve: ' 1 done' }[what] ?? ' 1';
    const sender = { openId, tenantKey, type: 'user' } as const;
    await router.route(message(`/${what}${words}`, { sender, chatId, chatType, mentions }));
  }
  const after = await escalations.get({ ticket: '1', number: 1 });
  return after !== undefined && after.seq > escalation.seq;
}

describe('the table of rights', () => {
  it('has a row for every command and every button, and for nothing else', () => {
    expect(Object.keys(levels).sort()).toEqual([...everything].sort());
  });

  it.each(everything)('%s', async (what) => {
    const level = levels[what] ?? 'managers';
    for (const managers of ['named', 'unnamed'] as const) {
      const found: Record<string, string> = {};
      for (const where of chats) {
        let served = '';
        for (const who of people) if ((await ask(what, who, where, managers)).served) served += letters[who];
        found[where] = served;
      }
      expect({ what, managers, ...found }).toEqual({ what, managers, ...cells[level][managers] });
    }
  });
});

describe('what is left to the command', () => {
  it('is looked at for every level that there is', () => {
    expect(Object.keys(cells).sort()).toEqual([...accessLevels].sort());
  });

  const involving = everything.filter((what) => levels[what] === 'involved');
  it.each(involving)('%s serves who is in the escalation, and anyone with access', async (what) => {
    for (const managers of ['named', 'unnamed'] as const) {
      const found: Record<string, string> = {};
      for (const where of chats) {
        let served = '';
        for (const who of people)
          if (await acts(what, openIds[who], who, where, managers)) served += letters[who];
        found[where] = served;
        expect(await acts(what, 'ou_called', 'colleague', where, managers)).toBe(true);
      }
      expect({ what, managers, ...found }).toEqual({ what, managers, ...cells.served[managers] });
    }
  });
});

describe('personal data', () => {
  it.each([
    ['direct', 'open'],
    ['listed', 'open'],
    ['other', 'masked'],
    ['outsiders', 'masked'],
  ] as const)('in a chat that is %s is %s', async (where, privacy) => {
    for (const what of ['ticket', 'ticket.refresh'])
      expect((await ask(what, 'agent', where, 'named')).privacy).toBe(privacy);
  });
});
