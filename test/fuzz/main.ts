/**
 * `npm run test:fuzz -- --seed 7 --inputs 100000 --seconds 600`: nearly right inputs, and a report. Exits 1 when there is a finding.
 * `--only 1234` makes one input again.
 */

import { parseArgs } from 'node:util';
import { acceptedGoalMs, type FuzzReport, fuzz } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    inputs: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '1200' },
    only: { type: 'string' },
  },
});

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
const table = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `  ${name.padEnd(20)} ${count}`)
    .join('\n');

/** What the run must show besides that nothing was found. */
function shortfalls({ rssBytes, acceptedMs, inputCount }: FuzzReport): string[] {
  const grownBytes = (rssBytes.at(-1) ?? 0) - (rssBytes[0] ?? 0);
  return [
    ...(inputCount >= 10_000 && grownBytes > 30 * 1_048_576
      ? [`memory grew by ${megabytes(grownBytes)}`]
      : []),
    ...(acceptedMs.median >= acceptedGoalMs ? [`a good event took ${acceptedMs.median.toFixed(1)} ms`] : []),
  ];
}

const report = await fuzz({
  seed: Number(values.seed),
  inputCount: Number(values.inputs),
  limitMs: Number(values.seconds) * 1_000,
  only: values.only === undefined ? undefined : Number(values.only),
});
const problems = [...report.problems, ...shortfalls(report)];
process.stdout.write(
  [
    `seed ${report.seed}: ${report.inputCount} inputs in ${(report.tookMs / 1_000).toFixed(0)} s`,
    'inputs',
    table(report.kinds),
    'answers to requests, by status',
    table(report.statuses),
    `memory of the process after each tenth: ${report.rssBytes.map(megabytes).join(', ')}`,
    `a good event afterwards: accepted in ${report.acceptedMs.median.toFixed(1)} ms (median), ${report.acceptedMs.worst.toFixed(1)} ms (worst of 21)`,
    problems.length === 0 ? 'nothing found' : `found:\n${problems.map((one) => `  ${one}`).join('\n')}`,
    '',
  ].join('\n'),
);
process.exitCode = problems.length === 0 ? 0 : 1;
