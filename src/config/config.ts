import type { Clients } from '../oauth/client.ts';
import type { SigningKeys } from '../oauth/jwt-access-token.ts';
import type { LogLevel } from '../telemetry/log.ts';
import { TextFileError } from '../text-file.ts';
import type { ClientMetadata } from './client-metadata.ts';
import { clientsOf, hasWeakSecret, notesOf, warningsOf, weakSecret } from './clients.ts';
import { createDemo, type Demo, demoClients } from './demo.ts';
import {
  type Environment,
  findMisspelled,
  type Given,
  readEnvironment,
  readSettings,
  type Texts,
} from './environment.ts';
import { isLoopback, type TrustProxy } from './network.ts';
import { type Problem, problemOfIssue } from './problem.ts';
import { type SettingName, settingNames, settingOf, type Values } from './settings.ts';
import { generateSigningKey, parseSigningKeys } from './signing-keys.ts';
import { type StorageLocation, storageProblem } from './storage-location.ts';
import { locateUsers, type UsersLocation } from './users-options.ts';

/** Everything that can be set, checked. */
export interface Config {
  readonly production: boolean;
  /** The origin that users, Alexa and skills call, without a slash at the end: the issuer (RFC 8414 2). */
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  readonly trustProxy: TrustProxy;
  readonly clients: Clients;
  readonly users: UsersLocation;
  readonly storage: StorageLocation;
  readonly accessTokenFormat: 'opaque' | 'jwt';
  /** Undefined where none are set, and none are needed. */
  readonly signingKeys: SigningKeys | undefined;
  /** A folder with views that replace ours; undefined: ours. */
  readonly views: string | undefined;
  readonly logLevel: LogLevel;
  /** Undefined: no metrics. */
  readonly metricsPort: number | undefined;
  /** How long a connection is kept on which no request comes. */
  readonly keepAliveSeconds: number;
  /** What stands in, in development, for what is not set. */
  readonly demo: Partial<Demo>;
}

export type ParsedConfig = ({ readonly config: Config } | { readonly problems: readonly Problem[] }) & {
  /** Of what works, but was hardly meant so; each a whole sentence. */
  readonly warnings: readonly string[];
  /** What is done with a setting, for who looks at the configuration. */
  readonly notes: readonly string[];
};

/** The configuration of this process: its environment, outside production completed by a `.env` file. */
export function loadConfig(): ParsedConfig {
  try {
    const { env, warnings } = readEnvironment();
    const parsed = parseConfig(env);
    return { ...parsed, warnings: [...warnings, ...parsed.warnings] };
  } catch (error) {
    if (!(error instanceof TextFileError)) throw error;
    const { path, problem, remedy } = error;
    return { problems: [{ setting: path, problem, remedy }], warnings: [], notes: [] };
  }
}

/** Turns an environment into one frozen `Config`, or into everything that is wrong with it. */
export function parseConfig(env: Environment): ParsedConfig {
  const given = readSettings(env);
  const { values, wrong } = readValues(given);
  const problems = [...given.problems, ...missingIn(given), ...wrong, ...conflictsOf(values, given, env)];
  const clients = values.CLIENTS ?? [];
  const ofEachClient = (describe: (client: ClientMetadata) => string[]) =>
    clients.flatMap((client, index) => describe(client).map((said) => `CLIENTS[${index}].${said}`));
  const warnings = [...findMisspelled(env), ...ofEachClient(warningsOf)];
  if (problems.length > 0) return { problems, warnings, notes: [] };
  if (values.ACCESS_TOKEN_FORMAT === 'jwt' && values.SIGNING_KEYS === undefined)
    warnings.push(
      'SIGNING_KEYS is not set, so a key was made for this run: skills can’t verify its tokens after it',
    );
  return { config: configOf(values as Values), warnings, notes: ofEachClient(notesOf) };
}

/** Settings that have to be set and are not. */
function missingIn({ texts, names }: Given): Problem[] {
  if (texts.NODE_ENV !== 'production') return [];
  return settingNames.flatMap((setting) => {
    const { required: remedy } = settingOf(setting);
    const problem = 'is missing, and has no default in production';
    return remedy === undefined || names.has(setting) ? [] : [{ setting, problem, remedy }];
  });
}

/** Reads each text: the values of those that are right, and what is wrong with the others. */
function readValues({ texts }: Given) {
  const values: Record<string, unknown> = {};
  const wrong: Problem[] = [];
  for (const [name, text] of Object.entries(withDefaults(texts))) {
    const read = settingOf(name as SettingName).schema.safeParse(text);
    if (read.success) values[name] = read.data;
    // A wrong PORT is in the default of PUBLIC_URL too.
    else if (Object.hasOwn(texts, name))
      wrong.push(...read.error.issues.map((issue) => problemOfIssue(name, issue)));
  }
  return { values: values as Partial<Values>, wrong };
}

/** Texts, with the defaults of settings that are not set. */
function withDefaults(given: Texts): Texts {
  const texts: { [Name in SettingName]?: string } = { ...given };
  for (const name of settingNames) {
    const { default: usual, productionDefault = usual } = settingOf(name);
    const text = given.NODE_ENV === 'production' ? productionDefault : usual;
    if (text !== undefined) texts[name] ??= text.replace('$PORT', texts.PORT ?? '');
  }
  return texts;
}

/** Settings that exclude each other, or production. Values that could not be read are absent. */
function* conflictsOf(values: Partial<Values>, { texts, names }: Given, env: Environment): Iterable<Problem> {
  const production = texts.NODE_ENV === 'production';
  const { PUBLIC_URL: publicUrl, USERS: users, STORAGE: storage, CLIENTS: clients = [] } = values;
  const url = names.has('PUBLIC_URL') && publicUrl !== undefined ? URL.parse(publicUrl) : null;
  if (!names.has('NODE_ENV') && url !== null && !isLoopback(url))
    yield {
      setting: 'PUBLIC_URL',
      problem: 'is for more than this machine, and NODE_ENV is not set',
      remedy:
        'set NODE_ENV=production, or NODE_ENV=development if everybody who reaches it may use the demo and the simulator',
    };
  if (production && url?.protocol === 'http:')
    yield {
      setting: 'PUBLIC_URL',
      problem: 'must begin with https:// in production, since Alexa opens no other',
    };
  for (const [index, client] of clients.entries())
    if (production && hasWeakSecret(client))
      yield { setting: `CLIENTS[${index}].client_secret`, ...weakSecret };
  const usersUrl = users !== undefined && 'url' in users ? URL.parse(users.url) : null;
  const isClear =
    usersUrl?.protocol === 'http:' ||
    (usersUrl?.protocol === 'ldap:' && values.USERS_LDAP_START_TLS === 'false');
  if (production && usersUrl !== null && isClear && !isLoopback(usersUrl))
    yield {
      setting: 'USERS',
      problem: 'would send passwords in the clear',
      remedy: users?.scheme === 'http' ? 'use https://' : 'use ldaps://, or set USERS_LDAP_START_TLS=true',
    };
  if (users?.scheme === 'sql' && !names.has('USERS_QUERY'))
    yield {
      setting: 'USERS_QUERY',
      problem: 'is missing, and users in a database need it',
      remedy: 'give a SELECT by :username with the columns id and password_hash; docs/users.md shows some',
    };
  if (names.has('USERS_LDAP_BIND_DN') !== names.has('USERS_LDAP_BIND_PASSWORD') && users?.scheme === 'ldap')
    yield {
      setting: 'USERS_LDAP_BIND_DN',
      problem: 'and USERS_LDAP_BIND_PASSWORD go together',
      remedy: 'set both, or neither to search anonymously',
    };
  if (production && values.ACCESS_TOKEN_FORMAT === 'jwt' && !names.has('SIGNING_KEYS'))
    yield {
      setting: 'SIGNING_KEYS',
      problem: 'is missing, and ACCESS_TOKEN_FORMAT=jwt needs it',
      remedy: 'make a key with "alexa-link keys generate"',
    };
  const hasRegion = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  if (storage?.scheme === 'dynamodb' && storage.region === undefined && !hasRegion)
    yield { setting: 'STORAGE', problem: 'must say in which region the table is, like ?region=eu-west-1' };
  const inStorage = production && storage !== undefined && storageProblem(storage);
  if (inStorage) yield { setting: 'STORAGE', problem: inStorage };
  if (values.METRICS_PORT !== undefined && values.METRICS_PORT === values.PORT)
    yield { setting: 'METRICS_PORT', problem: 'must not be PORT: metrics are not for everybody' };
}

function configOf(values: Values): Config {
  const production = values.NODE_ENV === 'production';
  const { username, password, clientSecret } = createDemo();
  const { PUBLIC_URL: publicUrl, ACCESS_TOKEN_FORMAT: accessTokenFormat } = values;
  const clients = values.CLIENTS ?? demoClients(clientSecret);
  const users = values.USERS ?? { scheme: 'demo', username, password };
  return Object.freeze({
    production,
    publicUrl,
    host: values.HOST,
    port: values.PORT,
    trustProxy: values.TRUST_PROXY,
    clients: clientsOf(clients, production),
    users: Object.freeze(locateUsers(users, values)),
    storage: values.STORAGE,
    accessTokenFormat,
    signingKeys: values.SIGNING_KEYS ?? (accessTokenFormat === 'jwt' ? keysOfOneRun() : undefined),
    views: values.VIEWS,
    logLevel: values.LOG_LEVEL,
    metricsPort: values.METRICS_PORT,
    keepAliveSeconds: values.KEEP_ALIVE_SECONDS,
    demo: {
      ...(values.USERS === undefined && { username, password }),
      ...(values.CLIENTS === undefined && { clientSecret }),
    },
  });
}

function keysOfOneRun(): SigningKeys | undefined {
  return parseSigningKeys(JSON.stringify({ keys: [generateSigningKey('development')] }), () => {});
}
