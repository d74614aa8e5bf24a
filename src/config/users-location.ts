import { nameOfDatabase } from './database-url.ts';
import { fileOf, pathOf } from './locations.ts';
import { isHttpsOrLoopback } from './network.ts';
import { type LdapUsersLocation, parseLdapUsers } from './users-ldap.ts';
import { parseConnections, type UsersSettings } from './users-settings.ts';
import { parseSqlUsers, type SqlUsersLocation } from './users-sql.ts';
import { type ReadFile, usersVariables } from './variables.ts';

/** Which user store, and what it needs to find the users. */
export type UsersLocation =
  | { readonly scheme: 'file'; readonly path: string; readonly pepper?: string }
  | SqlUsersLocation
  | LdapUsersLocation
  | { readonly scheme: 'http'; readonly url: string; readonly token?: string; readonly connections: number }
  | { readonly scheme: 'module'; readonly module: string };

/** A location as a person may be told it, without name and password. */
export function nameOfUsers(location: UsersLocation): string {
  if (location.scheme === 'file') return location.path;
  if (location.scheme === 'module') return location.module;
  return nameOfDatabase(location.scheme === 'sql' ? location.address : location.url);
}

/** How one beginning of `USERS` is read. */
interface Reader {
  readonly kind: UsersLocation['scheme'];
  readonly parse: (settings: UsersSettings) => UsersLocation;
}

const sqlReader = (engine: SqlUsersLocation['engine']): Reader => ({
  kind: 'sql',
  parse: (settings) => parseSqlUsers(settings, engine),
});
const ldapReader: Reader = { kind: 'ldap', parse: parseLdapUsers };
const httpReader: Reader = { kind: 'http', parse: parseHttpUsers };

const readers: Readonly<Record<string, Reader>> = {
  file: { kind: 'file', parse: parseFile },
  sqlite: sqlReader('sqlite'),
  postgres: sqlReader('postgres'),
  postgresql: sqlReader('postgres'),
  mysql: sqlReader('mysql'),
  mysql2: sqlReader('mysql'),
  mariadb: sqlReader('mysql'),
  ldap: ldapReader,
  ldaps: ldapReader,
  http: httpReader,
  https: httpReader,
};

/** Reads `USERS` with the variables that go with it, and warns of those that don't. */
export function parseUsers(settings: UsersSettings, warn: (message: string) => void): UsersLocation {
  const { value, variables, addProblem } = settings;
  const scheme = /^([a-z][a-z0-9]+):/i.exec(value)?.[1]?.toLowerCase() ?? 'module';
  const reader: Reader | undefined =
    scheme === 'module'
      ? { kind: scheme, parse: parseModule }
      : Object.hasOwn(readers, scheme)
        ? readers[scheme]
        : undefined;
  if (reader === undefined) {
    const known = Object.keys(readers).join(':, ');
    addProblem('USERS', `must begin with one of ${known}: or name a module, like ./users.ts`);
    return { scheme: 'module', module: '' };
  }
  const read: readonly string[] = usersVariables[reader.kind];
  for (const name of Object.keys(variables)) {
    if (name.startsWith('USERS_') && !read.includes(name))
      warn(`${name} is set, but USERS is a ${scheme} that does not read it`);
  }
  return Object.freeze(reader.parse(settings));
}

function parseFile({ value, variables, readFile, addProblem }: UsersSettings): UsersLocation {
  const path = pathOf('file', value) ?? '';
  const remedy = 'name a file that can be read, or make one with "htpasswd -B -C 12 -c FILE NAME"';
  if (path === '') addProblem('USERS', 'must name a file after file:, like file:users.htpasswd');
  else fileOf('USERS', path, remedy, readFile, addProblem);
  return { scheme: 'file', path, pepper: variables.USERS_PEPPER };
}

function parseHttpUsers(settings: UsersSettings): UsersLocation {
  const { value, variables, production, addProblem } = settings;
  const url = URL.parse(value);
  if (url === null || url.hash !== '' || url.username !== '' || url.password !== '')
    addProblem(
      'USERS',
      'must be a complete address like https://example.com/check, without a name or a # in it',
    );
  else if (production && !isHttpsOrLoopback(url))
    addProblem('USERS', 'must begin with https:// in production, or passwords would travel in the clear');
  const token = variables.USERS_HTTP_TOKEN;
  if (token !== undefined && !/^[\x21-\x7E]+$/.test(token))
    addProblem('USERS_HTTP_TOKEN', 'must be printable ASCII without spaces');
  return { scheme: 'http', url: value, token, connections: parseConnections(settings) };
}

/** A path begins with a dot or a slash, or ends as code does; all else is the name of a package. */
function parseModule({ value, readFile, addProblem }: UsersSettings): UsersLocation {
  const isPath = /^\.{0,2}[/\\]|^[A-Za-z]:|\.[cm]?[jt]s$/.test(value);
  if (/^["']/.test(value))
    addProblem('USERS', 'has quotes around it, which are a part of it here: leave them out');
  else if (isPath) fileOf('USERS', value, 'name a module that exports createUserStore', readFile, addProblem);
  else if (!/^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w./-]+)?$/.test(value) || isFile(value, readFile))
    addProblem(
      'USERS',
      'is no module; for a file in Apache’s format begin with file:, like file:users.htpasswd',
    );
  return { scheme: 'module', module: isPath && /^\w[^:]/.test(value) ? `./${value}` : value };
}

function isFile(path: string, readFile: ReadFile): boolean {
  try {
    readFile(path);
    return true;
  } catch {
    return false;
  }
}
