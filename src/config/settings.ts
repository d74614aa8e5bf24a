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
import { parseUsers, type UsersAddress } from './users-location.ts';

/** One setting: a variable of the environment. */
export interface Setting {
  /** Reads its text. */
  readonly schema: z.ZodType<unknown, string>;
  /** Its text where it is not set. */
  readonly default?: string;
  /** Its text where it is not set in production, if that is another. */
  readonly productionDefault?: string;
  /** When it has to be set, and what to do then. */
  readonly required?: { readonly when: Requirement; readonly remedy: string };
  /** Whether it may hold a secret, and so may be given as the path of a file, `NAME_FILE`. */
  readonly secret?: true;
  /** The kinds of users that make use of it, where it is about users. */
  readonly users?: readonly UsersAddress['scheme'][];
}

/** In production; for users in a database; for JWTs in production. */
export type Requirement = 'production' | 'sql' | 'jwt';

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
export const settings = {
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
    required: {
      when: 'production',
      remedy: 'set it to the https address that users reach, like https://link.example.com',
    },
  },
  TRUST_PROXY: {
    schema: z.string().transform(reading(parseTrustProxy)),
    default: 'none',
    required: {
      when: 'production',
      remedy:
        'set it to the proxy in front of this server, like loopback,uniquelocal, or to none if there is none',
    },
  },
  CLIENTS: {
    schema: z.string().transform(reading(parseClients)),
    required: {
      when: 'production',
      remedy: 'set it to the path of a JSON file with your skills; README.md, “Clients”, shows one',
    },
    secret: true,
  },
  USERS: {
    schema: z.string().transform(reading(parseUsers)),
    required: { when: 'production', remedy: 'set it to where your users are, like file:users.htpasswd' },
    secret: true,
  },
  USERS_PEPPER: { schema: z.string(), secret: true, users: ['file', 'sql'] },
  USERS_QUERY: {
    schema: query('username'),
    required: {
      when: 'sql',
      remedy: 'give a SELECT by :username with the columns id and password_hash; docs/users.md shows some',
    },
    secret: true,
    users: ['sql'],
  },
  USERS_BY_ID_QUERY: { schema: query('id'), secret: true, users: ['sql'] },
  USERS_LDAP_BIND_DN: { schema: z.string(), users: ['ldap'] },
  USERS_LDAP_BIND_PASSWORD: { schema: z.string(), secret: true, users: ['ldap'] },
  USERS_LDAP_FILTER: {
    schema: z
      .string()
      .regex(/^\(.*\{username\}.*\)$/s, 'must stand in ( and ) and have {username} where the name goes'),
    default: '(uid={username})',
    users: ['ldap'],
  },
  USERS_LDAP_ID_ATTRIBUTE: {
    schema: z.string().regex(/^[A-Za-z][\w-]*$/, 'must be the name of one attribute, like entryUUID'),
    users: ['ldap'],
  },
  USERS_LDAP_START_TLS: {
    schema: z.enum(['true', 'false'], 'must be true or false'),
    default: 'false',
    users: ['ldap'],
  },
  USERS_LDAP_CA_FILE: { schema: z.string().transform(reading(pemFile)), users: ['ldap'] },
  USERS_HTTP_TOKEN: {
    schema: z.string().regex(/^[\x21-\x7E]+$/, 'must be printable ASCII without spaces'),
    secret: true,
    users: ['http'],
  },
  USERS_CONNECTIONS: { schema: wholeNumber(1, 100), default: '10', users: ['sql', 'ldap', 'http'] },
  STORAGE: {
    schema: z.string().transform(reading(parseStorage)),
    default: 'sqlite:data/links.db',
    required: {
      when: 'production',
      remedy: 'set it to where links are kept, like sqlite:/var/lib/alexa-account-linking/links.db',
    },
    secret: true,
  },
  ACCESS_TOKEN_FORMAT: { schema: z.enum(['opaque', 'jwt'], 'must be opaque or jwt'), default: 'opaque' },
  SIGNING_KEYS: {
    schema: z.string().transform(reading(parseSigningKeys)),
    required: { when: 'jwt', remedy: 'make a key with "npm run alexa-link -- keys generate"' },
    secret: true,
  },
  VIEWS: { schema: z.string().transform((path) => resolve(path)) },
  LOG_LEVEL: { schema: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`), default: 'info' },
  METRICS_PORT: { schema: port },
  KEEP_ALIVE_SECONDS: { schema: wholeNumber(1, 3600), default: '65' },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as SettingName[];

/** As `Setting`, for reading one by a name. */
export function settingOf(name: SettingName): Setting {
  return settings[name];
}
