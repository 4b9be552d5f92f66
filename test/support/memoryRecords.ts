/** Records in memory, with versions and indexes, for tests in which nothing dies. What expires does not matter there. */

import type { PutOptions, RecordKind, Records, Stored } from '../../src/store/store.ts';

interface Row {
  readonly text: string;
  readonly version: number;
  readonly index: string | undefined;
  readonly order: number;
}

export function memoryRecords(): Records {
  const rows = new Map<string, Row>();
  let order = 0;
  const nameOf = (kind: { readonly name: string }, key: string): string => `${kind.name}\u0000${key}`;

  function read<T>(kind: RecordKind<T>, key: string): Stored<T> | undefined {
    const row = rows.get(nameOf(kind, key));
    const parsed = row && kind.schema.safeParse(JSON.parse(row.text));
    if (row === undefined || !parsed?.success) return undefined;
    return { key, value: parsed.data, version: row.version, writtenAtMs: row.order };
  }

  return {
    get: async (kind, key) => read(kind, key),
    getMany: async (kind, keys) => keys.map((key) => read(kind, key)),
    async put<T>(kind: RecordKind<T>, key: string, value: T, { expect, index }: PutOptions = {}) {
      const before = rows.get(nameOf(kind, key))?.version ?? 0;
      if (expect !== undefined && expect !== before) return 'conflict';
      order += 1;
      rows.set(nameOf(kind, key), { text: JSON.stringify(value), version: before + 1, index, order });
      return before + 1;
    },
    async delete(kind, key) {
      rows.delete(nameOf(kind, key));
    },
    async list<T>(kind: RecordKind<T>, index: string, limit: number) {
      return [...rows]
        .filter(([name, row]) => name.startsWith(nameOf(kind, '')) && row.index === index)
        .sort(([, a], [, b]) => b.order - a.order)
        .slice(0, limit)
        .flatMap(([name]) => read(kind, name.slice(nameOf(kind, '').length)) ?? []);
    },
  };
}
