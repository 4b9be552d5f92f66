import { describe, expect, it } from 'vitest';
import { doctorCard } from '../../src/cards/doctorCard.ts';
import { measure } from '../../src/cards/size.ts';
import { doctor } from '../../src/commands/doctor.ts';
import type { Card, Finding, Reply } from '../../src/domain.ts';
import { say } from '../../src/text.ts';
import { view } from '../cards/samples.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { buttonsOf, from, message, routing, spoken } from '../support/asked.ts';

const finding = (state: Finding['state'], changes: Partial<Finding> = {}): Finding => ({
  check: 'helpdesk',
  name: say('服务台', 'helpdesk', 'ヘルプデスク'),
  state,
  what: say('可以读取', 'its tickets can be read', '読み取れます'),
  ...changes,
});
const broken = finding('fail', {
  what: say('不接受', 'does not accept this token', '受け付けません'),
  remedy: say('核对', 'Check FEISHU_HELPDESK_TOKEN.', '確認'),
  link: 'https://feishu.cn/helpdesk/admin',
});

async function versionsOf(reply: Reply | undefined): Promise<readonly Card[]> {
  const versions: Card[] = [];
  for await (const version of reply?.updates?.() ?? []) versions.push(version());
  return versions;
}

describe('/doctor', () => {
  it('answers at once, and then with what it found', async () => {
    const asked: unknown[] = [];
    const check = {
      async examine(options: unknown) {
        asked.push(options);
        return [finding('pass'), broken];
      },
    };
    const { router } = routing({ commands: [doctor], more: { doctor: check } });
    const reply = await router.route(message('/自检'));
    expect(spoken(reply?.card)).toContain('This takes a few seconds');
    expect(asked).toEqual([]);
    const [found, ...more] = await versionsOf(reply);
    expect(more).toEqual([]);
    expect(asked).toEqual([{ asked: true }]);
    expect(spoken(found)).toContain('does not accept this token');
    expect(spoken(found)).toContain('Check FEISHU_HELPDESK_TOKEN.');
    expect(buttonsOf(found).links).toEqual(['https://feishu.cn/helpdesk/admin']);
  });

  it('is for managers', async () => {
    const { router } = routing({ commands: [doctor], access: { managers: new Set(['ou_boss']) } });
    expect(spoken((await router.route(message('/doctor')))?.card)).toContain('/doctor');
    expect((await router.route(message('/doctor')))?.updates).toBeUndefined();
    expect((await router.route(message('/doctor', from('ou_boss'))))?.updates).toBeDefined();
  });
});

describe('its card', () => {
  const many = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? broken : finding('pass')));

  it.each([
    ['under way', undefined],
    ['all well', [finding('pass'), finding('skip')]],
    ['something wrong', [finding('pass'), broken, finding('warn', { remedy: broken.remedy })]],
    ['a lot', many],
  ])('%s: Feishu takes it', (_state, findings) => {
    const card = doctorCard(findings, view());
    expect(checkCard(card)).toEqual([]);
    expect(measure(card).bytes).toBeLessThan(30_000);
  });

  it('shows what is wrong first and the rest folded', () => {
    const text = spoken(doctorCard([finding('pass'), broken], view()));
    expect(text).toContain('Self-check: 1 to mend');
    expect(text.indexOf('✗')).toBeLessThan(text.indexOf('✓'));
    expect(spoken(doctorCard([finding('pass')], view()))).toContain('Self-check: all is well');
  });
});
