import type { Request, RequestHandler } from 'express';
import ipaddr from 'ipaddr.js';
import { createReference } from '../telemetry/reference.ts';
import type { Deps } from './deps.ts';

/** One line a request, when it is answered or its connection is gone. The query stays out: `state` is in it. */
export function requestLog({ report, onRequest, trustProxy }: Deps): RequestHandler {
  const noticeProxy = createProxyNotice(report);
  return (request, response, next) => {
    const startedAt = performance.now();
    response.locals.reference = createReference();
    if (trustProxy === false) noticeProxy(request);
    const { method, path, ip } = request;
    response.once('close', () => {
      const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
      const { reference } = response.locals;
      // Nobody was told the status of an answer that was not begun.
      const status = response.headersSent ? response.statusCode : undefined;
      onRequest?.({ route: routeOf(request), status: status ?? 'aborted', seconds: milliseconds / 1000 });
      const aborted = response.writableFinished ? undefined : true;
      report('request', { reference, method, path, status, milliseconds, ip, aborted });
    });
    next();
  };
}

function routeOf({ route }: { readonly route?: { readonly path?: unknown } }): string {
  return typeof route?.path === 'string' ? route.path : 'other';
}

const forwardedBy = ['x-forwarded-for', 'forwarded', 'x-real-ip'];
const ownNetworks = ['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'];

/**
 * Notices, once, that a proxy of one's own network passes requests on though none is trusted: everybody then has the
 * proxy's address.
 */
function createProxyNotice(report: Deps['report']): (request: Request) => void {
  let noticed = false;
  return (request) => {
    if (!noticed && forwardedBy.some((name) => request.headers[name] !== undefined) && isOwn(request.ip)) {
      noticed = true;
      report('config.warning', {
        message: `requests come through a proxy at ${request.ip}, but TRUST_PROXY does not name it: everybody has that address, in the log and where guessing is limited. Set TRUST_PROXY to it or its network, like loopback,linklocal,uniquelocal`,
      });
    }
  };
}

function isOwn(address = ''): boolean {
  return ipaddr.isValid(address) && ownNetworks.includes(ipaddr.process(address).range());
}
