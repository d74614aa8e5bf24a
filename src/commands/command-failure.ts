/*
 * commands: the operator's command line, one file a command. They read the same configuration as the server, and
 * open what it names by adapters.ts; nothing of http is here.
 */

/** What a command ends with, for scripts: README.md, “Commands”, promises it. */
export const exitCodes = { done: 0, failed: 1, misused: 2, nothingFound: 3 } as const;

/** A command could not do what was asked; the message says what to do, and holds no secret. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
