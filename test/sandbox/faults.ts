import type { CallRecord, FaultMatch, FaultRule } from './controlShapes.ts';

/** A rule with what only a test in the same process can give. */
export interface LocalFaultRule extends FaultRule {
  readonly when?: (call: CallRecord) => boolean;
}

interface ActiveFault {
  readonly id: string;
  readonly rule: LocalFaultRule;
  seen: number;
  hits: number;
}

export interface Faults {
  add(rule: LocalFaultRule): { id: string };
  remove(id: string): boolean;
  clear(): void;
  list(): readonly { id: string; rule: FaultRule; hits: number }[];
  /** The first rule that touches this call, counted as a hit. */
  pick(call: CallRecord): ActiveFault | undefined;
}

/** Plugs that can be pulled: rules are tried in the order in which they were added. */
export function createFaults(): Faults {
  const faults = new Map<string, ActiveFault>();
  let counter = 0;
  return {
    add(rule) {
      counter += 1;
      const id = `fault-${counter}`;
      faults.set(id, { id, rule, seen: 0, hits: 0 });
      return { id };
    },
    remove: (id) => faults.delete(id),
    clear: () => faults.clear(),
    list: () => [...faults.values()].map(({ id, rule, hits }) => ({ id, rule, hits })),
    pick(call) {
      for (const fault of faults.values()) {
        const { rule } = fault;
        if (!touches(rule, call)) continue;
        fault.seen += 1;
        if (fault.seen <= (rule.after ?? 0) || fault.hits >= (rule.times ?? Number.POSITIVE_INFINITY))
          continue;
        fault.hits += 1;
        return fault;
      }
      return undefined;
    },
  };
}

function touches(rule: LocalFaultRule, call: CallRecord): boolean {
  if (rule.endpoint !== '*' && rule.endpoint !== call.endpoint) return false;
  if (rule.match !== undefined && !matches(rule.match, call)) return false;
  return rule.when === undefined || rule.when(call);
}

function matches(match: FaultMatch, call: CallRecord): boolean {
  const given: Record<keyof FaultMatch, string | undefined> = {
    ticketId: call.params['ticketId'] ?? call.query['ticket_id']?.[0],
    msgId: call.query['msg_id']?.[0],
    index: call.query['index']?.[0],
    messageId: call.params['messageId'],
    chatId: call.params['chatId'] ?? stringIn(call.body, 'receive_id') ?? call.query['container_id']?.[0],
    imageKey: call.params['imageKey'],
  };
  const wanted: Partial<Record<keyof FaultMatch, string | number>> = match;
  return isKeyed(wanted).every(([key, value]) => given[key] === String(value));
}

const isKeyed = (
  wanted: Partial<Record<keyof FaultMatch, string | number>>,
): [keyof FaultMatch, string | number][] =>
  matchKeys.flatMap((key) => (wanted[key] === undefined ? [] : [[key, wanted[key]]]));

const matchKeys = ['ticketId', 'msgId', 'index', 'messageId', 'chatId', 'imageKey'] as const;

const stringIn = (body: unknown, key: string): string | undefined => {
  const value =
    typeof body === 'object' && body !== null ? new Map(Object.entries(body)).get(key) : undefined;
  return typeof value === 'string' ? value : undefined;
};
