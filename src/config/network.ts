import { isIP } from 'node:net';
import { z } from 'zod';
import type { AddProblem } from './problem.ts';

/** As Express's `trust proxy` takes it: off (`none`), a number of proxies, or their networks. */
export type TrustProxy = false | number | readonly string[];

/** Whether a URL is safe to send a user or a token to: https, or http that never leaves this machine. */
export function isHttpsOrLoopback(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

export function parsePublicUrl(value: string, addProblem: AddProblem): string {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    addProblem('must be a complete address, like https://link.example.com');
    return value;
  }
  if (url.href !== `${url.origin}/`)
    addProblem(`must be the address alone, without a path, a query or a name in it: ${url.origin}`);
  return url.origin;
}

export function parseTrustProxy(value: string, addProblem: AddProblem): TrustProxy {
  if (value === 'none') return false;
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  const proxies = value.split(',').map((proxy) => proxy.trim());
  const known = ['loopback', 'linklocal', 'uniquelocal'];
  const wrong = proxies.find((proxy) => !known.includes(proxy) && !isNetwork(proxy));
  const wide = proxies.find((proxy) => isNetwork(proxy) && isTooWide(proxy));
  if (wrong === 'true' || wide !== undefined)
    addProblem(
      `must not be ${wide ?? wrong}, since anybody could then forge their address: name the proxies alone, like loopback,uniquelocal`,
    );
  else if (wrong !== undefined)
    addProblem(
      `must be none, ${known.join(', ')} or addresses like 10.0.0.0/8, with commas between, or a number of proxies`,
    );
  return Object.freeze(proxies);
}

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

function isNetwork(value: string): boolean {
  return network.safeParse(value).success;
}

/** No network of one's own is wider than 10.0.0.0/8, which IPv6 may write as ::ffff:10.0.0.0/104, and fc00::/7. */
function isTooWide(network: string): boolean {
  const [address = '', prefix = '128'] = network.split('/');
  if (isIP(address) === 4) return Number(prefix) < 8;
  const shortestPrefix = /^f[cd]/i.test(address) ? 7 : /^:|^0*:/.test(address) ? 104 : 16;
  return Number(prefix) < shortestPrefix;
}
