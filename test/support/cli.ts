import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const cli = join(import.meta.dirname, '../../src/cli.ts');

export interface CliResult {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  readonly err: string;
}

/** Runs one command of the operator's, with nothing of this process's environment but what is given. */
export async function runCommand(
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<CliResult> {
  const child = spawn(process.execPath, [cli, ...parameters], {
    cwd: env['CWD'],
    env: { PATH: process.env['PATH'], ...env },
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: Number(code), out, err };
}

/** Runs one at a terminal, where a person types each answer when the question is there. */
export async function runAtTerminal(
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
  answers: readonly (readonly [question: RegExp, answer: string])[],
): Promise<{ readonly code: number; readonly screen: string }> {
  const command = [process.execPath, cli, ...parameters].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: env['CWD'],
    env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
  });
  let screen = '';
  let seen = 0;
  const left = [...answers];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    const [next] = left;
    if (next?.[0].test(screen.slice(seen))) {
      left.shift();
      seen = screen.length;
      child.stdin.write(next[1]);
    }
  });
  const [code] = await once(child, 'close');
  return { code: Number(code), screen };
}
