import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Report } from '../telemetry/events.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** By import, Node's HTTP module would also load WebSocket and fetch, which nobody needs at start: 14 MB and 25 ms. */
const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');

/** Room for 4 KB of percent-encoded `state` in the request line, and once more in the Referer of the form. */
const maxHeaderBytes = 40 * 1024;

/**
 * An HTTP server that keeps a connection on which no request comes for `keepAliveSeconds`, and that can stop without cutting
 * anybody off. `stopping` aborts when it begins to stop.
 */
export function createDrainingServer(
  listener: RequestListener,
  keepAliveSeconds: number,
  stopping: AbortSignal,
  report: Report,
) {
  let underWay = 0;

  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: 15_000,
      requestTimeout: 30_000,
      // How often these two are looked at.
      connectionsCheckingInterval: 1000,
      // Checked below, so that the answer has our headers.
      requireHostHeader: false,
      // Longer than a load balancer keeps it, or that would reuse a connection just as it is closed here.
      keepAliveTimeout: keepAliveSeconds * 1000,
    },
    (request, response) => {
      underWay += 1;
      response.once('close', () => {
        underWay -= 1;
      });
      if (stopping.aborted) response.setHeader('Connection', 'close');
      // HTTP/1.1 requires Host (RFC 9112 3.2), though nothing here is made of it.
      const isWhole = request.headers.host !== undefined || request.httpVersion === '1.0';
      request.url = isWhole ? originForm(request.url) : '*';
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

  // What Node.js would answer by itself, or not at all.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) => {
    report('request.unreadable', { status: 400, code: 'CONNECT' });
    refuse(socket, 400);
  });
  server.on('dropRequest', () =>
    report('request.unreadable', { status: 503, code: 'too many on one connection' }),
  );

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
    /** Rejects as `net.Server.listen` fails. */
    listen: (port: number, host: string) => once(server.listen(port, host), 'listening'),
    /**
     * To be called once `stopping` has aborted. Takes no new connection, answers whatever comes on open ones, and resolves
     * when all are gone. Connections on which nothing happens are closed once nothing is under way, but not before
     * `idleSeconds`; after `deadlineSeconds` everything is cut.
     */
    drain: (idleSeconds: number, deadlineSeconds: number) =>
      new Promise<void>((resolve) => {
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

/**
 * `/path?query` of a request target, also where it was given with the whole address (RFC 9112 3.2.2), and `*` of any other: one
 * without a path Express would answer by itself, without our headers and a line in the log.
 */
function originForm(target = ''): string {
  if (target.startsWith('/')) return target;
  const url = URL.parse(target);
  return url !== null && /^https?:$/.test(url.protocol) ? url.pathname + url.search : '*';
}

/** Answers what is no request, and closes the connection. */
function refuse(socket: Duplex, status: number): void {
  // Node.js takes its own listener away before it hands a socket over.
  socket.on('error', () => socket.destroy());
  const said = `${STATUS_CODES[status]}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      "Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: same-origin\r\n" +
      'X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n' +
      `Cache-Control: no-store\r\nContent-Length: ${said.length}\r\n\r\n${said}`,
    () => socket.destroy(),
  );
}

/** `GET /metrics`, on a port of its own that nobody outside should reach, and nothing else. */
export function createMetricsServer(metrics: Metrics) {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('metrics are at /metrics\n');
      return;
    }
    metrics.describe().then(
      (body) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  return {
    listen: (port: number, host: string) => once(server.listen(port, host), 'listening'),
    close() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      return closed;
    },
  };
}
