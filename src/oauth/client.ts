import { digestsEqual, sha256 } from '../crypto.ts';
import { OAuthError } from './oauth-error.ts';

/** Response types of the grants that this server has (RFC 6749 3.1.1): the code grant, and the implicit one. */
export type ResponseType = (typeof responseTypes)[number];
export const responseTypes = ['code', 'token'] as const;

/** What people see of a client, in one language. */
export interface ClientTexts {
  readonly clientName: string;
  /** What a scope token lets the skill use, in words; a token without any is not spoken of. */
  readonly scopeDescriptions: ReadonlyMap<string, string>;
  readonly logoUri?: string;
  readonly policyUri?: string;
  readonly tosUri?: string;
  readonly signUpUri?: string;
  readonly passwordResetUri?: string;
}

/** A brand's colour on pages of one colour scheme, all as #rrggbb. */
export interface BrandShades {
  /** Of a button. */
  readonly fill: string;
  /** Of text on it. */
  readonly onFill: string;
  /** Of text, and of a button's edge, on the page. */
  readonly ink: string;
}

export interface BrandColors {
  readonly light: BrandShades;
  readonly dark: BrandShades;
}

/** A registered client (RFC 6749 2): one Alexa skill. */
export interface Client {
  readonly clientId: string;
  /** Compared character by character (RFC 9700 2.1); Amazon's, made from vendor IDs, are among them. */
  readonly redirectUris: ReadonlySet<string>;
  readonly responseTypes: ReadonlySet<ResponseType>;
  /** The scope tokens that it may ask for. */
  readonly scope: ReadonlySet<string>;
  /** SHA-256 of each client secret: two while one is being replaced. A client without any can't authenticate. */
  readonly secretDigests: readonly string[];
  /** A shorter secret is refused though its digest is right: it can be guessed. */
  readonly shortestSecret: number;
  /** Absent: an implicit access token ends only with its link, and one of the code grant after an hour. */
  readonly accessTokenTtlSeconds?: number;
  /** How long a refresh token may be left unused. */
  readonly refreshTokenTtlSeconds: number;
  /** Whether an authorization request for a code needs a code challenge (RFC 7636). */
  readonly requirePkce: boolean;
  readonly texts: ClientTexts;
  /** Those in other languages, by their tags (RFC 7591 2.2). */
  readonly textsIn: ReadonlyMap<string, ClientTexts>;
  readonly brandColors?: BrandColors;
}

export type Clients = ReadonlyMap<string, Client>;

/** Client credentials as they were presented (RFC 6749 2.3.1). */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Authenticates a client (RFC 6749 2.3.1) by any of the credentials given, in the same time whether an id or a secret
 * is wrong. Throws `invalid_client`; what was wrong is in the cause only.
 */
export function authenticateClient(clients: Clients, presented: readonly ClientCredentials[]): Client {
  const refusals: string[] = [];
  for (const { clientId, clientSecret } of presented) {
    const client = clients.get(clientId);
    const [first = decoyDigest, second = decoyDigest] = client?.secretDigests ?? [];
    const digest = sha256(clientSecret);
    // Both each time, and the decoy where there is none.
    const matches = [digestsEqual(digest, first), digestsEqual(digest, second)].includes(true);
    if (client === undefined) refusals.push('unknown client_id');
    else if (client.secretDigests.length === 0) refusals.push(`${clientId} has no client_secret in CLIENTS`);
    else if (!matches) refusals.push(`wrong client_secret for ${clientId}`);
    else if (clientSecret.length < client.shortestSecret) refusals.push(sayTooShort(client));
    else return client;
  }
  const [cause = 'no client credentials'] = refusals;
  throw new OAuthError('invalid_client', 'The client credentials are missing or wrong.', cause);
}

/** The digest of no secret that anybody knows. */
const decoyDigest = 'A'.repeat(43);

function sayTooShort({ clientId, shortestSecret }: Client): string {
  return `the client_secret of ${clientId} is right, but has fewer than ${shortestSecret} characters: make a longer one`;
}

const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** Whether this is one scope token (RFC 6749 3.3). */
export function isScopeToken(value: string): boolean {
  return scopeToken.test(value);
}

/** Scope tokens of a space-separated value, each once. */
export function splitScope(value: string): Set<string> {
  return new Set(value.split(' ').filter((token) => token !== ''));
}

/**
 * The scope to grant for the one that was requested: just that, or `invalid_scope` if any of it is not the client's.
 * A request without scope grants none, and its answer then needs no `scope` either (RFC 6749 3.3, 4.2.2).
 */
export function grantScope(client: Client, requested: string | undefined): string {
  const tokens = [...splitScope(requested ?? '')];
  const foreign = tokens.filter((token) => !client.scope.has(token));
  if (foreign.length === 0) return tokens.join(' ');
  const cause = `not in the client's scope: ${foreign.join(' ').slice(0, 200)}`;
  throw new OAuthError(
    'invalid_scope',
    'The requested scope goes beyond what the client is registered for.',
    cause,
  );
}
