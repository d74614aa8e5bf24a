import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import type { Report } from '../telemetry/events.ts';

const forwardedBy = ['x-forwarded-for', 'forwarded', 'x-real-ip'];
const ownNetworks = ['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'];

/**
 * Notices, once, that a proxy of one's own network passes requests on though none is trusted: everybody then has the
 * proxy's address.
 */
export function noticeProxy(report: Report): (request: Request) => void {
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
