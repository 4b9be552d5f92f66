import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../src/nearest.ts';

const names = [
  'ticket',
  't',
  '工单',
  'tickets',
  'list',
  '工单列表',
  'help',
  'h',
  '?',
  '帮助',
  'ack',
  'faq',
  '知识库',
];

describe('nearest', () => {
  it.each([
    ['tikcet', 'ticket', 1],
    ['ticekt', 'ticket', 1],
    ['tiket', 'ticket', 1],
    ['tticket', 'ticket', 1],
    ['tucjet', 'ticket', 2],
    ['hlep', 'help', 1],
    ['hel', 'help', 1],
    ['fqa', 'faq', 1],
    ['公单', '工单', 1],
    ['单工', '工单', 1],
    ['工单表', '工单', 1],
    ['知识裤', '知识库', 1],
    ['ticket123', 'ticket', 0],
    ['ticket:5', 'ticket', 0],
    ['工单123', '工单', 0],
  ])('%s → %s', (typed, name, distance) => {
    expect(nearest(typed, ['ticket', ...names])).toEqual({ name, distance });
  });

  it.each([['x'], ['天气'], ['top'], ['weather'], ['deploy'], ['etc/passwd'], ['123'], ['']])(
    'nothing for %s',
    (typed) => {
      expect(nearest(typed, names)).toBeUndefined();
    },
  );

  it('forgives a long word more: a third of its letters', () => {
    expect(nearest('documentatoinnn', ['documentation'])?.distance).toBe(3);
    expect(nearest('documentatoinnnnnn', ['documentation'])).toEqual({ name: 'documentation', distance: 6 });
    expect(nearest('docmenatoinxx', ['documentation'])).toBeUndefined();
  });

  it('takes the first of equally near ones', () => {
    expect(nearest('tickex', ['tickey', 'ticket'])?.name).toBe('tickey');
  });
});

describe('editDistance', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '工', '😀'), { maxLength: 8 });

  it('is nothing for the same, the same in both directions, and no longer than the longer one', () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const distance = editDistance(a, b);
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance === 0).toBe(a.join() === b.join());
      }),
    );
  });

  it('counts one slip of the pen as one', () => {
    const slip = fc.tuple(letters, letters, fc.constantFrom('x', 'y'));
    fc.assert(
      fc.property(slip, ([a, b, extra]) => {
        expect(editDistance([...a, ...b], [...a, extra, ...b])).toBe(1);
        expect(editDistance([...a, 'x', 'y', ...b], [...a, 'y', 'x', ...b])).toBe(1);
        expect(editDistance([...a, 'p', ...b], [...a, 'q', ...b])).toBe(1);
      }),
    );
  });
});
