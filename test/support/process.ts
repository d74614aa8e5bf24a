import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { temporaryFolder } from './server.ts';

const repository = join(import.meta.dirname, '../..');

/** What `npm start` calls Node.js with. */
const [, ...start] = manifest.scripts.start.split(' ');
const startArguments = start.map((word) => word.replace(/^(\.\/)?src\//, join(repository, 'src/')));

/** Has a process keep what it compiles: with many of them, compiling is most of what they do. */
export const keepCompiled = ['--import', join(repository, 'src/compile-cache.js')];

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** All that was written so far, to standard output and standard error. */
  output(): string;
  /** Resolves when what was written matches; rejects when the process ends before. */
  said(pattern: RegExp): Promise<void>;
  /** Resolves with the exit code, or the signal's name. */
  ended: Promise<number | string>;
}

/** Starts the server as `npm start` does, with nothing of this process's environment but what is given. */
export function startProcess(env: Readonly<Record<string, string>>, cwd = temporaryFolder()): ServerProcess {
  const child = spawn(process.execPath, startArguments, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    url: `http://127.0.0.1:${env['PORT']}`,
    output: () => output,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(output)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        ended.then(() => reject(new Error(`ended without saying ${pattern}:\n${output}`)));
        look();
      }),
    ended,
  };
}
