import { fileOf, pathOf } from './locations.ts';
import type { AddProblem } from './problem.ts';
import { parseConnections, type UsersSettings } from './users-settings.ts';

type Engine = 'sqlite' | 'postgres' | 'mysql';

/** Users in a database, and how to ask for them. */
export interface SqlUsersLocation {
  readonly scheme: 'sql';
  readonly engine: Engine;
  /** A path for SQLite, else a URL. */
  readonly address: string;
  readonly query: string;
  readonly byIdQuery?: string;
  readonly pepper?: string;
  readonly connections: number;
}

export function parseSqlUsers(settings: UsersSettings, engine: Engine): SqlUsersLocation {
  const { variables, addProblem } = settings;
  const { USERS_QUERY: query = '', USERS_BY_ID_QUERY: byIdQuery, USERS_PEPPER: pepper } = variables;
  if (query === '') {
    addProblem(
      'USERS_QUERY',
      'is missing: give a SELECT by :username with the columns id and password_hash; docs/users.md shows some',
    );
  } else checkQuery('USERS_QUERY', query, 'username', addProblem);
  if (byIdQuery !== undefined) checkQuery('USERS_BY_ID_QUERY', byIdQuery, 'id', addProblem);
  const address = engine === 'sqlite' ? databaseFile(settings) : databaseUrl(settings, engine);
  const connections = parseConnections(settings);
  return { scheme: 'sql', engine, address, query, byIdQuery, pepper, connections };
}

function databaseFile({ value, addProblem }: UsersSettings): string {
  const path = pathOf('sqlite', value);
  if (path === undefined) addProblem('USERS', 'must name a file after sqlite:, like sqlite:app/db.sqlite3');
  return path ?? '';
}

function checkQuery(name: string, query: string, parameter: string, addProblem: AddProblem): void {
  if (!/^(\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(select|with)\b/i.test(query))
    addProblem(name, 'must be a SELECT: this server changes no users');
  if (!query.includes(`:${parameter}`))
    addProblem(name, `must have :${parameter} where the value goes, without quotes around it`);
}

function databaseUrl({ value, readFile, addProblem }: UsersSettings, engine: 'postgres' | 'mysql'): string {
  const url = URL.parse(value);
  if (url === null || url.pathname.length < 2 || url.pathname.includes('@') || url.hash !== '') {
    const example = `${engine}://name:password@host/database`;
    addProblem(
      'USERS',
      `must be like ${example}; in the password, write /, #, ? and @ as %2F, %23, %3F and %40`,
    );
    return '';
  }
  for (const [name] of url.searchParams) {
    if (/ssl|tls/i.test(name) && !tlsParameters[engine].includes(name))
      addProblem(
        'USERS',
        `has ${name}, which is not read: for TLS there are ${tlsParameters[engine].join(', ')}`,
      );
  }
  const mode = url.searchParams.get('ssl-mode');
  if (engine === 'mysql' && mode !== null && !tlsModes.includes(mode))
    addProblem('USERS', `must have ${tlsModes.join(', ')} as ssl-mode, or none`);
  for (const name of ['ssl-ca', 'sslrootcert', 'sslcert', 'sslkey']) {
    const path = url.searchParams.get(name);
    if (path !== null) fileOf('USERS', path, `correct ${name}`, readFile, addProblem);
  }
  return value;
}

/** What each engine's address may say of TLS; anything else would be left out, and TLS with it. */
const tlsParameters = {
  postgres: ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'ssl', 'uselibpqcompat', 'sslnegotiation'],
  mysql: ['ssl-mode', 'ssl-ca'],
};

const tlsModes = ['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'];
