/** The dashboard and the alert rules speak of metrics, labels and values that the code has. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMetrics } from '../../src/metrics.ts';

interface Metric {
  readonly type: string;
  readonly labels: readonly string[];
}

const row = z.object({
  name: z.string(),
  type: z.string(),
  labelNames: z.array(z.string()).optional(),
});

/** Every series name that `/metrics` can show, with the labels that it may carry. */
function known(): ReadonlyMap<string, Metric> {
  const all = new Map<string, Metric>([['up', { type: 'gauge', labels: [] }]]);
  for (const metric of createMetrics().registry.getMetricsAsArray()) {
    const { name, type, labelNames: labels = [] } = row.parse({ ...metric });
    if (type !== 'histogram') all.set(name, { type, labels });
    else for (const suffix of ['_bucket', '_sum', '_count']) all.set(name + suffix, { type, labels });
  }
  return all;
}

const target = z.object({ expr: z.string() });
const dashboard = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(target).default([]),
    }),
  ),
});
const alerts = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^TicketBot[A-Z]/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+m$/)
            .optional(),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({ summary: z.string().min(10), action: z.string().min(10) }),
        }),
      ),
    }),
  ),
});

const { panels } = dashboard.parse(JSON.parse(readFileSync('deploy/grafana-dashboard.json', 'utf8')));
const rules = alerts
  .parse(parse(readFileSync('deploy/alerts.yaml', 'utf8')))
  .groups.flatMap((group) => group.rules);
const exprs = [
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
];

const words = new Set([
  'by',
  'on',
  'and',
  'or',
  'absent',
  'sum',
  'max',
  'rate',
  'increase',
  'histogram_quantile',
  'le',
  'instance',
  'job',
]);
const ownLabels = new Set(['instance', 'job', 'le']);
/** The names in an expression that stand for series. */
const namesIn = (expr: string): readonly string[] =>
  [
    ...expr
      .replaceAll(/\{[^}]*\}|"[^"]*"|\[[^\]]*\]|\b(?:by|on) \([^)]*\)/g, ' ')
      .matchAll(/[a-z_][a-z_0-9]*/g),
  ]
    .map(([name]) => name)
    .filter((name) => !words.has(name));

describe.each(exprs)('%s', (_title, expr) => {
  const metrics = known();
  const names = namesIn(expr);

  it('asks for series that exist', () => {
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect([...metrics.keys()]).toContain(name);
  });

  it('asks for labels that these series have', () => {
    const labels = names.flatMap((name) => metrics.get(name)?.labels ?? []);
    const asked = [
      ...[...expr.matchAll(/([a-z_]+)(?:=~|!=|!~|=)"/g)].map(([, label]) => label ?? ''),
      ...[...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? '').split(/, */)),
    ];
    for (const label of asked) expect([...labels, ...ownLabels]).toContain(label);
  });

  it('has brackets that close, and takes the rate of counters and histograms only', () => {
    for (const [open, close] of ['()', '{}', '[]'].map((pair) => [pair[0], pair[1]] as const))
      expect([...expr].filter((c) => c === open)).toHaveLength([...expr].filter((c) => c === close).length);
    for (const [, name] of expr.matchAll(/(?:rate|increase)\(([a-z_0-9]+)/g))
      expect(['counter', 'histogram']).toContain(metrics.get(name ?? '')?.type);
  });
});

describe('the dashboard', () => {
  it('shows every metric of the bot', () => {
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join(' ');
    const own = createMetrics()
      .registry.getMetricsAsArray()
      .map((metric) => row.parse({ ...metric }).name)
      .filter((name) => name.startsWith('bot_'));
    expect(own.length).toBeGreaterThan(12);
    for (const name of own) expect(shown).toContain(name);
  });

  it('has panels that do not overlap, each with an id of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe('the alert rules', () => {
  it('have names of their own, and name outcomes that the code counts', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    const code = [
      'src/errors.ts',
      'src/feishu/envelope.ts',
      'src/app.ts',
      'src/transport/webhook.ts',
      'src/main.ts',
    ]
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const values = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/(?:outcome|state)=~?"([^"]+)"/g)].flatMap(([, list]) => (list ?? '').split('|')),
    );
    expect(values.length).toBeGreaterThan(8);
    for (const value of values) expect(code).toContain(`'${value}'`);
  });
});
