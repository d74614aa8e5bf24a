import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from './certificates.ts';
import { untilListening } from './databases.ts';
import { freePort } from './server.ts';

const programs = ['/usr/bin/pebble', '/usr/bin/pebble-challtestsrv', '/usr/bin/certbot'];

/** Why there is no authority to get certificates from, in a word for who reads which tests were left out. */
export const noPebble = programs.every((path) => existsSync(path))
  ? undefined
  : 'pebble and certbot are not installed';

export interface Authority {
  /** Its directory (RFC 8555 7.1.1), and the file with what its own certificate is checked by. */
  readonly directory: string;
  readonly ca: string;
  /** From now on it looks for a domain at another address of this machine. */
  moveDomain(domain: string, address: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Let's Encrypt's own small authority for tests. It finds every domain at 127.0.0.1, and asks for proofs at `httpPort`.
 */
export async function startPebble(folder: string, httpPort: number): Promise<Authority> {
  const { ca, certificate, key } = makeCertificates(folder);
  const [port, management, dns, names] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate,
    privateKey: key,
    httpPort,
    tlsPort: httpPort,
  };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble }));
  const started: ChildProcess[] = [];
  const start = (program: string, ...parameters: string[]) => {
    const env = { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
    started.push(spawn(program, parameters, { stdio: 'ignore', env }));
  };
  const stop = async () => {
    for (const child of started.splice(0)) {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    }
  };
  const none = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', ''];
  start(
    '/usr/bin/pebble-challtestsrv',
    ...none,
    '-dns01',
    `127.0.0.1:${dns}`,
    '-management',
    `127.0.0.1:${names}`,
  );
  start('/usr/bin/pebble', '-config', join(folder, 'pebble.json'), '-dnsserver', `127.0.0.1:${dns}`);
  await Promise.all([untilListening(port), untilListening(names), untilListening(dns)]);
  return {
    directory: `https://127.0.0.1:${port}/dir`,
    ca,
    async moveDomain(domain, address) {
      const body = JSON.stringify({ host: `${domain}.`, addresses: [address] });
      for (const change of ['clear-a', 'add-a'])
        await fetch(`http://127.0.0.1:${names}/${change}`, { method: 'POST', body });
    },
    stop,
  };
}
