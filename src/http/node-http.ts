import type { Server } from 'node:net';

/**
 * Node's HTTP module. By import it would also load WebSocket and fetch, which nobody needs at start: 14 MB and 25 ms.
 */
export const nodeHttp = process.getBuiltinModule('node:http');

/** Resolves once a server listens; rejects as `net.Server.listen` fails. */
export function listenAt(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
