/**
 * Loaded into the bot's process before it starts (`--import`): writes down every connection that it opens and every name that it looks
 * up, to the file EGRESS_FILE. Looking up a name fails, so that nothing leaves this machine.
 */

import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const file = process.env['EGRESS_FILE'] ?? '';
const note = (line: string): void => {
  if (file !== '') appendFileSync(file, `${line}\n`);
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function noted(this: net.Socket, ...args: unknown[]) {
  note(`connect ${targetOf(args)}`);
  return Reflect.apply(connect, this, args);
};

/** Node calls it with its arguments already in a list. */
function targetOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first !== 'object' || first === null) return `${String(second)}:${String(first)}`;
  const { host, port, path }: { host?: unknown; port?: unknown; path?: unknown } = first;
  return port === undefined ? `path ${String(path)}` : `${String(host)}:${String(port)}`;
}

const require = createRequire(import.meta.url);
const refuse =
  (what: string) =>
  (...args: unknown[]): never => {
    note(`${what} ${String(args[0])}`);
    throw new Error(`${what} is not allowed here`);
  };
/** The server looks up the address that it listens on; an address is no name. */
function unlessAddress(original: unknown, refusal: (...args: unknown[]) => never) {
  return (...args: unknown[]): unknown =>
    typeof original === 'function' && net.isIP(String(args[0])) !== 0
      ? Reflect.apply(original, undefined, args)
      : refusal(...args);
}
const dns: Record<string, unknown> = require('node:dns');
const dnsPromises: Record<string, unknown> = require('node:dns/promises');
for (const module of [dns, dnsPromises])
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny'])
    module[name] = unlessAddress(module[name], refuse(`dns.${name}`));
const dgram: Record<string, unknown> = require('node:dgram');
dgram['createSocket'] = refuse('dgram.createSocket');
const processes: Record<string, unknown> = require('node:child_process');
for (const name of ['spawn', 'exec', 'execFile', 'fork', 'spawnSync', 'execSync', 'execFileSync'])
  processes[name] = refuse(`child_process.${name}`);
syncBuiltinESMExports();
