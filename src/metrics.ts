/** What `/metrics` shows. Names and labels are part of the outside: dashboards are built on them. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    deliveries: new Counter({
      name: 'bot_deliveries_total',
      help: 'Requests from Feishu, by what became of them',
      labelNames: ['outcome'] as const,
      registers,
    }),
    acknowledged: new Histogram({
      name: 'bot_acknowledge_seconds',
      help: 'Time from a request to its answer',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
      registers,
    }),
    commands: new Counter({
      name: 'bot_commands_total',
      help: 'Commands and buttons, by outcome',
      labelNames: ['command', 'outcome'] as const,
      registers,
    }),
    calls: new Counter({
      name: 'bot_feishu_calls_total',
      help: 'Calls to Feishu, by endpoint and kind of outcome',
      labelNames: ['endpoint', 'outcome'] as const,
      registers,
    }),
    callSeconds: new Histogram({
      name: 'bot_feishu_call_seconds',
      help: 'Time of one call to Feishu, without waiting for a place',
      labelNames: ['endpoint'] as const,
      buckets: [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30],
      registers,
    }),
    limitWaitSeconds: new Histogram({
      name: 'bot_limit_wait_seconds',
      help: 'Time that a call waited for a place in its rate windows',
      labelNames: ['endpoint'] as const,
      buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60],
      registers,
    }),
    tokenRefreshes: new Counter({
      name: 'bot_token_refreshes_total',
      help: 'Tenant tokens fetched, by reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    pictures: new Counter({
      name: 'bot_pictures_total',
      help: 'Pictures, by what became of them',
      labelNames: ['outcome'] as const,
      registers,
    }),
    connectionChanges: new Counter({
      name: 'bot_long_connection_changes_total',
      help: 'What became of the long connection: connected, lost, reconnected, silent, trouble, refused',
      labelNames: ['change'] as const,
      registers,
    }),
    connected: new Gauge({
      name: 'bot_long_connection_up',
      help: '1 while the long connection stands',
      registers,
    }),
    jobs: new Counter({
      name: 'bot_jobs_total',
      help: 'Ends of pieces of work: done, again (tried once more later), set_aside (an operator must look)',
      labelNames: ['outcome'] as const,
      registers,
    }),
    retries: new Counter({
      name: 'bot_feishu_retries_total',
      help: 'Calls to Feishu that were made again, by what the one before met',
      labelNames: ['endpoint', 'kind'] as const,
      registers,
    }),
    broken: new Gauge({
      name: 'bot_feishu_broken',
      help: '1 while calls to an endpoint are held back, because they failed again and again',
      labelNames: ['endpoint'] as const,
      registers,
    }),
    limitFill: new Gauge({
      name: 'bot_limit_fill_ratio',
      help: 'Calls of this process in the fullest rate window of an endpoint, as a part of what Feishu allows',
      labelNames: ['endpoint'] as const,
      registers,
    }),
    queue: new Gauge({
      name: 'bot_queue_jobs',
      help: 'Jobs in the queue, by state: waiting, running, set_aside',
      labelNames: ['state'] as const,
      registers,
    }),
    queueOldestSeconds: new Gauge({
      name: 'bot_queue_oldest_seconds',
      help: 'Age of the oldest job that waits to start',
      registers,
    }),
  };
}
