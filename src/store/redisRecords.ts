/**
 * Records on Redis. Each is a hash with the fields v(ersion), w(ritten), e(xpires), i(ndex) and d(ata); an index is a sorted set of
 * keys by the order of their writes. Times are Redis's own, so replicas with different clocks agree.
 *
 * A record counts until the moment in `e`; Redis removes it some time after that.
 */

import { z } from 'zod';
import { prefix, type RedisCalls, script } from './redisConnection.ts';
import type { PutOptions, RecordKind, Records, Stored } from './store.ts';

/** A longer time than this is for ever. */
const foreverMs = 50 * 365 * 86_400_000;
const maxPageCount = 500;

const liveLua = `
local function live(row) return row[1] and (row[2] == '' or tonumber(row[2]) > now) end`;

/** KEYS: record, counter of writes. ARGV: expected version or '', time to keep or '', index or '', value, key, start of indices. */
const putScript = script(`${liveLua}
local expect, keep, index, data, key, base = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local row = redis.call('HMGET', KEYS[2], 'v', 'e', 'i')
local version = live(row) and tonumber(row[1]) or 0
if expect ~= '' and tonumber(expect) ~= version then return {0, version} end
local at = math.floor(now)
local expires = keep == '' and '' or string.format('%.0f', at + tonumber(keep))
redis.call('HSET', KEYS[2], 'v', version + 1, 'w', string.format('%.0f', at), 'e', expires, 'i', index, 'd', data)
if keep == '' then redis.call('PERSIST', KEYS[2]) else redis.call('PEXPIRE', KEYS[2], keep) end
if row[3] and row[3] ~= '' and row[3] ~= index then redis.call('ZREM', base .. row[3], key) end
if index ~= '' then
  local list = base .. index
  local fresh = redis.call('EXISTS', list) == 0
  redis.call('ZADD', list, redis.call('INCR', KEYS[3]), key)
  local left = redis.call('PTTL', list)
  if keep == '' then redis.call('PERSIST', list)
  elseif fresh or (left >= 0 and left < tonumber(keep)) then redis.call('PEXPIRE', list, keep) end
  -- A list that is written to for ever forgets what has expired in it.
  local recordBase = string.sub(KEYS[2], 1, #KEYS[2] - #key)
  for _, old in ipairs(redis.call('ZRANGE', list, 0, 1)) do
    local found = redis.call('HMGET', recordBase .. old, 'v', 'e', 'i')
    if not live(found) or found[3] ~= index then redis.call('ZREM', list, old) end
  end
end
return {1, version + 1}`);

/** KEYS: records. */
const getScript = script(`${liveLua}
local found = {}
for i = 2, #KEYS do
  local row = redis.call('HMGET', KEYS[i], 'v', 'e', 'w', 'd')
  found[#found + 1] = live(row) and {row[1], row[3], row[4]} or {}
end
return found`);

/** KEYS: record. ARGV: key, start of indices. */
const deleteScript = script(`
local index = redis.call('HGET', KEYS[2], 'i')
if index and index ~= '' then redis.call('ZREM', ARGV[4] .. index, ARGV[3]) end
return redis.call('DEL', KEYS[2])`);

/** KEYS: list. ARGV: start of records, index, begin after this write, how many. */
const listScript = script(`${liveLua}
local page = redis.call('ZREVRANGEBYSCORE', KEYS[2], ARGV[5], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[6])
local found = {}
for i = 1, #page, 2 do
  local row = redis.call('HMGET', ARGV[3] .. page[i], 'v', 'e', 'i', 'w', 'd')
  if live(row) and row[3] == ARGV[4] then found[#found + 1] = {page[i], row[1], row[4], row[5]}
  else redis.call('ZREM', KEYS[2], page[i]) end
end
return {page[#page] or '', found}`);

const putAnswer = z.tuple([z.number(), z.number()]);
const row = z.tuple([z.coerce.number(), z.coerce.number(), z.string()]);
const getAnswer = z.array(z.union([row, z.tuple([])]));
const listAnswer = z.tuple([
  z.string(),
  z.array(z.tuple([z.string(), z.coerce.number(), z.coerce.number(), z.string()])),
]);

type Row = z.infer<typeof row> | undefined;

export function createRecords({ run }: RedisCalls): Records {
  const base = `${prefix}:record:`;
  const writes = `${prefix}:record-writes`;
  const recordsOf = (kind: string): string => `${base}${encodeURIComponent(kind)}:`;
  const listsOf = (kind: string): string => `${prefix}:list:${encodeURIComponent(kind)}:`;

  async function rowsOf(kind: string, keys: readonly string[]): Promise<Row[]> {
    if (keys.length === 0) return [];
    const names = keys.map((key) => recordsOf(kind) + key);
    return getAnswer
      .parse(await run(getScript, names, []))
      .map((found) => (found.length === 0 ? undefined : found));
  }

  /** @param raw the version that must be there, fitting the schema or not; undefined for any */
  async function write<T>(
    kind: RecordKind<T>,
    key: string,
    text: string,
    raw: number | undefined,
    index: string | undefined,
  ): Promise<{ readonly done: boolean; readonly version: number }> {
    const keep = kind.keepMs >= foreverMs ? '' : Math.max(1, Math.ceil(kind.keepMs));
    const args = [raw ?? '', keep, index === undefined ? '' : `=${index}`, text, key, listsOf(kind.name)];
    const [done, version] = putAnswer.parse(await run(putScript, [recordsOf(kind.name) + key, writes], args));
    return { done: done === 1, version };
  }

  /** What does not fit its schema counts as version 0, whatever version it has. */
  async function swap<T>(
    kind: RecordKind<T>,
    key: string,
    text: string,
    { expect = 0, index }: PutOptions,
  ): Promise<number | 'conflict'> {
    const [found] = await rowsOf(kind.name, [key]);
    if ((storedOf(kind, key, found)?.version ?? 0) !== expect) return 'conflict';
    const { done, version } = await write(kind, key, text, found?.[0] ?? 0, index);
    return done ? version : 'conflict';
  }

  async function list<T>(kind: RecordKind<T>, index: string, limit: number): Promise<Stored<T>[]> {
    const found: Stored<T>[] = [];
    let after = '+inf';
    // Values that no longer fit do not count, so one page may not be enough.
    while (found.length < limit) {
      const count = Math.ceil(Math.min(maxPageCount, limit - found.length));
      const args = [recordsOf(kind.name), `=${index}`, after, count];
      const answer = await run(listScript, [`${listsOf(kind.name)}=${index}`], args);
      const [last, rows] = listAnswer.parse(answer);
      if (last === '') break;
      after = `(${last}`;
      found.push(...rows.flatMap(([key, ...rest]) => storedOf(kind, key, rest) ?? []));
    }
    return found;
  }

  return {
    async get(kind, key) {
      const [found] = await rowsOf(kind.name, [key]);
      return storedOf(kind, key, found);
    },
    async getMany(kind, keys) {
      const rows = await rowsOf(kind.name, keys);
      return keys.map((key, at) => storedOf(kind, key, rows[at]));
    },
    async put(kind, key, value, options = {}) {
      const text = textOf(value);
      if (options.expect !== undefined) return swap(kind, key, text, options);
      return (await write(kind, key, text, undefined, options.index)).version;
    },
    async delete(kind, key) {
      await run(deleteScript, [recordsOf(kind.name) + key], [key, listsOf(kind.name)]);
    },
    list,
  };
}

/** @throws TypeError for a value that JSON cannot hold: a bug of the caller */
function textOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError('a record must be a JSON value');
  return text;
}

/** Never throws: what cannot be read counts as absent. */
function storedOf<T>(kind: RecordKind<T>, key: string, found: Row): Stored<T> | undefined {
  if (found === undefined) return undefined;
  const [version, writtenAtMs, text] = found;
  try {
    const { data, success } = kind.schema.safeParse(JSON.parse(text));
    return success ? { key, value: data, version, writtenAtMs } : undefined;
  } catch {
    return undefined;
  }
}
