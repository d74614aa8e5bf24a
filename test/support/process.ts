import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { authorizePath, signIn, temporaryFolder } from './server.ts';

const repository = join(import.meta.dirname, '../..');

/** What `npm start` calls Node.js with. */
const [, started = ''] = manifest.scripts.start.split(' ');

/** Has Node.js keep what it compiles: with many processes, compiling is most of what they do. */
export const keepCompiled = { NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/compiled') };

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
export function startProcess(
  env: Readonly<Record<string, string>>,
  cwd = temporaryFolder(),
  parameters: readonly string[] = [],
): ServerProcess {
  const child = spawn(process.execPath, [join(repository, started), ...parameters], {
    cwd,
    env: { PATH: process.env['PATH'], ...keepCompiled, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return follow(child, env['PORT']);
}

/** A server in a process of its own, which ends after the test at the latest. */
export function follow(child: ChildProcess, port = ''): ServerProcess {
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
    url: `http://127.0.0.1:${port}`,
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

/** Signs in to the demo skill, as whom the server printed. Returns the redirect's address. */
export async function linkDemoUser(server: ServerProcess): Promise<string> {
  await server.said(/client_secret/);
  const [, username = '', password = ''] = /Sign in as {2}(\w+), password (\S+)/.exec(server.output()) ?? [];
  const [, publicUrl = ''] = /Open {8}(\S+)/.exec(server.output()) ?? [];
  const redirectUri = `${publicUrl}/simulator/na/spa/skill/account-linking-status.html?vendorId=M2SIMULATOR000`;
  const path = authorizePath({ client_id: 'demo-skill', redirect_uri: redirectUri });
  const { headers } = await signIn(server, path, { username, password });
  return headers['location'] ?? '';
}
