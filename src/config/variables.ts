import leven from 'leven';
import type { AddProblem } from './problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The content of a file, or an error as of `fs.readFileSync`. */
export type ReadFile = (path: string) => string;

/** What goes with `USERS`, for each way in which users are reached. */
export const usersVariables = {
  file: ['USERS_PEPPER'],
  sql: ['USERS_QUERY', 'USERS_BY_ID_QUERY', 'USERS_PEPPER', 'USERS_CONNECTIONS'],
  ldap: [
    'USERS_LDAP_BIND_DN',
    'USERS_LDAP_BIND_PASSWORD',
    'USERS_LDAP_FILTER',
    'USERS_LDAP_ID_ATTRIBUTE',
    'USERS_LDAP_START_TLS',
    'USERS_LDAP_CA_FILE',
    'USERS_CONNECTIONS',
  ],
  http: ['USERS_HTTP_TOKEN', 'USERS_CONNECTIONS'],
  module: [],
} as const;

/** Everything that can be set; those that may hold a secret can be given as `NAME_FILE` too. */
const variableNames = [
  'NODE_ENV',
  'PUBLIC_URL',
  'HOST',
  'PORT',
  'TRUST_PROXY',
  'CLIENTS',
  'USERS',
  ...new Set(Object.values(usersVariables).flat()),
  'STORAGE',
  'ACCESS_TOKEN_FORMAT',
  'SIGNING_KEYS',
  'VIEWS',
  'LOG_LEVEL',
  'METRICS_PORT',
] as const;
const secretNames = [
  'CLIENTS',
  'USERS',
  'USERS_PEPPER',
  'USERS_QUERY',
  'USERS_BY_ID_QUERY',
  'USERS_LDAP_BIND_PASSWORD',
  'USERS_HTTP_TOKEN',
  'STORAGE',
  'SIGNING_KEYS',
] as const;

type VariableName = (typeof variableNames)[number];
export type Variables = { readonly [name in VariableName]?: string };

/** Takes the known variables out of an environment; empty ones count as unset. */
export function readVariables(env: Environment, readFile: ReadFile, addProblem: AddProblem): Variables {
  const given = (name: string) => (env[name]?.trim() === '' ? undefined : env[name]?.trim());
  const variables: { [name in VariableName]?: string } = {};
  for (const name of variableNames) {
    const value = given(name);
    if (value !== undefined) variables[name] = value;
  }
  for (const name of secretNames) {
    const path = given(`${name}_FILE`);
    if (path === undefined) continue;
    if (variables[name] !== undefined) {
      addProblem(name, `is given as ${name} and as ${name}_FILE: remove one of the two`);
      continue;
    }
    try {
      variables[name] = readFile(path).trim();
    } catch (cause) {
      addProblem(
        `${name}_FILE`,
        `names ${path}, ${whyUnreadable(cause)}: correct the path or its permissions`,
      );
    }
  }
  return variables;
}

/** Variables that nobody reads but that look like one that somebody does: `PUBLIC_URI`, `CLIENT`. */
export function findMisspelled(env: Environment): { given: string; meant: string }[] {
  const known = [...variableNames, ...secretNames.map((name) => `${name}_FILE`)];
  return Object.keys(env).flatMap((given) => {
    if (known.includes(given) || usual.has(given)) return [];
    const meant = known.find((name) => leven(given.toUpperCase(), name) <= (name.length > 5 ? 2 : 1));
    return meant === undefined ? [] : [{ given, meant }];
  });
}

/** Names that systems set, and that only look like ours. */
const usual = new Set(['USER', 'PORTS', 'HOSTS', 'POST']);

/** Why a file could not be read, as the end of a sentence. */
export function whyUnreadable(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const known: Record<string, string> = {
    ENOENT: 'which does not exist',
    EACCES: 'which this process may not read',
    EISDIR: 'which is a folder',
  };
  return known[String(code)] ?? `which can’t be read (${code ?? cause})`;
}
