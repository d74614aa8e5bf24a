import type { Tinypool } from 'tinypool';
import type * as hashes from './iterated-hashes.ts';

let threads: Promise<Tinypool> | undefined;

/** Hashes on a thread of its own, where Node.js has nothing that leaves the main one by itself. */
export async function onThread<Name extends 'shaCrypt' | 'md5Crypt' | 'phpass' | 'saltedDigest'>(
  name: Name,
  task: Parameters<(typeof hashes)[Name]>[0],
): Promise<string> {
  threads ??= start();
  return (await threads).run(task, { name });
}

/** Two at most, started when the first such hash is verified and gone a minute after the last. */
async function start(): Promise<Tinypool> {
  const { Tinypool } = await import('tinypool');
  return new Tinypool({
    filename: new URL('./iterated-hashes.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 2,
    idleTimeout: 60_000,
  });
}
