import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import { CommandFailure } from './command.ts';

/** Writes one line of result to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Resolves when standard output takes more, so that long lists don't gather in memory; false when nobody reads on. */
export async function drained(): Promise<boolean> {
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain').catch(() => {});
  return !process.stdout.destroyed;
}

/** What control characters would do to a terminal, they do not do here. */
const controls = /[\p{Cc}\p{Cf}]/gu;

/** Columns as wide as what is in them. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const shown = rows.map((row) => row.map((cell) => cell.replace(controls, '\uFFFD')));
  const widths = shown.reduce<number[]>(
    (soFar, row) => row.map((cell, column) => Math.max(cell.length, soFar[column] ?? 0)),
    [],
  );
  for (const row of shown)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/**
 * Returns a password from standard input, or from a user at a terminal, who types it twice and does not see it. Throws a
 * `CommandFailure` where there is none.
 */
export async function readPassword(): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  // From here on a terminal shows nothing of what is typed, so only then the question.
  const input = createInterface({ input: process.stdin, output, terminal: isTerminal });
  input.once('SIGINT', () => input.close());
  const lines = input[Symbol.asyncIterator]();

  async function ask(question: string): Promise<string> {
    if (isTerminal) process.stderr.write(question);
    const { value, done } = await lines.next();
    if (isTerminal) process.stderr.write('\n');
    if (!done) return value;
    throw new CommandFailure(
      isTerminal ? 'Nothing was changed.' : 'There was no password on standard input.',
    );
  }

  try {
    const password = await ask('Password: ');
    if (isTerminal && password !== (await ask('The same again: ')))
      throw new CommandFailure('The two were not the same: nothing was changed. Try again.');
    return password;
  } finally {
    input.close();
  }
}

/** Shows a progress bar at a terminal; nothing where standard error is none. `doing` is like `revoked`. */
export function startProgress(total: number, doing: string) {
  if (!process.stderr.isTTY) return { step(_amount: number) {}, end() {} };
  const bar = new SingleBar({
    format: `${doing} {bar} {value} of {total}, {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0);
  return { step: (amount: number) => bar.increment(amount), end: () => bar.stop() };
}
