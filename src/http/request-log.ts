import type { ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Log } from '../telemetry/log.ts';
import type { AnsweredRequest } from '../telemetry/metrics.ts';

/**
 * One line a request, when it is answered or its connection is gone. The query stays out: `state` is in it.
 * pino's own middleware makes a logger for each request, which costs as much as showing the page does. `notice` sees each
 * request too, and `observe` what became of it, since one more middleware would cost a tenth of that.
 */
export function requestLog(
  log: Log,
  notice?: (request: Request) => void,
  observe?: (request: AnsweredRequest) => void,
): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    notice?.(request);
    const { method, path, ip } = request;
    response.once('close', () => {
      const milliseconds = performance.now() - startedAt;
      observe?.({ route: routeOf(request), status: response.statusCode, seconds: milliseconds / 1000 });
      log.info({
        event: 'request',
        reference: references.get(response),
        method,
        path: path.slice(0, 200),
        status: response.statusCode,
        milliseconds: Math.round(milliseconds * 10) / 10,
        ip,
        aborted: response.writableFinished ? undefined : true,
      });
    });
    next();
  };
}

function routeOf({ route }: { readonly route?: { readonly path?: unknown } }): string {
  return typeof route?.path === 'string' ? route.path : 'other';
}

/** Ties the line of the request that is being answered, and an error's page, to the attempt that a person reads out. */
export function noteReference(response: ServerResponse, reference: string): void {
  references.set(response, reference);
}

export function notedReference(response: ServerResponse): string | undefined {
  return references.get(response);
}

const references = new WeakMap<ServerResponse, string>();
