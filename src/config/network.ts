import { isIP } from 'node:net';
import type { AddProblem } from './problem.ts';

/** As Express's `trust proxy` takes it: off (`none`), a number of proxies, or their networks. */
export type TrustProxy = false | number | readonly string[];

/** Whether a URL is safe to send a person or a token to: https, or http that never leaves this machine. */
export function isHttpsOrLoopback(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

export function parsePort(name: 'PORT' | 'METRICS_PORT', value: string, addProblem: AddProblem): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port < 1 || port > 65_535) addProblem(name, 'must be a whole number from 1 to 65535');
  return port;
}

export function parsePublicUrl(value: string, production: boolean, addProblem: AddProblem): string {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    addProblem('PUBLIC_URL', 'must be a complete address, like https://link.example.com');
    return value;
  }
  if (url.href !== `${url.origin}/`) {
    addProblem(
      'PUBLIC_URL',
      `must be the address alone, without a path, a query or a name in it: ${url.origin}`,
    );
  }
  if (production && url.protocol !== 'https:') {
    addProblem('PUBLIC_URL', 'must begin with https:// in production, since Alexa opens no other');
  }
  return url.origin;
}

export function parseTrustProxy(value: string | undefined, addProblem: AddProblem): TrustProxy {
  if (value === undefined || value === 'none') return false;
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  const proxies = value.split(',').map((proxy) => proxy.trim());
  const known = ['loopback', 'linklocal', 'uniquelocal'];
  const wrong = proxies.find((proxy) => !known.includes(proxy) && !isNetwork(proxy));
  const wide = proxies.find((proxy) => isNetwork(proxy) && isTooWide(proxy));
  if (wrong === 'true' || wide !== undefined) {
    addProblem(
      'TRUST_PROXY',
      `must not be ${wide ?? wrong}, since anybody could then forge their address: name the proxies alone, like loopback,uniquelocal`,
    );
  } else if (wrong !== undefined) {
    addProblem(
      'TRUST_PROXY',
      `must be none, ${known.join(', ')} or addresses like 10.0.0.0/8, with commas between, or a number of proxies`,
    );
  }
  return Object.freeze(proxies);
}

function isNetwork(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) !== 0 &&
    rest.length === 0 &&
    (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= bits))
  );
}

/** No network of one's own is wider than 10.0.0.0/8, which IPv6 may write as ::ffff:10.0.0.0/104, and fc00::/7. */
function isTooWide(network: string): boolean {
  const [address = '', prefix = '128'] = network.split('/');
  if (isIP(address) === 4) return Number(prefix) < 8;
  const narrowest = /^f[cd]/i.test(address) ? 7 : /^:|^0*:/.test(address) ? 104 : 16;
  return Number(prefix) < narrowest;
}
