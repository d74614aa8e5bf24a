import { extname } from 'node:path';
import { Tinypool } from 'tinypool';

/** Beside this file: TypeScript in development, JavaScript where it was built. */
const tasks = `./iterated-hashes${extname(import.meta.filename)}`;

/** Two threads at most, started when the first hash needs one, and gone a minute after the last. */
export const pool = new Tinypool({
  filename: new URL(tasks, import.meta.url).href,
  minThreads: 0,
  maxThreads: 2,
  idleTimeout: 60_000,
});
