import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * How a back-end can fail: it takes no connection, takes one and says nothing, ends those that there are, or answers
 * something else.
 */
export const modes = ['refusing', 'silent', 'closing', 'babbling'] as const;

type Mode = 'working' | (typeof modes)[number];

export interface FlakyProxy {
  readonly port: number;
  /** How many connections are open. */
  open(): number;
  /** The most that ever were. */
  most(): number;
  become(mode: Mode): Promise<void>;
  /** Passes on what a client sends that matches, and from then on no answer. Resolves when it has done so. */
  swallowAnswersAfter(pattern: RegExp): Promise<void>;
  /** All that clients have sent, a character a byte. */
  sent(): string;
}

/** Stands between a client and a real server on this machine, and fails as told. */
export async function startFlakyProxy(target: number): Promise<FlakyProxy> {
  let mode: Mode = 'working';
  let most = 0;
  let sent = '';
  let swallowing: { pattern: RegExp; done: () => void; begun: boolean } | undefined;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    most = Math.max(most, clients.size);
    client.on('close', () => clients.delete(client)).on('error', () => {});
    client.on('data', (chunk) => {
      sent += chunk.toString('latin1');
    });
    if (mode === 'closing') client.destroy();
    if (mode === 'babbling')
      client.on('data', () => client.write('HTTP/1.1 999 What?\r\n\r\n\0\0\0\u{1}nonsense'));
    if (mode !== 'working') return;
    const upstream = connect(target, '127.0.0.1');
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    // What turns silent later is silent on open connections too.
    client.on('data', (chunk) => {
      if (swallowing?.pattern.test(chunk.toString('latin1'))) {
        swallowing.begun = true;
        upstream.once('data', swallowing.done);
      }
      if (mode !== 'silent') upstream.write(chunk);
    });
    upstream.on('data', (chunk) => mode !== 'silent' && !swallowing?.begun && client.write(chunk));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const dropAll = () => {
    for (const client of clients) client.destroy();
  };
  const close = () =>
    new Promise<void>((resolve) => {
      dropAll();
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  onTestFinished(close);
  return {
    port,
    open: () => clients.size,
    most: () => most,
    sent: () => sent,
    swallowAnswersAfter: (pattern) =>
      new Promise((resolve) => {
        swallowing = { pattern, done: resolve, begun: false };
      }),
    async become(next) {
      mode = next;
      if (next === 'refusing') await close();
      else if (!server.listening) await listen(port);
      if (next !== 'working' && next !== 'silent') dropAll();
    },
  };
}
