import { sizes } from '../rules.ts';

/**
 * The platform's memory of `uuid`: the same one sends at most once in an hour, whatever the content.
 * https://open.feishu.cn/document/server-docs/im-v1/message/create
 */
export interface Uuids {
  /** What is known of it: nothing, a send under way, or the message that it made. */
  look(uuid: string): 'fresh' | 'sending' | { readonly messageId: string };
  sending(uuid: string): void;
  /** The answer of that send was written or lost. */
  settled(uuid: string): void;
  sent(uuid: string, messageId: string): void;
  clear(): void;
}

export function createUuids(now: () => number): Uuids {
  const sent = new Map<string, { readonly messageId: string; readonly atMs: number }>();
  const underWay = new Set<string>();
  return {
    look(uuid) {
      if (underWay.has(uuid)) return 'sending';
      const known = sent.get(uuid);
      return known === undefined || now() - known.atMs >= sizes.uuidMemoryMs
        ? 'fresh'
        : { messageId: known.messageId };
    },
    sending: (uuid) => void underWay.add(uuid),
    settled: (uuid) => void underWay.delete(uuid),
    sent: (uuid, messageId) => void sent.set(uuid, { messageId, atMs: now() }),
    clear() {
      sent.clear();
      underWay.clear();
    },
  };
}
