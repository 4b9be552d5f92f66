/** What the self-check found: what is wrong first, then the rest in one line each. */

import type { Card, Finding, Text } from '../domain.ts';
import { joinText, same, say, sentence } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { button } from './controlElements.ts';
import { collapsible, type Element, lineWithButton } from './elements.ts';
import { frame } from './frame.ts';
import { moment } from './moment.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

/** With more than these, each with its button, Feishu takes no card; and the first ones are to be mended first. */
const toldMaxCount = 12;

/** @param findings undefined while the check is under way */
export function doctorCard(findings: readonly Finding[] | undefined, view: View): Card {
  if (findings === undefined)
    return frame({ title: checking, color: 'blue', summary: checking, elements: [plain(patience)] }, view);
  const wrong = findings.filter(({ state }) => state === 'fail' || state === 'warn');
  const told = wrong.slice(0, toldMaxCount);
  const rest = findings.filter((finding) => !told.includes(finding));
  const title = wrong.length === 0 ? fine : broken({ count: wrong.length });
  const elements = [
    ...told.flatMap((finding) => problem(finding, view)),
    ...(wrong.length === 0
      ? rest.map((finding) => line(finding, view))
      : [
          collapsible(
            others({ count: rest.length }),
            rest.map((finding) => line(finding, view)),
          ),
        ]),
    note(checkedAt({ time: moment(view.nowMs, view.timeZone) })),
  ];
  const color = wrong.length === 0 ? 'green' : 'red';
  return frame({ title, color, summary: title, elements }, view);
}

function problem(finding: Finding, view: View): readonly Element[] {
  const { remedy, link } = finding;
  const say = untrusted(view.privacy);
  const lines: readonly Element[] = [
    line(finding, view),
    ...(remedy === undefined ? [] : [note(say.sentence(remedy, 300))]),
  ];
  return lineWithButton(
    lines,
    link === undefined ? undefined : button(openConsole, { open: link }, { size: 'small' }),
  );
}

function line({ state, name, what }: Finding, view: View): Element {
  const say = untrusted(view.privacy);
  const color = state === 'fail' ? 'red' : 'orange';
  const words = joinText(
    [same(marks[state]), say.sentence(name, 200), same('—'), say.sentence(what, 300)],
    ' ',
  );
  return plain(words, state === 'fail' || state === 'warn' ? { color } : {});
}

const marks: Readonly<Record<Finding['state'], string>> = { pass: '✓', warn: '!', fail: '✗', skip: '–' };

const checking = say('正在自检…', 'Checking…', '自己診断中…');
const patience: Text = say('需要几秒钟。', 'This takes a few seconds.', '数秒かかります。');
const fine = say('自检：一切正常', 'Self-check: all is well', '自己診断：異常なし');
const broken = sentence(
  '自检：{count} 项需要处理',
  'Self-check: {count} to mend',
  '自己診断：{count} 件の対処が必要です',
);
const others = sentence('其余 {count} 项', 'The other {count}', 'その他 {count} 件');
const openConsole = say('去处理', 'Open', '開く');
const checkedAt = sentence('检查于 {time}', 'Checked at {time}', '診断日時 {time}');
