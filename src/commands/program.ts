import { Command, CommanderError } from 'commander';
import { StartError } from '../adapters.ts';
import { TextFileError } from '../text-file.ts';
import { checkConfigCommand } from './check-config.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { hashPasswordCommand } from './hash-password.ts';
import { keysCommand } from './keys.ts';
import { linksCommand } from './links.ts';
import { migrateCommand } from './migrate.ts';
import { usersCommand } from './users.ts';

/** Runs one command with its arguments, and gives the exit code. */
export async function runCli(parameters: readonly string[]): Promise<number> {
  // Whoever reads the output may have seen enough; what is under way is finished all the same.
  process.stdout.on('error', () => {});
  try {
    await createProgram().parseAsync(parameters, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
    const isToldWhole = error instanceof StartError || error instanceof TextFileError;
    const failure = isToldWhole ? new CommandFailure(error.message) : error;
    if (!(failure instanceof CommandFailure)) throw error;
    process.stderr.write(`${failure.message}\n`);
    return failure.exitCode;
  }
}

function createProgram(): Command {
  const program = new Command('alexa-link')
    .description(
      'Looks after a server that links accounts to Alexa skills. Settings come from the environment, as the server’s do.',
    )
    .addCommand(usersCommand())
    .addCommand(hashPasswordCommand())
    .addCommand(keysCommand())
    .addCommand(checkConfigCommand())
    .addCommand(linksCommand())
    .addCommand(migrateCommand())
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 it could not be done, 2 called in a wrong way, 3 nothing was found.',
    );
  throwOnMisuse(program);
  return program;
}

/** Instead of ending the process, so that there is one place that does. */
function throwOnMisuse(command: Command): void {
  command.exitOverride().showSuggestionAfterError().showHelpAfterError('(--help shows how it is called)');
  for (const each of command.commands) throwOnMisuse(each);
}
