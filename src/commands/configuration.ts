import { pathOf } from '../config/locations.ts';
import { type Config, parseConfig, readEnvironment } from '../config.ts';
import { CommandFailure } from './command-failure.ts';

/** The server's configuration. Throws a `CommandFailure` with everything that is wrong with it. */
export function readConfig(): Config {
  const parsed = parseConfig(readEnvironment());
  if ('config' in parsed) return parsed.config;
  const lines = parsed.problems.map(({ where, message }) => `  - ${where} ${message}`);
  throw new CommandFailure(`The configuration is not right yet:\n\n${lines.join('\n')}\n`);
}

/** The htpasswd file that `USERS` names, which may not be there yet. */
export function usersFile(): string {
  const { USERS: users = '', USERS_FILE: usersFile } = readEnvironment();
  const path = pathOf('file', users.trim());
  if (path !== undefined) return path;
  const given = users !== '' || usersFile !== undefined ? 'names something else' : 'is not set';
  throw new CommandFailure(
    `These commands change a file of users, and USERS ${given}: set it to such a file, like USERS=file:users.htpasswd. ` +
      'Users elsewhere are changed where they are.',
  );
}
