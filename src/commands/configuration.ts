import { pathOf } from '../config/locations.ts';
import { readVariables } from '../config/variables.ts';
import { type Config, parseConfig, readEnvironment, readText } from '../config.ts';
import { CommandFailure } from './command-failure.ts';

/** The server's configuration. Throws a `CommandFailure` with everything that is wrong with it. */
export function readConfig(): Config {
  const parsed = parseConfig(readEnvironment());
  if ('config' in parsed) return parsed.config;
  const lines = parsed.problems.map(({ where, message }) => `  - ${where} ${message}`);
  throw new CommandFailure(`The configuration is not right yet:\n\n${lines.join('\n')}\n`);
}

/** The htpasswd file that `USERS` names, which may not be there yet, and what is appended to passwords in it. */
export function readUsersFile(): { readonly path: string; readonly pepper: string } {
  const problems: string[] = [];
  const { USERS: users, USERS_PEPPER: pepper = '' } = readVariables(
    readEnvironment(),
    readText,
    (where, message) => problems.push(`${where} ${message}`),
  );
  if (problems.length > 0) throw new CommandFailure(problems.join('\n'));
  const path = users === undefined ? undefined : pathOf('file', users);
  if (path !== undefined) return { path, pepper };
  throw new CommandFailure(
    `These commands change a file of users, and USERS ${users === undefined ? 'is not set' : 'names something else'}: ` +
      'set it to such a file, like USERS=file:users.htpasswd. Users elsewhere are changed where they are.',
  );
}
