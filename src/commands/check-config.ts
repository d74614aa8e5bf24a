import { Command } from 'commander';
import { migrateStorage, openStorage, openUsers, openViews, reachUsers, StartError } from '../adapters.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { type Problem, sayProblem } from '../config/problem.ts';
import { nameOfStorage, type StorageLocation } from '../config/storage-location.ts';
import { nameOfUsers, type UsersLocation } from '../config/users-options.ts';
import { CommandFailure, example, readConfig, say } from './command.ts';
import { print } from './terminal.ts';

export function checkConfigCommand(): Command {
  return new Command('check-config')
    .description('Check all settings as the server does when it starts.')
    .option('--connect', 'also open users and storage, which makes or upgrades tables')
    .option('--json', 'print one JSON object')
    .addHelpText('after', example('check-config --connect', 'NODE_ENV=production '))
    .action(async (options: { connect?: true; json?: true }) => {
      const parsed = loadConfig();
      const problems: Problem[] = 'problems' in parsed ? [...parsed.problems] : [];
      if ('config' in parsed) problems.push(...(await problemsAtStart(parsed.config, options.connect)));
      const { warnings, notes } = parsed;
      if (options.json) print(JSON.stringify({ ok: problems.length === 0, problems, warnings, notes }));
      else {
        for (const note of notes) print(`Note: ${note}`);
        for (const warning of warnings) print(`Warning: ${warning}`);
        for (const problem of problems) print(`Problem: ${sayProblem(problem)}`);
        if (problems.length === 0) print('The configuration is right.');
      }
      if (problems.length > 0) throw new CommandFailure(`${problems.length} to mend.`);
    });
}

/** What a start would end with. */
async function problemsAtStart({ views, users, storage }: Config, connect = false): Promise<Problem[]> {
  const starting = [
    async () => void openViews(views),
    ...(connect ? [() => tryUsers(users), () => tryStorage(storage)] : []),
  ];
  return (await Promise.all(starting.map((start) => start().then(() => [], problemsOf)))).flat();
}

async function tryUsers(location: UsersLocation): Promise<void> {
  say(`Users: ${nameOfUsers(location)}`);
  const store = await openUsers(location, () => {});
  await reachUsers(location, store).finally(store.close);
}

async function tryStorage(location: StorageLocation): Promise<void> {
  say(`Storage: ${nameOfStorage(location)}`);
  await (await openStorage(location)).close();
}

function problemsOf(error: unknown): Problem[] {
  if (!(error instanceof StartError)) throw error;
  return [error.problem];
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .description(
      'Make or upgrade what STORAGE needs. SQL databases are upgraded at each start of the server too.',
    )
    .addHelpText('after', example('migrate', "STORAGE='dynamodb:alexa-links?region=eu-west-1' "))
    .action(async () => {
      const { storage } = readConfig();
      await migrateStorage(storage);
      print(`Ready: ${nameOfStorage(storage)}`);
    });
}
