import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runCli } from '../../src/commands/program.ts';
import { type Result, runHere } from './run-here.ts';
import { temporaryFolder } from './server.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** Runs one command of the operator's in this process, with the given environment and no other, in an empty folder. */
export function runCommand(
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Result> {
  return runHere(() => runCli(parameters), { env, input, cwd: temporaryFolder() });
}

/** As `runCommand`, in a process of its own, as `npm run alexa-link` does. */
export async function runCommandApart(
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Result> {
  const child = spawn(process.execPath, [cli, ...parameters], {
    cwd: temporaryFolder(),
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
    cwd: temporaryFolder(),
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
