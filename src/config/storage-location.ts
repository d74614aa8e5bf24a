import { nameOfDatabase, parseDatabaseUrl } from './database-url.ts';
import { isHttpsOrLoopback } from './network.ts';
import { pathOf } from './paths.ts';
import type { AddProblem } from './problem.ts';

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

/** A location as an operator may be told it, without name and password. */
export function nameOfStorage(location: StorageLocation): string {
  if (location.scheme === 'sqlite') return location.path;
  if (location.scheme === 'dynamodb') return `the DynamoDB table ${location.table}`;
  return nameOfDatabase(location.url);
}

const readers: Readonly<Record<string, (value: string, addProblem: AddProblem) => StorageLocation>> = {
  sqlite: parseSqlite,
  postgres: parsePostgres,
  postgresql: parsePostgres,
  dynamodb: parseDynamo,
};

/** Reads `STORAGE`. */
export function parseStorage(value: string, addProblem: AddProblem): StorageLocation {
  const scheme = /^([a-z]+):/i.exec(value)?.[1]?.toLowerCase() ?? '';
  const read = Object.hasOwn(readers, scheme) ? readers[scheme] : undefined;
  if (read !== undefined) return Object.freeze(read(value, addProblem));
  addProblem(
    'must begin with sqlite:, postgres: or dynamodb:, like sqlite:data/links.db, ' +
      'postgres://name:password@host/database or dynamodb:alexa-links?region=eu-west-1',
  );
  return { scheme: 'sqlite', path: '' };
}

/** What is wrong with a location in production alone. */
export function storageProblem(location: StorageLocation): string | undefined {
  if (location.scheme === 'sqlite' && location.path === ':memory:')
    return 'must be a file in production, since a restart would unlink everybody';
  const endpoint = location.scheme === 'dynamodb' && location.endpoint && URL.parse(location.endpoint);
  return endpoint && !isHttpsOrLoopback(endpoint) ? wrongEndpoint : undefined;
}

const wrongEndpoint = 'must have an endpoint that begins with https:// (http:// only to this machine)';

function parseSqlite(value: string, addProblem: AddProblem): StorageLocation {
  const path = pathOf('sqlite', value);
  if (path === undefined) addProblem('must name a file after sqlite:, like sqlite:data/links.db');
  return { scheme: 'sqlite', path: path ?? '' };
}

function parsePostgres(value: string, addProblem: AddProblem): StorageLocation {
  return { scheme: 'postgres', url: parseDatabaseUrl('postgres', value, addProblem) };
}

function parseDynamo(value: string, addProblem: AddProblem): StorageLocation {
  const [table = '', query = '', ...more] = value.slice('dynamodb:'.length).split('?');
  const parameters = new URLSearchParams(query);
  const region = parameters.get('region') ?? undefined;
  const endpoint = parameters.get('endpoint') ?? undefined;
  if (!/^[\w.-]{3,255}$/.test(table) || more.length > 0)
    addProblem('must name a DynamoDB table after dynamodb:, like dynamodb:alexa-links?region=eu-west-1');
  for (const name of parameters.keys())
    if (!['region', 'endpoint'].includes(name))
      addProblem(`has ${name.slice(0, 40)}, which is not read: there are region and endpoint`);
  if (region !== undefined && !isRegion(region, endpoint)) addProblem('must have a region like eu-west-1');
  if (endpoint !== undefined && URL.parse(endpoint) === null) addProblem(wrongEndpoint);
  return { scheme: 'dynamodb', table, region, endpoint };
}

/** Amazon adds regions with new kinds of names, like `eusc-de-east-1`. Stand-ins for DynamoDB are often at `local`. */
function isRegion(region: string, endpoint: string | undefined): boolean {
  return /^[a-z]+(-[a-z]+)+-\d+$/.test(region) || (region === 'local' && endpoint !== undefined);
}
