import { resolve } from 'node:path';
import { unescape as percentDecode } from 'node:querystring';
import { parseDatabaseUrl } from './database-url.ts';
import { fileOf, pathOf } from './paths.ts';
import type { AddProblem } from './problem.ts';

/** What `USERS` says: which kind of user store, and where it is. */
export type UsersAddress =
  /** One user to try things out with, in development. */
  | { readonly scheme: 'demo'; readonly username: string; readonly password: string }
  | { readonly scheme: 'file'; readonly path: string }
  /** A path for SQLite, else a URL. */
  | { readonly scheme: 'sql'; readonly engine: 'sqlite' | 'postgres' | 'mysql'; readonly address: string }
  /** The URL without the base. */
  | { readonly scheme: 'ldap'; readonly url: string; readonly base: string }
  | { readonly scheme: 'http'; readonly url: string }
  | { readonly scheme: 'module'; readonly module: string };

type Read = (value: string, addProblem: AddProblem) => UsersAddress;

const readDatabase =
  (engine: 'postgres' | 'mysql'): Read =>
  (value, addProblem) => ({ scheme: 'sql', engine, address: parseDatabaseUrl(engine, value, addProblem) });

const readers: Readonly<Record<string, Read>> = {
  file: parseFile,
  sqlite: parseSqlite,
  postgres: readDatabase('postgres'),
  postgresql: readDatabase('postgres'),
  mysql: readDatabase('mysql'),
  mysql2: readDatabase('mysql'),
  mariadb: readDatabase('mysql'),
  ldap: parseDirectory,
  ldaps: parseDirectory,
  http: parseEndpoint,
  https: parseEndpoint,
};

/** Reads `USERS`. */
export function parseUsers(value: string, addProblem: AddProblem): UsersAddress {
  const scheme = /^([a-z][a-z0-9]+):/i.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) return parseModule(value, addProblem);
  const read = Object.hasOwn(readers, scheme) ? readers[scheme] : undefined;
  if (read !== undefined) return read(value, addProblem);
  const known = Object.keys(readers).join(':, ');
  addProblem(`must begin with one of ${known}: or name a module, like ./users.ts`);
  return { scheme: 'module', module: '' };
}

function parseFile(value: string, addProblem: AddProblem): UsersAddress {
  const path = pathOf('file', value) ?? '';
  const remedy = 'name a file that can be read, or make one with "htpasswd -B -C 12 -c FILE NAME"';
  if (path === '') addProblem('must name a file after file:, like file:users.htpasswd');
  else fileOf(path, remedy, addProblem);
  return { scheme: 'file', path };
}

function parseSqlite(value: string, addProblem: AddProblem): UsersAddress {
  const path = pathOf('sqlite', value);
  if (path === undefined) addProblem('must name a file after sqlite:, like sqlite:app/db.sqlite3');
  return { scheme: 'sql', engine: 'sqlite', address: path ?? '' };
}

function parseDirectory(value: string, addProblem: AddProblem): UsersAddress {
  const url = URL.parse(value);
  const base = url === null ? '' : percentDecode(url.pathname.slice(1));
  if (url === null || url.hostname === '' || base === '' || url.username + url.search + url.hash !== '')
    addProblem('must be like ldaps://host/dc=example,dc=com: a host, and the base under which users are');
  return { scheme: 'ldap', url: `${url?.protocol}//${url?.host}`, base };
}

function parseEndpoint(value: string, addProblem: AddProblem): UsersAddress {
  const url = URL.parse(value);
  if (url === null || url.hash !== '' || url.username !== '' || url.password !== '')
    addProblem('must be a complete address like https://example.com/check, without a name or a # in it');
  return { scheme: 'http', url: value };
}

/** A path begins with a dot or a slash, or ends as code does; all else is the name of a package. */
function parseModule(value: string, addProblem: AddProblem): UsersAddress {
  // What has a host, or a name and a password, is an address that was mistyped.
  const isPath = /^\.{0,2}[/\\]|^[A-Za-z]:|\.[cm]?[jt]s$/.test(value) && !/^\/\/|\/\/|.@/.test(value);
  if (isPath) fileOf(value, 'name a module that exports createUserStore', addProblem);
  else if (
    !/^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w./-]+)?$/.test(value) ||
    fileOf(value, '', () => {}) !== undefined
  )
    addProblem('is no module; for a file in Apache’s format begin with file:, like file:users.htpasswd');
  return { scheme: 'module', module: isPath ? resolve(value) : value };
}
