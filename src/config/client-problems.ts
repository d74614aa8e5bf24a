import type { Client } from '../oauth/client.ts';
import { contrast } from './brand-color.ts';
import type { ClientMetadata } from './client-metadata.ts';
import type { LocalizedTexts } from './localized-metadata.ts';

const day = 86_400;
const shortestUnguardedTtl = 30 * day;

type Finding = readonly [key: string, message: string];

/** What can't be used, or does not go together, by the key that is to be changed. */
export function* clientProblems(
  metadata: ClientMetadata,
  client: Client,
  localized: ReadonlyMap<string, LocalizedTexts>,
): Iterable<Finding> {
  yield* grantProblems(metadata, client);
  yield* secretProblems(metadata, client);
  yield* foreignScopes('scope_descriptions', metadata, client);
  for (const [tag, texts] of localized) yield* foreignScopes(`scope_descriptions#${tag}`, texts, client);
}

/** What works, but leaves people in the dark. */
export function* warningsOf({ scope, texts }: Client): Iterable<Finding> {
  const silent = [...scope].filter((token) => !texts.scopeDescriptions.has(token));
  if (silent.length > 0)
    yield [
      'scope_descriptions',
      `has nothing on ${silent.join(', ')}: say in a few words what is shared by it, for the sign-in page`,
    ];
}

/** What will look different from what was given. */
export function* notesOf({ brand_color: given }: ClientMetadata, { brandColors }: Client): Iterable<Finding> {
  if (given === undefined || brandColors === undefined) return;
  for (const page of ['light', 'dark'] as const) {
    const { fill, ink } = brandColors[page];
    if (contrast(given, fill) > 1)
      yield ['brand_color', `is ${given}, like a ${page} page itself: buttons and links there are ${fill}`];
    else if (contrast(given, ink) > 1)
      yield [
        'brand_color',
        `is ${given}, which can’t be read as text on a ${page} page: links there are ${ink}`,
      ];
  }
}

function* foreignScopes(key: string, texts: LocalizedTexts, { scope }: Client): Iterable<Finding> {
  for (const token of Object.keys(texts.scope_descriptions ?? {}))
    if (!scope.has(token))
      yield [`${key}.${token.slice(0, 60)}`, `is not in scope: ${[...scope].join(' ') || 'which is empty'}`];
}

function* grantProblems(metadata: ClientMetadata, client: Client): Iterable<Finding> {
  const { accessTokenTtlSeconds: ttl, refreshTokenTtlSeconds: refreshTtl } = client;
  const [implicit, code] = [client.responseTypes.has('token'), client.responseTypes.has('code')];
  if (
    implicit &&
    ttl !== undefined &&
    ttl < shortestUnguardedTtl &&
    !metadata.allow_short_lived_implicit_tokens
  )
    yield [
      'access_token_ttl',
      `is ${ttl} seconds, after which everybody has to link again, since Alexa can’t renew an implicit token: ` +
        'leave it out, or set at least 2592000 (30 days), or "allow_short_lived_implicit_tokens": true if you mean it',
    ];
  if (code && client.secretDigests.length === 0)
    yield ['client_secret', 'is missing, and Alexa needs it for the code grant: make up a long random text'];
  const taken = metadata.redirect_uris
    .flatMap((uri) => [...new URL(uri).searchParams.keys()])
    .find(isAnswered);
  if (code && taken !== undefined)
    yield ['redirect_uris', `have ${taken} in a query, which the answer with the code adds: take it out`];
  for (const key of ['require_pkce', 'refresh_token_ttl'] as const)
    if (!code && metadata[key])
      yield [key, 'is for the code grant alone: add "code" to response_types, or take it out'];
  if (code && refreshTtl < (ttl ?? 0))
    yield [
      'refresh_token_ttl',
      `is ${refreshTtl} seconds, less than access_token_ttl: a token would end after the one that renews it`,
    ];
}

function* secretProblems({ client_secret: given }: ClientMetadata, client: Client): Iterable<Finding> {
  const { shortestSecret } = client;
  const isWeak = (secret: string) => secret.length < shortestSecret || !/^[\x20-\x7E]+$/.test(secret);
  const weak = [given ?? []].flat().some((secret) => !secret.startsWith('sha256:') && isWeak(secret));
  if (weak && shortestSecret > 0)
    yield [
      'client_secret',
      `must have at least ${shortestSecret} printable ASCII characters, or it could be guessed: make one with "openssl rand -hex 32"`,
    ];
}

function isAnswered(name: string): boolean {
  return ['state', 'code', 'error', 'error_description'].includes(name);
}
