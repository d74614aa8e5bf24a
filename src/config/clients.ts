import { z } from 'zod';
import { redirectUrisOfVendor } from '../alexa/redirect-uris.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Client, Clients } from '../oauth/client.ts';
import { splitScope } from '../oauth/scope.ts';
import { type ClientMetadata, clientMetadata, wording } from './client-metadata.ts';
import type { AddProblem } from './problem.ts';
import { type ReadFile, whyUnreadable } from './variables.ts';

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
  for (const [key, problem] of grantProblems(parsed.data, client)) addProblem(`${where}.${key}`, problem);
  return client;
}

/** What does not go together, by the key that is to be changed. */
function* grantProblems(
  metadata: ClientMetadata,
  client: Client,
): Iterable<readonly [key: keyof ClientMetadata, problem: string]> {
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
  if (code && client.secretDigest === undefined)
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

function isAnswered(name: string): boolean {
  return ['state', 'code', 'error', 'error_description'].includes(name);
}

const day = 86_400;
const shortestUnguardedTtl = 30 * day;

/** What a skill that is used once a year still outlives. */
const usualRefreshTtl = 400 * day;

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
    refreshTokenTtlSeconds: metadata.refresh_token_ttl ?? usualRefreshTtl,
    requirePkce: metadata.require_pkce,
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
