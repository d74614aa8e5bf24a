import { parseDatabaseUrl } from './database-url.ts';
import { pathOf } from './locations.ts';
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
  const address = engine === 'sqlite' ? databaseFile(settings) : parseDatabaseUrl('USERS', engine, settings);
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
