import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readClients } from './config/clients.ts';
import { parsePort, parsePublicUrl, parseTrustProxy, type TrustProxy } from './config/network.ts';
import type { AddProblem, Problem } from './config/problem.ts';
import { readSigningKeys } from './config/signing-keys.ts';
import { parseStorage, type StorageLocation } from './config/storage-location.ts';
import { parseUsers, type UsersLocation } from './config/users-location.ts';
import {
  type Environment,
  findMisspelled,
  type ReadFile,
  readVariables,
  type Variables,
} from './config/variables.ts';
import type { Clients } from './oauth/client.ts';
import type { SigningKeys } from './oauth/jwt-access-token.ts';
import { type LogLevel, logLevels } from './telemetry/log.ts';

/** Everything that can be set, checked. What is undefined has its demo in development, and is never so in production. */
export interface Config {
  readonly production: boolean;
  /** The origin that people, Alexa and skills call, without a slash at the end: the issuer (RFC 8414 2). */
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  readonly trustProxy: TrustProxy;
  readonly clients: Clients | undefined;
  readonly users: UsersLocation | undefined;
  readonly storage: StorageLocation;
  readonly accessTokenFormat: AccessTokenFormatName;
  /** Undefined where none are set; in development, `jwt` then has keys of its own. */
  readonly signingKeys: SigningKeys | undefined;
  /** A folder with views that replace ours; undefined: ours. */
  readonly views: string | undefined;
  readonly logLevel: LogLevel;
  /** Undefined: no metrics. */
  readonly metricsPort: number | undefined;
}

type AccessTokenFormatName = 'opaque' | 'jwt';

export type ParsedConfig = ({ readonly config: Config } | { readonly problems: readonly Problem[] }) & {
  readonly warnings: readonly string[];
  /** What is done with a setting, of interest to who looks at the configuration. */
  readonly notes: readonly string[];
};

/** Turns an environment into one frozen `Config`, or into everything that is wrong with it. */
export function parseConfig(env: Environment, readFile: ReadFile = readText): ParsedConfig {
  const problems: Problem[] = [];
  const addProblem: AddProblem = (where, message) => problems.push({ where, message });
  const warnings = findMisspelled(env).map(
    ({ given, meant }) => `${given} is set, but nobody reads it: did you mean ${meant}?`,
  );

  const warn = (message: string) => void warnings.push(message);
  const notes: string[] = [];
  const note = (message: string) => void notes.push(message);
  const variables = readVariables(env, readFile, addProblem);
  if (variables.NODE_ENV === undefined && variables.PUBLIC_URL?.startsWith('https:')) {
    warnings.push(
      'NODE_ENV is not set, so this is for development, with the simulator: set NODE_ENV=production',
    );
  }
  const production = parseNodeEnv(variables.NODE_ENV, addProblem);
  if (production) requireInProduction(variables, problems, addProblem);
  const port = parsePort('PORT', variables.PORT ?? '8080', addProblem);
  const config: Config = Object.freeze({
    production,
    publicUrl:
      variables.PUBLIC_URL === undefined
        ? `http://localhost:${port}`
        : parsePublicUrl(variables.PUBLIC_URL, production, addProblem),
    host: variables.HOST ?? '0.0.0.0',
    port,
    trustProxy: parseTrustProxy(variables.TRUST_PROXY, addProblem),
    clients:
      variables.CLIENTS === undefined
        ? undefined
        : readClients(variables.CLIENTS, readFile, { production, addProblem, warn, note }),
    users:
      variables.USERS === undefined
        ? undefined
        : parseUsers({ value: variables.USERS, variables, production, readFile, addProblem }, warn),
    storage: parseStorage({
      value: variables.STORAGE ?? 'sqlite:data/links.db',
      production,
      env,
      readFile,
      addProblem,
    }),
    accessTokenFormat: parseAccessTokenFormat(variables, production, addProblem),
    signingKeys:
      variables.SIGNING_KEYS === undefined
        ? undefined
        : readSigningKeys(variables.SIGNING_KEYS, readFile, addProblem),
    views: variables.VIEWS,
    logLevel: parseLogLevel(variables.LOG_LEVEL, addProblem),
    metricsPort: parseMetricsPort(variables, port, addProblem),
  });
  return { ...(problems.length > 0 ? { problems } : { config }), warnings, notes };
}

/** The process's environment; outside production completed by a `.env` file, where there is one. */
export function readEnvironment(): Environment {
  if (process.env['NODE_ENV'] === 'production') return process.env;
  return existsSync('.env') ? { ...parseEnv(readText('.env')), ...process.env } : process.env;
}

/** The text of a file. Throws as `fs.readFileSync`. */
export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** A typing error here must not start a demo on the internet. */
function parseNodeEnv(value: string | undefined, addProblem: AddProblem): boolean {
  if (!['production', 'development', 'test', undefined].includes(value)) {
    addProblem('NODE_ENV', 'must be production, development or test; left out it means development');
  }
  return value === 'production';
}

const required = {
  PUBLIC_URL: 'set it to the https address that people reach, like https://link.example.com',
  CLIENTS: 'set it to the path of a JSON file with your skills; README.md, “Clients”, shows one',
  USERS: 'set it to where your users are, like file:users.htpasswd',
  STORAGE: 'set it to where links are kept, like sqlite:/var/lib/alexa-account-linking/links.db',
  TRUST_PROXY:
    'set it to the proxy in front of this server, like loopback,uniquelocal, or to none if there is none',
} as const;

function requireInProduction(
  variables: Variables,
  problems: readonly Problem[],
  addProblem: AddProblem,
): void {
  for (const [name, fix] of Object.entries(required)) {
    const unreadable = problems.some(({ where }) => where === `${name}_FILE`);
    if (variables[name as keyof typeof required] === undefined && !unreadable) {
      addProblem(name, `is missing, and has no default in production: ${fix}`);
    }
  }
}

function parseAccessTokenFormat(
  variables: Variables,
  production: boolean,
  addProblem: AddProblem,
): AccessTokenFormatName {
  const format = variables.ACCESS_TOKEN_FORMAT ?? 'opaque';
  if (format !== 'opaque' && format !== 'jwt') {
    addProblem('ACCESS_TOKEN_FORMAT', 'must be opaque or jwt');
    return 'opaque';
  }
  if (format === 'jwt' && production && variables.SIGNING_KEYS === undefined)
    addProblem(
      'SIGNING_KEYS',
      'is missing, and ACCESS_TOKEN_FORMAT=jwt needs it: make a key with "npm run alexa-link -- keys generate"',
    );
  return format;
}

function parseMetricsPort(
  { METRICS_PORT: value }: Variables,
  port: number,
  addProblem: AddProblem,
): number | undefined {
  if (value === undefined) return undefined;
  const metricsPort = parsePort('METRICS_PORT', value, addProblem);
  if (metricsPort === port) addProblem('METRICS_PORT', 'must not be PORT: metrics are not for everybody');
  return metricsPort;
}

function parseLogLevel(value: string | undefined, addProblem: AddProblem): LogLevel {
  const level = logLevels.find((known) => known === (value ?? 'info'));
  if (level === undefined) addProblem('LOG_LEVEL', `must be one of ${logLevels.join(', ')}`);
  return level ?? 'info';
}
