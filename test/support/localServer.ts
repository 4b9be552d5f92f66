/** A server on a free port of 127.0.0.1, for tests of what goes over the wire. */

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface LocalServer {
  /** `127.0.0.1:1234`. */
  readonly host: string;
  /** How many connections were made, and how many of them are open. */
  madeCount(): number;
  openCount(): Promise<number>;
  close(): Promise<void>;
}

async function listen(server: net.Server): Promise<LocalServer> {
  let madeCount = 0;
  const open = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    madeCount += 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    madeCount: () => madeCount,
    async openCount() {
      // A connection that the other side has closed needs a moment until that is seen here.
      for (let count = 0; count < 500 && open.size > 0; count += 1)
        await new Promise((resolve) => setTimeout(resolve, 2));
      return open.size;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const localServer = (handle: Handler): Promise<LocalServer> => listen(http.createServer(handle));

/** Takes connections and bytes, and never says a word. */
export const silentServer = (): Promise<LocalServer> => listen(net.createServer((socket) => socket.resume()));
