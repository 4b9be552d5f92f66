import { rounded } from './statistics.ts';

/** What one line of the table says. */
export interface Result {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  /** The bot's median. */
  readonly ours: number;
  /** What it is the median of. */
  readonly runs: readonly number[];
  /** Medians of others, measured in the same run. */
  readonly baselines: Readonly<Record<string, number>>;
  readonly goal?: Goal | undefined;
}

interface Goal {
  readonly text: string;
  readonly reached: boolean;
}

export function goal(relation: 'at most' | 'at least', limit: number, value: number, unit = ''): Goal {
  const reached = relation === 'at most' ? value <= limit : value >= limit;
  return { text: `${relation} ${limit}${unit}`, reached };
}

/** Ratios first. A ratio is the bot's number divided by the other's. */
export function table(results: readonly Result[]): string {
  const rows = results.map(({ name, unit, ours, baselines, goal: target }) => {
    const others = Object.entries(baselines);
    const ratios = others.map(([, value]) => `${rounded(ours / value)}×`).join(' / ');
    const against = others.map(([other, value]) => `${other}: ${rounded(value)}`).join(' / ');
    const reached = target === undefined ? '' : `${target.text}: ${target.reached ? 'yes' : '**no**'}`;
    return `| ${name} | ${ratios} | ${rounded(ours)} ${unit} | ${against} | ${reached} |`;
  });
  const head = '| what | ratio | the bot | against | to reach |';
  return [head, '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
