import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import { CommandFailure } from './command-failure.ts';

/** Writes one line of result to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Columns as wide as what is in them. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<number[]>((soFar, row) => {
    return row.map((cell, column) => Math.max(cell.length, soFar[column] ?? 0));
  }, []);
  for (const row of rows)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/** A password from standard input, or from a person at a terminal, who sees nothing of it and types it twice. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine();
  const password = await askHidden('Password: ');
  if (password !== (await askHidden('The same again: ')))
    throw new CommandFailure('The two were not the same: nothing was changed. Try again.');
  return password;
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new CommandFailure('There was no password on standard input.');
}

async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // From here on the terminal shows nothing of what is typed, so only then the question.
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  const given = terminal.question('');
  const interrupted = once(terminal, 'SIGINT').then(() => {
    throw new CommandFailure('\nNothing was changed.');
  });
  try {
    return await Promise.race([given, interrupted]);
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

export interface Progress {
  step(): void;
  end(): void;
}

/** A bar for a person who waits; nothing where standard error is no terminal. */
export function startProgress(total: number, what: string): Progress {
  if (!process.stderr.isTTY) return { step() {}, end() {} };
  const bar = new SingleBar({
    format: `${what} {bar} {value} of {total}, {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0);
  return { step: () => bar.increment(), end: () => bar.stop() };
}
