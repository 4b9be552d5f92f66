/** What the bot can do, or how one command is used. */

import type { Card, Text } from '../domain.ts';
import { joinText, same, say, sentence, text } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import { type Button, button } from './controlElements.ts';
import { columns, type Element, lineWithButton } from './elements.ts';
import { frame } from './frame.ts';
import { firstThatFits } from './size.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

/** One command, in the words of its own file. */
interface CommandHelp {
  /** `/ticket [id …]` */
  readonly usage: Text;
  readonly aliases: readonly string[];
  readonly summary: Text;
  readonly examples: readonly Text[];
  /** It changes something, so it is not run just to see what it does. */
  readonly changes?: boolean;
}

export interface Help {
  readonly commands: readonly CommandHelp[];
  readonly chatType: 'p2p' | 'group';
  /** The command that was asked about, by its name or an alias, with or without the slash. */
  readonly only?: string;
}

/** Posts the list of commands. */
export function helpButton(view: View): Button | undefined {
  if (!view.actions.has('run')) return undefined;
  return button(text.button.help, { call: { action: 'run', command: 'help', words: '' } });
}

export function helpCard(help: Help, view: View): Card {
  const wanted = help.only === undefined ? undefined : bare(help.only);
  const one = help.commands.find((command) => namesOf(command).some((name) => bare(name) === wanted));
  if (one !== undefined) return oneCommand(one, help.chatType, view);
  const unknown =
    wanted === undefined || wanted === '' ? undefined : untrusted(view.privacy).line(wanted, 20);
  const noButtons = { ...view, actions: new Set<string>() };
  return firstThatFits(
    () => allCommands({ ...help, unknown }, view, true),
    () => allCommands({ ...help, unknown }, view, false),
    () => allCommands({ ...help, unknown }, noButtons, false),
    () => allCommands({ ...help, unknown, commands: help.commands.map(inEnglish) }, noButtons, false),
  );
}

/** What is the same in all languages stands in a card only once. */
function inEnglish(command: CommandHelp): CommandHelp {
  return { ...command, usage: same(command.usage.en_us) };
}

function namesOf({ usage, aliases }: CommandHelp): readonly string[] {
  return [usage.en_us.split(' ')[0] ?? '', ...aliases];
}

function bare(name: string): string {
  return name.normalize('NFKC').trim().replace(/^\//, '').toLowerCase();
}

interface Listed extends Help {
  /** What was asked about, and is no command. */
  readonly unknown: string | undefined;
}

function allCommands({ commands, chatType, unknown }: Listed, view: View, withExamples: boolean): Card {
  const elements: readonly Element[] = [
    ...(unknown === undefined ? [] : [plain(noSuch({ name: unknown }), { color: 'orange' })]),
    plain(text.help[chatType]),
    hr,
    ...commands.flatMap((command) => {
      const about = withExamples ? summaryWithExample(command) : command.summary;
      const lines = [plain(usageLine(command)), note(about)];
      const end = commandButton(command, view);
      return end === undefined && view.actions.has('run') ? [columns(lines)] : lineWithButton(lines, end);
    }),
    hr,
    note(chatType === 'group' ? inThread : onlyUs),
    note(text.help.more({ command: '/help ticket' })),
  ];
  return frame({ title: text.help.title, color: 'blue', summary: text.help.title, elements }, view);
}

/** Runs what can be run as it stands, and tells of the others how they are used. Of this very card there is none. */
function commandButton(command: CommandHelp, view: View): Button | undefined {
  const name = bare(namesOf(command)[0] ?? '');
  if (!view.actions.has('run') || name === 'help') return undefined;
  const runs = !command.usage.en_us.includes('<') && command.changes !== true;
  const call = runs
    ? { action: 'run', command: name, words: '' }
    : { action: 'run', command: 'help', words: name };
  return button(runs ? label.run : label.usage, { call }, { size: 'small' });
}

const label = { run: say('试一试', 'Try it', '試す'), usage: say('用法', 'How to', '使い方') } as const;

const inThread = say(
  '回复我的工单卡片，或在它的话题里发指令时，可以不写工单编号。',
  'In reply to one of my ticket cards, or in its thread, you can leave out the ticket number.',
  '私のチケットカードへの返信やそのスレッドでは、チケット番号を省略できます。',
);

const noSuch = sentence(
  '没有 /{name} 这个指令。全部指令如下：',
  'There is no command /{name}. These are all commands:',
  '/{name} というコマンドはありません。すべてのコマンド：',
);

const onlyUs = say(
  '这里只有你和我能看到。',
  'Only you and I can read this chat.',
  'このチャットはあなたと私だけが見られます。',
);

function usageLine({ usage, aliases }: CommandHelp): Text {
  return joinText([usage, ...aliases.map(same)], ' · ');
}

function summaryWithExample({ summary, examples }: CommandHelp): Text {
  const [example] = examples;
  return example === undefined ? summary : joinText([summary, example], ' · ');
}

function oneCommand(command: CommandHelp, chatType: Help['chatType'], view: View): Card {
  const { usage, aliases, summary, examples } = command;
  const elements: readonly Element[] = [
    plain(summary),
    ...(aliases.length === 0 ? [] : [note(text.help.aliases), plain(same(aliases.join(' · ')))]),
    ...(examples.length === 0 ? [] : [note(text.help.examples), plain(joinText(examples, '\n'))]),
    note(text.help[chatType]),
  ];
  return frame({ title: usage, color: 'blue', summary: usage, elements }, view);
}
