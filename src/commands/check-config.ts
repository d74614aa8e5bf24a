import { Command } from 'commander';
import { openStorage, openUsers, reachUsers, StartError } from '../adapters.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { type Problem, sayProblem } from '../config/problem.ts';
import type { UsersLocation } from '../config/users-location.ts';
import { openViews, ViewsError } from '../pages/own-views.ts';
import { CommandFailure } from './command-failure.ts';
import { example } from './example.ts';
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
      if ('config' in parsed) problems.push(...(await brokenViews(parsed.config)));
      if ('config' in parsed && options.connect) problems.push(...(await tryToConnect(parsed.config)));
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

async function brokenViews({ views }: Config): Promise<Problem[]> {
  try {
    await openViews(views);
    return [];
  } catch (error) {
    if (!(error instanceof ViewsError)) throw error;
    return [{ setting: 'VIEWS', problem: error.message }];
  }
}

async function tryToConnect({ users, storage }: Config): Promise<Problem[]> {
  const opening = [openReachable(users), openStorage(storage)];
  const opened = await Promise.allSettled(opening);
  for (const each of opened) if (each.status === 'fulfilled') await each.value.close();
  return opened.flatMap((each) => {
    if (each.status === 'fulfilled') return [];
    if (!(each.reason instanceof StartError)) throw each.reason;
    return [each.reason.problem];
  });
}

async function openReachable(location: UsersLocation) {
  const store = await openUsers(location, () => {});
  try {
    await reachUsers(location, store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
