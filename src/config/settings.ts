import { resolve } from 'node:path';
import { z } from 'zod';
import { splitAtParameter } from '../sql/named-parameter.ts';
import { logLevels } from '../telemetry/log.ts';
import { parseClients } from './clients.ts';
import { parsePublicUrl, parseTrustProxy } from './network.ts';
import { pemFile } from './paths.ts';
import { reading } from './problem.ts';
import { parseSigningKeys } from './signing-keys.ts';
import { parseStorage } from './storage-location.ts';
import { parseUsers } from './users-location.ts';

/** One setting: a variable of the environment. */
export interface Setting {
  /** Reads its text. */
  readonly schema: z.ZodType<unknown, string>;
  /** Its text where it is not set. */
  readonly default?: string;
  /** Its text where it is not set in production, if that is another. */
  readonly productionDefault?: string;
  /** What to do where it is not set in production, and has to be. */
  readonly required?: string;
  /** Whether it may hold a secret, and so may be given as the path of a file, `NAME_FILE`. */
  readonly secret?: true;
}

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,6}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
}

/** A SELECT with a parameter. */
function query(parameter: string) {
  return z
    .string()
    .refine(isSelect, 'must be a SELECT: this server changes no users')
    .refine(
      (text) => splitAtParameter(text, parameter) !== undefined,
      `must have :${parameter} where the value goes, without quotes around it`,
    );
}

function isSelect(text: string): boolean {
  return /^[\s(]*(select|with)\b/i.test(text.replace(/--[^\n]*|\/\*.*?\*\//gs, ' '));
}

const port = wholeNumber(1, 65_535);

/** Everything that can be set, in the order in which problems are listed. README.md, “Configuration”, says what each means. */
const settings = {
  NODE_ENV: {
    schema: z.enum(
      ['production', 'development', 'test'],
      'must be production, development or test; left out it means development',
    ),
  },
  PORT: { schema: port, default: '8080' },
  HOST: {
    schema: z.string().regex(/^[\w.:%-]+$/, 'must be an address of this machine, like 127.0.0.1'),
    default: '127.0.0.1',
    productionDefault: '0.0.0.0',
  },
  PUBLIC_URL: {
    schema: z.string().transform(reading(parsePublicUrl)),
    default: 'http://localhost:$PORT',
    required: 'set it to the https address that users reach, like https://link.example.com',
  },
  TRUST_PROXY: {
    schema: z.string().transform(reading(parseTrustProxy)),
    default: 'none',
    required:
      'set it to the proxy in front of this server, like loopback,uniquelocal, or to none if there is none',
  },
  CLIENTS: {
    schema: z.string().transform(reading(parseClients)),
    required: 'set it to the path of a JSON file with your skills; README.md, “Clients”, shows one',
    secret: true,
  },
  USERS: {
    schema: z.string().transform(reading(parseUsers)),
    required: 'set it to where your users are, like file:users.htpasswd',
    secret: true,
  },
  USERS_PEPPER: { schema: z.string(), secret: true },
  USERS_QUERY: {
    schema: query('username'),
    secret: true,
  },
  USERS_BY_ID_QUERY: { schema: query('id'), secret: true },
  USERS_LDAP_BIND_DN: { schema: z.string() },
  USERS_LDAP_BIND_PASSWORD: { schema: z.string(), secret: true },
  USERS_LDAP_FILTER: {
    schema: z
      .string()
      .regex(/^\(.*\{username\}.*\)$/s, 'must stand in ( and ) and have {username} where the name goes'),
    default: '(uid={username})',
  },
  USERS_LDAP_ID_ATTRIBUTE: {
    schema: z.string().regex(/^[A-Za-z][\w-]*$/, 'must be the name of one attribute, like entryUUID'),
  },
  USERS_LDAP_START_TLS: {
    schema: z.enum(['true', 'false'], 'must be true or false'),
    default: 'false',
  },
  USERS_LDAP_CA_FILE: { schema: z.string().transform(reading(pemFile)) },
  USERS_HTTP_TOKEN: {
    schema: z.string().regex(/^[\x21-\x7E]+$/, 'must be printable ASCII without spaces'),
    secret: true,
  },
  USERS_CONNECTIONS: { schema: wholeNumber(1, 100), default: '10' },
  STORAGE: {
    schema: z.string().transform(reading(parseStorage)),
    default: 'sqlite:data/links.db',
    required: 'set it to where links are kept, like sqlite:/var/lib/alexa-account-linking/links.db',
    secret: true,
  },
  ACCESS_TOKEN_FORMAT: { schema: z.enum(['opaque', 'jwt'], 'must be opaque or jwt'), default: 'opaque' },
  SIGNING_KEYS: {
    schema: z.string().transform(reading(parseSigningKeys)),
    secret: true,
  },
  VIEWS: { schema: z.string().transform((path) => resolve(path)) },
  LOG_LEVEL: { schema: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`), default: 'info' },
  METRICS_PORT: { schema: port },
  KEEP_ALIVE_SECONDS: { schema: wholeNumber(1, 3600), default: '65' },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;

/** What the settings hold, as their schemas read them. */
export type Values = {
  readonly [Name in SettingName]:
    | z.infer<(typeof settings)[Name]['schema']>
    | ((typeof settings)[Name] extends { readonly default: string } ? never : undefined);
};

export const settingNames = Object.keys(settings) as SettingName[];

/** As `Setting`, for reading one by a name. */
export function settingOf(name: SettingName): Setting {
  return settings[name];
}
