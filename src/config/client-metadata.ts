import leven from 'leven';
import { z } from 'zod';
import { type Language, languages } from '../alexa/languages.ts';
import { vendorIdPattern } from '../alexa/redirect-uris.ts';
import { sha256 } from '../crypto.ts';
import { isScopeToken, responseTypes, splitScope } from '../oauth/client.ts';
import { isHttpsOrLoopback } from './network.ts';

const longestTtl = 100 * 365 * 86_400;

function ttl(shortest: number, why: string) {
  return z
    .int('must be a whole number of seconds')
    .min(shortest, `must be at least ${shortest}: ${why}`)
    .max(longestTtl, `must be at most ${longestTtl} (100 years)`)
    .nullish();
}

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
  // A host with more in it could say more than a host where the policy of a page names it.
  return (
    url !== null &&
    isHttpsOrLoopback(url) &&
    /^[\w.:[\]-]+$/.test(url.host) &&
    url.username + url.password === ''
  );
}, 'must be an address that begins with https:// and has no more than a host before its path');

/** Shown to people; characters that nobody sees could turn what stands around them. */
const shownText = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'must have at most 200 characters')
  .refine(
    (value) => value === '' || /[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(value),
    'must have a letter in it',
  )
  .regex(/^[^\p{Cc}\u202A-\u202E\u2066-\u2069]*$/u, 'must have no control characters in it');

/** What users see of a client; each may be given in other languages too. */
const texts = {
  client_name: shownText,
  scope_descriptions: z.record(z.string(), shownText),
  logo_uri: webAddress,
  policy_uri: webAddress,
  tos_uri: webAddress,
  sign_up_uri: webAddress,
  password_reset_uri: webAddress,
};

const oneOrTwo = 'must be text in quotes, or a list of two while one is being replaced';

export const secretRemedy = 'make one with "openssl rand -hex 32"';

const clientSecret = z
  .string()
  .refine((value) => value.trim() !== '' && value !== `sha256:${sha256('')}`, 'must not be empty')
  .refine((value) => !value.startsWith('sha256:') || /^sha256:[\w-]{43}$/.test(value), {
    error: 'must have 43 characters of base64url after sha256:',
  })
  // Clients do not agree on how others are written in an Authorization header.
  .regex(/^[\x20-\x7E]*$/, `must have printable ASCII characters alone: ${secretRemedy}`);

/** The texts in other languages: `"client_name#de"` (RFC 7591 2.2). */
const localized = Object.fromEntries(
  Object.entries(texts).flatMap(([name, schema]) =>
    languages.map((language) => [`${name}#${language}`, schema.optional()]),
  ),
) as {
  [Name in keyof typeof texts as `${Name}#${Language}`]: z.ZodOptional<(typeof texts)[Name]>;
};

/** RFC 7591's client metadata, as far as it applies, and what Alexa and the pages add. */
export const clientMetadata = z.strictObject({
  client_id: z.string().regex(/^[\x20-\x7E]+$/, 'must be one or more printable ASCII characters'),
  ...z.strictObject(texts).partial().required({ client_name: true }).shape,
  alexa_vendor_ids: z
    .array(
      z.string().regex(vendorIdPattern, 'must be as the developer console shows it, like M2AAAAAAAAAAAA'),
    )
    .default([]),
  redirect_uris: z.array(redirectUri).default([]),
  response_types: z
    .array(z.enum(responseTypes, 'must be "code" or "token"'))
    .min(1, 'must not be empty')
    .default(['token']),
  scope: z
    .string()
    .refine((value) => [...splitScope(value)].every(isScopeToken), 'must be scopes separated by spaces')
    .default(''),
  client_secret: z
    .union([clientSecret, z.array(clientSecret).min(1, oneOrTwo).max(2, oneOrTwo)], oneOrTwo)
    .optional(),
  access_token_ttl: ttl(360, 'Alexa refuses shorter ones'),
  allow_short_lived_implicit_tokens: z.boolean().default(false),
  refresh_token_ttl: ttl(86_400, 'users who leave the skill unused for a day would have to link again'),
  require_pkce: z.boolean().default(false),
  brand_color: z
    .string()
    .regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i, 'must be like #0a7 or #00aa77')
    .optional(),
  ...localized,
});

export type ClientMetadata = z.infer<typeof clientMetadata>;

interface Conflict {
  /** The key that is to be changed. */
  readonly place: readonly string[];
  readonly problem: string;
  readonly remedy?: string;
}

const shortestUnguardedTtl = 30 * 86_400;

/** What does not go together in one client. */
export function* conflictsInClient(metadata: ClientMetadata): Iterable<Conflict> {
  const { response_types: types, access_token_ttl: ttl } = metadata;
  const [implicit, code] = [types.includes('token'), types.includes('code')];
  if (metadata.alexa_vendor_ids.length + metadata.redirect_uris.length === 0)
    yield {
      place: [],
      problem: 'has no redirect URI',
      remedy: 'give alexa_vendor_ids, which the developer console shows, or redirect_uris',
    };
  const isShort = implicit && (ttl ?? shortestUnguardedTtl) < shortestUnguardedTtl;
  if (isShort && !metadata.allow_short_lived_implicit_tokens)
    yield {
      place: ['access_token_ttl'],
      problem: `is ${ttl} seconds, after which everybody has to link again, since Alexa can’t renew an implicit token`,
      remedy:
        'leave it out, or set at least 2592000 (30 days), or "allow_short_lived_implicit_tokens": true if you mean it',
    };
  if (code && [metadata.client_secret ?? []].flat().length === 0)
    yield {
      place: ['client_secret'],
      problem: 'is missing, and Alexa needs it for the code grant',
      remedy: secretRemedy,
    };
  const taken = metadata.redirect_uris
    .flatMap((uri) => [...new URL(uri).searchParams.keys()])
    .find((name) => ['state', 'code', 'error', 'error_description'].includes(name));
  if (code && taken !== undefined)
    yield {
      place: ['redirect_uris'],
      problem: `have ${taken} in a query, which the answer with the code adds`,
      remedy: 'take it out',
    };
  const refreshTtl = metadata.refresh_token_ttl ?? usualRefreshTtl;
  if (code && refreshTtl < (ttl ?? 0))
    yield {
      place: ['refresh_token_ttl'],
      problem: `is ${refreshTtl} seconds, less than access_token_ttl: a link would end before Alexa renews its token`,
    };
  for (const key of ['require_pkce', 'refresh_token_ttl'] as const)
    if (!code && metadata[key])
      yield {
        place: [key],
        problem: 'is for the code grant alone',
        remedy: 'add "code" to response_types, or take it out',
      };
}

/** 400 days: what a skill that is used once a year still outlives. */
export const usualRefreshTtl = 400 * 86_400;

const keys = Object.keys(clientMetadata.shape).filter((key) => !key.includes('#'));

/** What zod says by itself, in the words of somebody who reads a file. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(sayUnknown).join('; ');
  if (issue.code !== 'invalid_type') return undefined;
  return issue.input === undefined ? 'is missing' : `must be ${typeWords[issue.expected] ?? issue.expected}`;
};

const typeWords: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  array: 'a list in [ and ]',
  object: 'an object in { and }',
  record: 'an object in { and }',
  boolean: 'true or false',
};

function sayUnknown(key: string): string {
  const [closest] = keys
    .map((known) => ({ known, distance: leven(key, known) }))
    .sort((a, b) => a.distance - b.distance);
  const hint = key.includes('#')
    ? `${Object.keys(texts).join(', ')} can have # after them, and then ${[...languages].sort().join(', ')}`
    : closest !== undefined && closest.distance <= 3
      ? `did you mean ${closest.known}?`
      : `known are ${keys.join(', ')}`;
  return /^[\w#-]{1,40}$/.test(key) ? `has the unknown key ${key}: ${hint}` : `has an unknown key: ${hint}`;
}
