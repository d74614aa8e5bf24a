import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { follow, type ServerProcess } from './process.ts';
import type { Result } from './run-here.ts';
import { temporaryFolder } from './server.ts';

export interface OtherUser {
  /** All that they have. What is put there later is theirs after `own()`. */
  readonly folder: string;
  own(): void;
  run(command: string, parameters: readonly string[], place: Place): Promise<Result>;
  start(command: string, parameters: readonly string[], place: Place): ServerProcess;
}

interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A user without rights, where tests run as root, who has Node.js, npm and a shell, and no other program. */
export function createOtherUser(registry: string): OtherUser {
  const folder = temporaryFolder();
  // Copies, since the originals may be where only this user can look.
  const npm = realpathSync(
    process.env['npm_execpath'] ?? execFileSync('which', ['npm'], { encoding: 'utf8' }).trim(),
  );
  cpSync(join(dirname(npm), '..'), join(folder, 'npm'), { recursive: true, dereference: true });
  for (const name of ['bin', 'home']) mkdirSync(join(folder, name));
  cpSync(process.execPath, join(folder, 'bin/node'));
  for (const name of ['npm', 'npx'])
    symlinkSync(join(folder, `npm/bin/${name}-cli.js`), join(folder, 'bin', name));
  symlinkSync('/bin/sh', join(folder, 'bin/sh'));
  const isRoot = process.getuid?.() === 0;
  const own = () => {
    if (isRoot) execFileSync('chown', ['-R', '65534:65534', folder]);
  };
  own();
  const open = (command: string, parameters: readonly string[], { cwd, env }: Place) =>
    spawn(command, parameters, {
      cwd,
      env: {
        PATH: join(folder, 'bin'),
        HOME: join(folder, 'home'),
        npm_config_registry: registry,
        npm_config_update_notifier: 'false',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
    });
  return {
    folder,
    own,
    async run(command, parameters, place) {
      const child = open(command, parameters, place);
      const [out, err, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { code: Number(code), out, err };
    },
    start(command, parameters, place) {
      const child = open(command, parameters, place);
      const server = follow(child, place.env?.['PORT']);
      // npx does not pass on every signal.
      onTestFinished(() => endGroup(child));
      return server;
    },
  };
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
