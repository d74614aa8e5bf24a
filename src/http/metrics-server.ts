import type { Metrics } from '../telemetry/metrics.ts';
import { listenAt, nodeHttp } from './node-http.ts';

export interface MetricsServer {
  /** Rejects as `net.Server.listen` fails. */
  listen(port: number, host: string): Promise<void>;
  close(): Promise<void>;
}

/** `GET /metrics`, on a port of its own that nobody outside should reach, and nothing else. */
export function createMetricsServer(metrics: Metrics): MetricsServer {
  const server = nodeHttp.createServer({ requestTimeout: 10_000 }, (request, response) => {
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
    listen: (port, host) => listenAt(server, port, host),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
