import { type Problem, sayProblem } from './config/problem.ts';
import { nameOfStorage, type StorageLocation } from './config/storage-location.ts';
import { nameOfUsers, type UsersLocation } from './config/users-options.ts';
import { openViews as openPageViews, type Views } from './pages/views.ts';
import { hashThreads } from './passwords/password-hash.ts';
import type { OpenMode, Storage } from './storage/stores.ts';
import type { Report } from './telemetry/events.ts';
import { TextFileError } from './text-file.ts';
import { isUnreachable, type UserStore } from './users/user-store.ts';

/*
 * Which implementation a setting means. Each is loaded when it is the one, so that nobody pays for the others.
 */

const userStores: {
  [Scheme in UsersLocation['scheme']]: (
    location: Extract<UsersLocation, { scheme: Scheme }>,
    report: Report,
  ) => Promise<UserStore>;
} = {
  demo: async ({ username, password }) =>
    (await import('./users/password-list.ts')).createDemoUser(username, password),
  file: async (location, report) =>
    (await import('./users/htpasswd-file.ts')).createHtpasswdFile({ ...location, report }),
  sql: async (location, report) => {
    const dialect = await sqlDialects[location.engine](location.address, location.connections);
    return (await import('./users/sql-users.ts')).createSqlUsers({ ...location, dialect, report });
  },
  ldap: async (location, report) =>
    (await import('./users/ldap-users.ts')).createLdapUsers({ ...location, report }),
  http: async (location) => (await import('./users/http-users.ts')).createHttpUsers(location),
  module: async (location, report) =>
    (await import('./users/own-module.ts')).createOwnUsers({ ...location, report }),
};

/** How many sign-ins a user store works on at once: as many as it has connections, or as there are threads for hashes. */
export function signInsAtOnce(users: UsersLocation): number {
  if (users.scheme === 'ldap' || users.scheme === 'http') return users.connections;
  return users.scheme === 'module' ? 10 : hashThreads;
}

/** How each kind of database is reached for its users, to read alone. */
const sqlDialects = {
  sqlite: async (path: string) => {
    const { nodeSqliteDialect, openSqliteToRead } = await import('./sql/node-sqlite.ts');
    return nodeSqliteDialect(openSqliteToRead(path));
  },
  postgres: async (url: string, connections: number) =>
    (await import('./sql/postgres.ts')).postgresDialect(url, connections),
  mysql: async (url: string, connections: number) =>
    (await import('./sql/mysql.ts')).mysqlDialect(url, connections),
};

const storageEngines: {
  [Scheme in StorageLocation['scheme']]: (
    location: Extract<StorageLocation, { scheme: Scheme }>,
    mode?: OpenMode,
  ) => Promise<Storage>;
} = {
  sqlite: async ({ path }, mode) => (await import('./storage/sqlite.ts')).openSqliteStorage(path, mode),
  postgres: async ({ url }, mode) => (await import('./storage/postgres.ts')).openPostgresStorage(url, mode),
  dynamodb: async (location) => (await import('./storage/dynamodb.ts')).openDynamoStorage(location),
};

/** The user store that `USERS` says, whether or not it can be reached now. Rejects with a `StartError`. */
export async function openUsers<Scheme extends UsersLocation['scheme']>(
  location: Extract<UsersLocation, { scheme: Scheme }>,
  report: Report,
): Promise<UserStore> {
  return withUsersError(location, userStores[location.scheme as Scheme](location, report));
}

/** Resolves when users can sign in now, and else rejects with a `StartError`. */
export function reachUsers(location: UsersLocation, { ping }: UserStore): Promise<void> {
  return withUsersError(location, ping());
}

function withUsersError<Result>(location: UsersLocation, asking: Promise<Result>): Promise<Result> {
  return withStartError('USERS', `can’t be used at ${nameOfUsers(location)}`, asking);
}

/** The engine that `STORAGE` says, its tables made or upgraded. Rejects with a `StartError`. */
export async function openStorage<Scheme extends StorageLocation['scheme']>(
  location: Extract<StorageLocation, { scheme: Scheme }>,
  mode?: OpenMode,
): Promise<Storage> {
  const opening = storageEngines[location.scheme as Scheme](location, mode);
  return withStartError('STORAGE', `can’t be opened at ${nameOfStorage(location)}`, opening);
}

/** Makes or upgrades what `STORAGE` needs. Rejects with a `StartError`. */
export async function migrateStorage(location: StorageLocation): Promise<void> {
  if (location.scheme === 'dynamodb') {
    const { migrateDynamo } = await import('./storage/dynamodb-migrate.ts');
    const failure = `can’t be made ready at ${nameOfStorage(location)}`;
    await withStartError('STORAGE', failure, migrateDynamo(location));
  }
  await (await openStorage(location)).close();
}

/** The pages' views, tried once each. Throws a `StartError`. */
export function openViews(folder: string | undefined): Views {
  try {
    return openPageViews(folder);
  } catch (error) {
    if (!(error instanceof TextFileError)) throw error;
    throw new StartError({ setting: 'VIEWS', problem: error.message });
  }
}

/** The server could not be put together or started. */
export class StartError extends Error {
  readonly problem: Problem;
  /** Whether it may work a moment later, with nothing changed here. */
  readonly mayPass: boolean;

  constructor(problem: Problem, cause?: unknown) {
    super(sayProblem(problem), { cause });
    this.problem = problem;
    this.mayPass = isUnreachable(cause);
  }
}

/** Resolves as `starting` does. Rejects with a `StartError` about the setting that says why, and what to do. */
export async function withStartError<Result>(
  setting: string,
  failure: string,
  starting: Promise<Result>,
): Promise<Result> {
  try {
    return await starting;
  } catch (cause) {
    const error = innermost(cause);
    throw new StartError(
      { setting, problem: `${failure}: ${error.message}`, remedy: remedyFor(error) },
      cause,
    );
  }
}

/** Stores say of every failure that they are unavailable; what failed is behind that. */
function innermost(error: unknown): NodeJS.ErrnoException {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.name === 'StorageUnavailableError' ? innermost(error.cause) : error;
}

function remedyFor({ name, code = '', message }: NodeJS.ErrnoException): string | undefined {
  if (/database is locked/.test(message)) return 'another process is changing it; try again in a moment';
  return remedies[code] ?? remedies[name];
}

const certificateRemedy =
  'nobody here knows who made its certificate; name that authority, as docs/users.md says';

/** By the code or the name of an error. */
const remedies: Readonly<Record<string, string>> = {
  ERR_SQLITE_ERROR: 'it must be a SQLite file that this user may read, and for STORAGE write, also a new one',
  // PostgreSQL's insufficient_privilege.
  '42501': 'grant that right to this database role, or name another role',
  EADDRINUSE: 'another program is there already; stop it, or set another port',
  EADDRNOTAVAIL: 'this machine does not have that address; 0.0.0.0 means all that it has',
  EACCES: 'this user may not; choose another, or change the permissions',
  ECONNREFUSED: 'nothing listens there; start it, or correct host and port',
  ENOTFOUND: 'there is no such host; correct it',
  SELF_SIGNED_CERT_IN_CHAIN: certificateRemedy,
  DEPTH_ZERO_SELF_SIGNED_CERT: certificateRemedy,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificateRemedy,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificateRemedy,
  ERR_MODULE_NOT_FOUND: 'it, or something that it imports, is not there; correct the name, or install it',
  ERR_UNKNOWN_FILE_EXTENSION:
    'this Node.js can’t run TypeScript, as Debian’s can’t; compile the module to JavaScript, or use Node.js from nodejs.org',
  ResourceNotFoundException:
    'there is no such table in that region; make it with "alexa-link migrate", or correct the name',
  ValidationException:
    'it is not as "alexa-link migrate" makes it, with an index by-subject: name another table, and make that',
  CredentialsProviderError:
    'there are no AWS credentials; give the instance a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  AccessDeniedException:
    'these AWS credentials may not use the table; give the role the actions that docs/operations.md lists',
};
