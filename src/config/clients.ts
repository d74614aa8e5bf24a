import leven from 'leven';
import { z } from 'zod';
import { redirectUrisOfVendor, vendorIdPattern } from '../alexa/redirect-uris.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Client, Clients } from '../oauth/client.ts';
import { isScopeToken, splitScope } from '../oauth/scope.ts';
import { isHttpsOrLoopback } from './network.ts';
import type { AddProblem } from './problem.ts';
import { type ReadFile, whyUnreadable } from './variables.ts';

const day = 86_400;
const shortestTtl = 360;
const shortestUnguardedTtl = 30 * day;

const redirectUri = z.string().superRefine((value, context) => {
  const problem = redirectUriProblem(value);
  if (problem !== undefined) context.addIssue(problem);
});

function redirectUriProblem(value: string): string | undefined {
  const url = URL.parse(value);
  if (url === null) return 'is not a complete address';
  if (value.includes('#')) return 'has a # part, which a redirect URI may not have';
  if (url.username !== '' || url.password !== '') return 'has a username or password in it';
  if (!isHttpsOrLoopback(url))
    return 'must begin with https:// (http:// only to 127.0.0.1, [::1] or localhost)';
  // Compared character by character, and answered as the URL standard writes it: both must be one.
  return url.href === value ? undefined : `must be written as browsers write it: ${url.href}`;
}

const webAddress = z.string().refine((value) => {
  const url = URL.parse(value);
  return url !== null && isHttpsOrLoopback(url);
}, 'must be an address that begins with https://');

/** RFC 7591's client metadata, as far as it applies, and what Alexa adds. */
const clientMetadata = z.strictObject({
  client_id: z.string().regex(/^[\x20-\x7E]+$/, 'must be one or more printable ASCII characters'),
  client_name: z.string().trim().min(1, 'must not be empty'),
  alexa_vendor_ids: z
    .array(
      z.string().regex(vendorIdPattern, 'must be as the developer console shows it, like M2AAAAAAAAAAAA'),
    )
    .default([]),
  redirect_uris: z.array(redirectUri).default([]),
  response_types: z
    .array(z.literal('token', 'must be "token"'))
    .min(1, 'must not be empty')
    .default(['token']),
  scope: z
    .string()
    .refine((value) => [...splitScope(value)].every(isScopeToken), 'must be scopes separated by spaces')
    .default(''),
  client_secret: z
    .string()
    .min(1, 'must not be empty')
    .refine((value) => !value.startsWith('sha256:') || /^sha256:[\w-]{43}$/.test(value), {
      error: 'must have 43 characters of base64url after sha256:',
    })
    .optional(),
  access_token_ttl: z
    .int('must be a whole number of seconds')
    .min(shortestTtl, `must be at least ${shortestTtl} seconds: Alexa refuses shorter ones`)
    .nullish(),
  allow_short_lived_implicit_tokens: z.boolean().default(false),
  logo_uri: webAddress.optional(),
  policy_uri: webAddress.optional(),
  tos_uri: webAddress.optional(),
  sign_up_uri: webAddress.optional(),
  password_reset_uri: webAddress.optional(),
  brand_color: z
    .string()
    .regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i, 'must be like #0a7 or #00aa77')
    .optional(),
});

type ClientMetadata = z.infer<typeof clientMetadata>;

const keys = Object.keys(clientMetadata.shape);

/** What zod says by itself, in the words of somebody who reads a file. */
const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(sayUnknown).join('; ');
  if (issue.code !== 'invalid_type') return undefined;
  return issue.input === undefined ? 'is missing' : `must be ${typeWords[issue.expected] ?? issue.expected}`;
};

const typeWords: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  array: 'a list in [ and ]',
  object: 'an object in { and }',
  boolean: 'true or false',
};

function sayUnknown(key: string): string {
  const [closest] = keys
    .map((known) => ({ known, distance: leven(key, known) }))
    .sort((a, b) => a.distance - b.distance);
  const hint =
    closest !== undefined && closest.distance <= 3
      ? `did you mean ${closest.known}?`
      : `known are ${keys.join(', ')}`;
  return /^\w{1,40}$/.test(key) ? `has the unknown key ${key}: ${hint}` : `has an unknown key: ${hint}`;
}

/** Reads `CLIENTS`, the JSON or the path of a file with it, noting every problem with its place. */
export function readClients(value: string, readFile: ReadFile, addProblem: AddProblem): Clients {
  if (/^[[{]/.test(value)) return parseClients(value, addProblem);
  try {
    return parseClients(readFile(value), addProblem);
  } catch (cause) {
    addProblem(
      'CLIENTS',
      `${nameOfFile(value)}, ${whyUnreadable(cause)}: give the path of a JSON file, or the JSON itself, without quotes around it`,
    );
    return new Map();
  }
}

/** A value that is no path may well be JSON that was quoted once too often, with secrets in it. */
function nameOfFile(value: string): string {
  return /^[\w./\\:~@+-]{1,200}$/.test(value) ? `names ${value}` : 'names a file';
}

function parseClients(json: string, addProblem: AddProblem): Clients {
  const clients = new Map<string, Client>();
  const given = parseJson(json);
  if ('problem' in given) addProblem('CLIENTS', given.problem);
  else if (!Array.isArray(given.value) || given.value.length === 0) {
    addProblem('CLIENTS', 'must be a list of at least one client: [{"client_id": "…", …}]');
  } else {
    for (const [index, entry] of given.value.entries()) {
      const client = parseClient(entry, `CLIENTS[${index}]`, addProblem);
      if (client === undefined) continue;
      if (clients.has(client.clientId)) {
        addProblem(
          `CLIENTS[${index}].client_id`,
          `is that of an earlier client too: give each one of its own`,
        );
      }
      clients.set(client.clientId, client);
    }
  }
  return clients;
}

/** The parser's own message would repeat some of the text, and there are secrets in it. */
function parseJson(json: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(json) };
  } catch (cause) {
    const position = /line \d+ column \d+/.exec(String(cause))?.[0];
    return {
      problem: `is not JSON${position === undefined ? '' : ` (${position})`}: look for a missing quote or comma`,
    };
  }
}

function parseClient(entry: unknown, where: string, addProblem: AddProblem): Client | undefined {
  const parsed = clientMetadata.safeParse(entry, { error: wording });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      addProblem(issue.path.length === 0 ? where : `${where}.${z.core.toDotPath(issue.path)}`, issue.message);
    }
    return undefined;
  }
  const client = clientOf(parsed.data);
  if (client.redirectUris.size === 0) {
    addProblem(
      where,
      'has no redirect URI: give alexa_vendor_ids, which the developer console shows, or redirect_uris',
    );
  }
  const ttl = client.accessTokenTtlSeconds;
  if (ttl !== undefined && ttl < shortestUnguardedTtl && !parsed.data.allow_short_lived_implicit_tokens) {
    addProblem(
      `${where}.access_token_ttl`,
      `is ${ttl} seconds, after which everybody has to link again, since Alexa can’t renew an implicit token: ` +
        'leave it out, or set at least 2592000 (30 days), or "allow_short_lived_implicit_tokens": true if you mean it',
    );
  }
  return client;
}

function clientOf(metadata: ClientMetadata): Client {
  return Object.freeze({
    clientId: metadata.client_id,
    clientName: metadata.client_name,
    redirectUris: new Set([
      ...metadata.alexa_vendor_ids.flatMap(redirectUrisOfVendor),
      ...metadata.redirect_uris,
    ]),
    responseTypes: new Set(metadata.response_types),
    scope: splitScope(metadata.scope),
    secretDigest: metadata.client_secret && digestOfSecret(metadata.client_secret),
    accessTokenTtlSeconds: metadata.access_token_ttl ?? undefined,
    logoUri: metadata.logo_uri,
    policyUri: metadata.policy_uri,
    tosUri: metadata.tos_uri,
    signUpUri: metadata.sign_up_uri,
    passwordResetUri: metadata.password_reset_uri,
    brandColor: metadata.brand_color,
  });
}

function digestOfSecret(secret: string): string {
  const given = /^sha256:(.*)$/.exec(secret)?.[1];
  return given ?? sha256(secret);
}
