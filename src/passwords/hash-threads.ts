import { Tinypool } from 'tinypool';

/** Two threads at most, started when the first hash needs one, and gone a minute after the last. */
export const pool = new Tinypool({
  filename: new URL('./iterated-hashes.ts', import.meta.url).href,
  minThreads: 0,
  maxThreads: 2,
  idleTimeout: 60_000,
});
