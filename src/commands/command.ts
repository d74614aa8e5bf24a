/*
 * commands: the operator's command line. Commands read the same configuration as the server, and open what it names by
 * adapters.ts; nothing of http is here.
 */
import { openStorage } from '../adapters.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { readEnvironment, readSettings } from '../config/environment.ts';
import { pathOf } from '../config/paths.ts';
import { sayProblem } from '../config/problem.ts';
import { nameOfStorage } from '../config/storage-location.ts';
import { type OpenMode, type Storage, StorageUnavailableError } from '../storage/stores.ts';

/** What a command ends with, for scripts: docs/operations.md, “Commands”, promises it. */
export const exitCodes = { done: 0, failed: 1, misused: 2, nothingFound: 3 } as const;

/** A command could not do what was asked; the message says what to do, and holds no secret. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The end of a command's help: an example, with the settings that it needs before it. */
export function example(command: string, settings = ''): string {
  return `\nExample:\n  ${settings}alexa-link ${command}`;
}

/** Tells the user something that is not the command's output, which may go to another program. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The server's configuration. Throws a `CommandFailure` with everything that is wrong with it. */
export function readConfig(): Config {
  const parsed = loadConfig();
  if ('config' in parsed) return parsed.config;
  const lines = parsed.problems.map((problem) => `  - ${sayProblem(problem)}`);
  throw new CommandFailure(`The configuration is not valid:\n\n${lines.join('\n')}\n`);
}

/**
 * Opens what `STORAGE` names for one piece of work, and says which that is. Does not make a new one unless it may: that would
 * not be the server's, and what was not found in it a false answer.
 */
export async function withStorage<Result>(
  work: (storage: Storage, config: Config) => Promise<Result>,
  mode: OpenMode = 'existing',
): Promise<Result> {
  const config = readConfig();
  say(`Storage: ${nameOfStorage(config.storage)}`);
  const storage = await openStorage(config.storage, mode);
  try {
    return await work(storage, config);
  } catch (error) {
    if (!(error instanceof StorageUnavailableError)) throw error;
    const { cause } = error;
    throw new CommandFailure(
      `The storage could not answer: ${cause instanceof Error ? cause.message : cause}. What was done is kept; start the command again for the rest.`,
    );
  } finally {
    await storage.close();
  }
}

/** The htpasswd file that `USERS` names, which may not be there yet; its pepper; and whether `STORAGE` is set. */
export function readUsersFile() {
  const { texts, problems } = readSettings(readEnvironment().env);
  const { USERS: users, USERS_PEPPER: pepper = '', STORAGE: storage } = texts;
  if (problems.length > 0) throw new CommandFailure(problems.map(sayProblem).join('\n'));
  const path = users === undefined ? undefined : pathOf('file', users);
  if (path === undefined)
    throw new CommandFailure(
      `These commands change a file of users, and USERS ${users === undefined ? 'is not set' : 'names something else'}: ` +
        'set it to such a file, like USERS=file:users.htpasswd. Users elsewhere are changed where they are.',
    );
  say(`File: ${path}`);
  return { path, pepper, hasStorage: storage !== undefined };
}
