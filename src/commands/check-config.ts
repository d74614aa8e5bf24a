import { Command } from 'commander';
import { openStorage, openUsers, reachUsers, StartError } from '../adapters.ts';
import type { UsersLocation } from '../config/users-location.ts';
import { type Config, type ParsedConfig, parseConfig, readEnvironment } from '../config.ts';
import { openViews, ViewsError } from '../pages/own-views.ts';
import { CommandFailure } from './command-failure.ts';
import { example } from './example.ts';
import { print } from './terminal.ts';

interface Finding {
  readonly where: string;
  readonly message: string;
}

export function checkConfigCommand(): Command {
  return new Command('check-config')
    .description('Check all settings as the server does when it starts.')
    .option('--connect', 'also open users and storage, which makes or upgrades tables')
    .option('--json', 'print one JSON object')
    .addHelpText('after', example('check-config --connect', 'NODE_ENV=production '))
    .action(async (options: { connect?: true; json?: true }) => {
      const parsed = parseConfig(readEnvironment());
      const problems: Finding[] = [...problemsOf(parsed)];
      if ('config' in parsed) problems.push(...(await brokenViews(parsed.config)));
      if ('config' in parsed && options.connect) problems.push(...(await tryToConnect(parsed.config)));
      const { warnings, notes } = parsed;
      if (options.json) print(JSON.stringify({ ok: problems.length === 0, problems, warnings, notes }));
      else {
        for (const note of notes) print(`Note: ${note}`);
        for (const warning of warnings) print(`Warning: ${warning}`);
        for (const { where, message } of problems) print(`Problem: ${where} ${message}`);
        if (problems.length === 0) print('The configuration is right.');
      }
      if (problems.length > 0) throw new CommandFailure(`${problems.length} to mend.`);
    });
}

function problemsOf(parsed: ParsedConfig): readonly Finding[] {
  return 'problems' in parsed ? parsed.problems : [];
}

async function brokenViews({ views }: Config): Promise<Finding[]> {
  try {
    await openViews(views);
    return [];
  } catch (error) {
    if (!(error instanceof ViewsError)) throw error;
    return [findingOf(error)];
  }
}

async function tryToConnect({ users, storage }: Config): Promise<Finding[]> {
  const opening = [users && openReachable(users), openStorage(storage)];
  const opened = await Promise.allSettled(opening);
  for (const each of opened) if (each.status === 'fulfilled') await each.value?.close();
  return opened.flatMap((each) => {
    if (each.status === 'fulfilled') return [];
    if (!(each.reason instanceof StartError)) throw each.reason;
    return [findingOf(each.reason)];
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

/** The first word of what is said is the variable. */
function findingOf({ message }: Error): Finding {
  const [where = '', ...words] = message.split(' ');
  return { where, message: words.join(' ') };
}
