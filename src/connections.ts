/** Which connections of a server have a request under way. */

import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Connection {
  runningCount: number;
  newest: ServerResponse | undefined;
}

/**
 * Knows which connections have a request under way, so that a stop can close the others at once. The map changes with connections only: one
 * that each request enters and leaves is made anew all the time, and V8 keeps what an old one held until its next full collection.
 */
export function watchConnections(server: Server): { leave(): void } {
  const connections = new Map<Socket, Connection>();
  let leaving = false;
  server.on('connection', (socket) => {
    connections.set(socket, { runningCount: 0, newest: undefined });
    socket.once('close', () => connections.delete(socket));
  });
  // Before the application sees the request.
  server.prependListener('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.runningCount += 1;
    connection.newest = response;
    if (leaving) response.shouldKeepAlive = false;
    response.on('close', () => {
      connection.runningCount -= 1;
      if (leaving && connection.runningCount === 0) socket.end();
    });
  });
  return {
    leave() {
      leaving = true;
      for (const [socket, { runningCount, newest }] of connections) {
        if (runningCount === 0) socket.destroy();
        else if (newest !== undefined) newest.shouldKeepAlive = false;
      }
    },
  };
}
