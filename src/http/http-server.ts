import type { RequestListener } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Report } from '../telemetry/events.ts';
import { listenAt, nodeHttp } from './node-http.ts';

const { createServer, STATUS_CODES } = nodeHttp;

/** Room for 4 KB of percent-encoded `state` in the request line, and once more in the Referer of the form. */
const maxHeaderBytes = 40 * 1024;

export interface DrainingServer {
  /** Resolves once it listens; rejects as `net.Server.listen` fails. */
  listen(port: number, host: string): Promise<void>;
  isDraining(): boolean;
  /**
   * Takes no new connection, answers whatever comes on open ones, and resolves when all are gone. Connections on
   * which nothing happens are closed once nothing is under way, but not before `idleSeconds`; after
   * `deadlineSeconds` everything is cut.
   */
  drain(idleSeconds: number, deadlineSeconds: number): Promise<void>;
}

export function createDrainingServer(
  createListener: (isDraining: () => boolean) => RequestListener,
  report: Report,
): DrainingServer {
  let draining = false;
  let underWay = 0;
  const isDraining = () => draining;
  const listener = createListener(isDraining);

  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: 15_000,
      requestTimeout: 30_000,
      // How often these two are looked at.
      connectionsCheckingInterval: 1000,
      // Longer than a load balancer's usual 60 s, or it would reuse a connection just as it is closed here.
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      underWay += 1;
      response.once('close', () => {
        underWay -= 1;
      });
      if (draining) response.setHeader('Connection', 'close');
      const target = originForm(request.url);
      if (target === undefined) {
        report('request.unreadable', { status: 400, code: 'request target' });
        refuse(request.socket, 400);
        return;
      }
      request.url = target;
      listener(request, response);
    },
  );

  // As nginx. A connection that sends thousands of requests at once must not be one long turn.
  server.maxRequestsPerSocket = 1000;

  // Also for those who never read their answers; a password that waits to be verified takes less.
  server.setTimeout(70_000);

  // Node counts a connection on which nothing came yet as busy, not as idle.
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });

  function closeIdle(): void {
    server.closeIdleConnections();
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  }

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const status = statusOf[error.code ?? ''] ?? 400;
    report('request.unreadable', { status, code: error.code });
    refuse(socket, status);
  });

  return {
    isDraining,
    listen: (port, host) => listenAt(server, port, host),
    drain: (idleSeconds, deadlineSeconds) =>
      new Promise((resolve) => {
        draining = true;
        const startedAt = performance.now();
        const passed = (seconds: number) => performance.now() - startedAt >= seconds * 1000;
        const watch = setInterval(() => {
          if (passed(deadlineSeconds)) server.closeAllConnections();
          else if (passed(idleSeconds) && underWay === 0) closeIdle();
        }, 100);
        // An HTTP server's own close cuts idle connections at once, and with them a request that is on its way.
        NetServer.prototype.close.call(server, () => {
          clearInterval(watch);
          resolve();
        });
      }),
  };
}

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** `/path?query` of a request target, also where it was given with the whole address (RFC 9112 3.2.2). */
function originForm(target = ''): string | undefined {
  if (target.startsWith('/')) return target;
  const url = URL.parse(target);
  return url === null ? undefined : url.pathname + url.search;
}

/** Answers what is no request, or not one that anything else could answer, and closes the connection. */
function refuse(socket: Duplex, status: number): void {
  const said = `${STATUS_CODES[status]}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${said.length}\r\n\r\n${said}`,
    () => socket.destroy(),
  );
}
