import { type Config, loadConfig } from '../config/config.ts';
import { readEnvironment, readSettings } from '../config/environment.ts';
import { pathOf } from '../config/paths.ts';
import { sayProblem } from '../config/problem.ts';
import { CommandFailure } from './command-failure.ts';

/** The server's configuration. Throws a `CommandFailure` with everything that is wrong with it. */
export function readConfig(): Config {
  const parsed = loadConfig();
  if ('config' in parsed) return parsed.config;
  const lines = parsed.problems.map((problem) => `  - ${sayProblem(problem)}`);
  throw new CommandFailure(`The configuration is not right yet:\n\n${lines.join('\n')}\n`);
}

/** The htpasswd file that `USERS` names, which may not be there yet, and what is appended to passwords in it. */
export function readUsersFile(): { readonly path: string; readonly pepper: string } {
  const { env, problems } = readEnvironment();
  const given = readSettings(env);
  const { USERS: users, USERS_PEPPER: pepper = '' } = given.texts;
  const wrong = [...problems, ...given.problems].map(sayProblem);
  if (wrong.length > 0) throw new CommandFailure(wrong.join('\n'));
  const path = users === undefined ? undefined : pathOf('file', users);
  if (path !== undefined) return { path, pepper };
  throw new CommandFailure(
    `These commands change a file of users, and USERS ${users === undefined ? 'is not set' : 'names something else'}: ` +
      'set it to such a file, like USERS=file:users.htpasswd. Users elsewhere are changed where they are.',
  );
}
