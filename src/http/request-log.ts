import type { RequestHandler } from 'express';
import type { Log } from '../telemetry/log.ts';

/** Carries the attempt's reference to whoever asks, and into the request's line. */
export const referenceHeader = 'X-Reference';

/**
 * One line a request, when it is answered or its connection is gone. The query stays out: `state` is in it.
 * pino's own middleware makes a logger for each request, which costs as much as showing the page does.
 */
export function requestLog(log: Log): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const { method, path, ip } = request;
    response.once('close', () => {
      const aborted = !response.writableFinished;
      const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
      const reference = response.getHeader(referenceHeader);
      const fields = {
        reference,
        method,
        path: path.slice(0, 200),
        status: response.statusCode,
        milliseconds,
        ip,
      };
      log.info(aborted ? { ...fields, aborted } : fields, 'request');
    });
    next();
  };
}
