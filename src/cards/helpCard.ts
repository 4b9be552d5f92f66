/** What the bot can do, or how one command is used. */

import type { Card, Text } from '../domain.ts';
import { joinText, same, text } from '../text.ts';
import { type Element, hr, note, plain } from './elements.ts';
import { frame } from './frame.ts';
import { firstThatFits } from './size.ts';
import type { View } from './view.ts';

/** One command, in the words of its own file. */
interface CommandHelp {
  /** `/ticket [id …]` */
  readonly usage: string;
  readonly aliases: readonly string[];
  readonly summary: Text;
  readonly examples: readonly string[];
}

export interface Help {
  readonly commands: readonly CommandHelp[];
  readonly chatType: 'p2p' | 'group';
  /** The command that was asked about, by its name or an alias, with or without the slash. */
  readonly only?: string;
}

export function helpCard(help: Help, view: View): Card {
  const wanted = help.only === undefined ? undefined : bare(help.only);
  const one = help.commands.find((command) => namesOf(command).some((name) => bare(name) === wanted));
  if (one !== undefined) return oneCommand(one, help.chatType, view);
  return firstThatFits(
    () => allCommands(help, view, true),
    () => allCommands(help, view, false),
  );
}

function namesOf({ usage, aliases }: CommandHelp): readonly string[] {
  return [usage.split(' ')[0] ?? '', ...aliases];
}

function bare(name: string): string {
  return name.normalize('NFKC').trim().replace(/^\//, '').toLowerCase();
}

function allCommands({ commands, chatType }: Help, view: View, withExamples: boolean): Card {
  const elements: readonly Element[] = [
    plain(text.help[chatType]),
    hr,
    ...commands.flatMap((command) => [
      plain(same(usageLine(command))),
      note(withExamples ? summaryWithExample(command) : command.summary),
    ]),
    hr,
    note(text.help.more({ command: '/help ticket' })),
  ];
  return frame({ title: text.help.title, color: 'blue', summary: text.help.title, elements }, view);
}

function usageLine({ usage, aliases }: CommandHelp): string {
  return [usage, ...aliases].join(' · ');
}

function summaryWithExample({ summary, examples }: CommandHelp): Text {
  const [example] = examples;
  return example === undefined ? summary : joinText([summary, same(example)], ' · ');
}

function oneCommand(command: CommandHelp, chatType: Help['chatType'], view: View): Card {
  const { usage, aliases, summary, examples } = command;
  const elements: readonly Element[] = [
    plain(summary),
    ...(aliases.length === 0 ? [] : [note(text.help.aliases), plain(same(aliases.join(' · ')))]),
    ...(examples.length === 0 ? [] : [note(text.help.examples), plain(same(examples.join('\n')))]),
    note(text.help[chatType]),
  ];
  return frame({ title: same(usage), color: 'blue', summary: same(usage), elements }, view);
}
