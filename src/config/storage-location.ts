import { nameOfDatabase, parseDatabaseUrl } from './database-url.ts';
import { pathOf } from './locations.ts';
import { isHttpsOrLoopback } from './network.ts';
import type { AddProblem } from './problem.ts';
import type { Environment, ReadFile } from './variables.ts';

/** Which storage engine, and where it keeps links. */
export type StorageLocation =
  | { readonly scheme: 'sqlite'; readonly path: string }
  | { readonly scheme: 'postgres'; readonly url: string }
  | {
      readonly scheme: 'dynamodb';
      readonly table: string;
      readonly region?: string;
      readonly endpoint?: string;
    };

/** A location as a person may be told it, without name and password. */
export function nameOfStorage(location: StorageLocation): string {
  if (location.scheme === 'sqlite') return location.path;
  if (location.scheme === 'dynamodb') return `the DynamoDB table ${location.table}`;
  return nameOfDatabase(location.url);
}

/** What reading `STORAGE` needs beside its value. */
export interface StorageSettings {
  readonly value: string;
  readonly production: boolean;
  readonly env: Environment;
  readonly readFile: ReadFile;
  readonly addProblem: AddProblem;
}

const readers: Readonly<Record<string, (settings: StorageSettings) => StorageLocation>> = {
  sqlite: parseSqlite,
  postgres: parsePostgres,
  postgresql: parsePostgres,
  dynamodb: parseDynamo,
};

export function parseStorage(settings: StorageSettings): StorageLocation {
  const scheme = /^([a-z]+):/i.exec(settings.value)?.[1]?.toLowerCase() ?? '';
  const read = Object.hasOwn(readers, scheme) ? readers[scheme] : undefined;
  if (read !== undefined) return Object.freeze(read(settings));
  settings.addProblem(
    'STORAGE',
    'must begin with sqlite:, postgres: or dynamodb:, like sqlite:data/links.db, ' +
      'postgres://name:password@host/database or dynamodb:alexa-links?region=eu-west-1',
  );
  return { scheme: 'sqlite', path: '' };
}

function parseSqlite({ value, production, addProblem }: StorageSettings): StorageLocation {
  const path = pathOf('sqlite', value);
  if (path === undefined) addProblem('STORAGE', 'must name a file after sqlite:, like sqlite:data/links.db');
  if (production && path === ':memory:') {
    addProblem('STORAGE', 'must be a file in production, since a restart would unlink everybody');
  }
  return { scheme: 'sqlite', path: path ?? '' };
}

function parsePostgres(settings: StorageSettings): StorageLocation {
  return { scheme: 'postgres', url: parseDatabaseUrl('STORAGE', 'postgres', settings) };
}

function parseDynamo({ value, production, env, addProblem }: StorageSettings): StorageLocation {
  const [table = '', query = '', ...more] = value.slice('dynamodb:'.length).split('?');
  const parameters = new URLSearchParams(query);
  const region = parameters.get('region') ?? undefined;
  const endpoint = parameters.get('endpoint') ?? undefined;
  if (!/^[\w.-]{3,255}$/.test(table) || more.length > 0)
    addProblem(
      'STORAGE',
      'must name a DynamoDB table after dynamodb:, like dynamodb:alexa-links?region=eu-west-1',
    );
  for (const name of parameters.keys())
    if (!['region', 'endpoint'].includes(name))
      addProblem('STORAGE', `has ${name.slice(0, 40)}, which is not read: there are region and endpoint`);
  if (region === undefined && !env['AWS_REGION'] && !env['AWS_DEFAULT_REGION'])
    addProblem('STORAGE', 'must say in which region the table is, like ?region=eu-west-1');
  else if (region !== undefined && !isRegion(region, endpoint))
    addProblem('STORAGE', 'must have a region like eu-west-1');
  const url = endpoint === undefined ? undefined : URL.parse(endpoint);
  if (url === null || (production && url !== undefined && !isHttpsOrLoopback(url)))
    addProblem('STORAGE', 'must have an endpoint that begins with https:// (http:// only to this machine)');
  return { scheme: 'dynamodb', table, region, endpoint };
}

/** Amazon adds regions with new kinds of names, like `eusc-de-east-1`. Stand-ins for DynamoDB are often at `local`. */
function isRegion(region: string, endpoint: string | undefined): boolean {
  return /^[a-z]+(-[a-z]+)+-\d+$/.test(region) || (region === 'local' && endpoint !== undefined);
}
