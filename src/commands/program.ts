import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { StartError } from '../adapters.ts';
import { TextFileError } from '../text-file.ts';
import { checkConfigCommand, migrateCommand } from './check-config.ts';
import { CommandFailure, exitCodes } from './command.ts';
import { hashPasswordCommand, keysCommand } from './keys.ts';
import { linksCommand } from './links.ts';
import { usersCommand } from './users.ts';

/** Runs one command with its arguments. Returns the exit code. */
export async function runCli(parameters: readonly string[]): Promise<number> {
  // Whoever reads the output may have seen enough; what is under way is finished all the same.
  process.stdout.on('error', () => {});
  try {
    await createProgram().parseAsync(parameters, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
    if (!isForUsers(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof CommandFailure ? error.exitCode : exitCodes.failed;
  }
}

/** Whether the message says all. Those of the file system name the file and what is wrong with it. */
function isForUsers(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    [CommandFailure, StartError, TextFileError].some((kind) => error instanceof kind) || 'syscall' in error
  );
}

function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const program = new Command('alexa-link')
    .description(
      'Looks after a server that links accounts to Alexa skills. Settings come from the environment, as the server’s do.',
    )
    .version(version, '--version', 'print the version')
    .addCommand(usersCommand())
    .addCommand(hashPasswordCommand())
    .addCommand(keysCommand())
    .addCommand(checkConfigCommand())
    .addCommand(linksCommand())
    .addCommand(migrateCommand())
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 called in a wrong way, 3 nothing was found.');
  throwOnMisuse(program);
  return program;
}

/** Instead of ending the process, so that there is one place that does. */
function throwOnMisuse(command: Command): void {
  command.exitOverride().showSuggestionAfterError().showHelpAfterError('(--help shows how it is called)');
  for (const each of command.commands) throwOnMisuse(each);
}
