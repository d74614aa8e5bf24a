import { digestsEqual, sha256 } from '../crypto/digest.ts';
import { type Client, type Clients, grantScope, type ResponseType, responseTypes } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { type Parameters, parseParameters, singleParameter } from './parameters.ts';

/** Where each grant's answer is, in the words of `response_mode` (OAuth 2.0 Multiple Response Type Encoding Practices 2.1). */
const responseModes: Readonly<Record<ResponseType, 'query' | 'fragment'>> = {
  code: 'query',
  token: 'fragment',
};

/** In bytes of UTF-8. Alexa's have about 700 to 1,000. */
const maxStateBytes = 4096;

/** Whom an authorization request may be answered: a registered client at one of its own redirect URIs. */
export interface Recipient {
  readonly client: Client;
  readonly redirectUri: string;
  /** Everything that was asked, still to be looked at. */
  readonly parameters: Parameters;
}

/** Why nobody may be answered, so that no redirect happens (RFC 6749 4.2.2.1, RFC 9700 4.11). */
export type Refusal =
  | { readonly refused: 'malformed'; readonly problem: string }
  | { readonly refused: 'unknown_client'; readonly clientId: string }
  | { readonly refused: 'unregistered_redirect_uri'; readonly client: Client; readonly redirectUri: string };

/** An authorization request that may be granted (RFC 6749 4.1.1, 4.2.1). */
export interface AuthorizationRequest {
  readonly client: Client;
  readonly redirectUri: string;
  readonly responseType: ResponseType;
  /** Opaque; given back as it came, byte for byte. */
  readonly state: string | undefined;
  /** What a grant of this request covers, space separated. */
  readonly scope: string;
  /** What the client has to prove that it knows the source of, when it redeems the code (RFC 7636 4.3). */
  readonly codeChallenge: string | undefined;
}

/** Phase 1: `client_id` and `redirect_uri`, each once; the client known; the URI one of its own, exactly. */
export function findRecipient(query: string, clients: Clients): Recipient | Refusal {
  let parameters: Parameters;
  try {
    parameters = parseParameters(query);
  } catch (error) {
    return { refused: 'malformed', problem: String(error) };
  }
  const [clientId, ...moreIds] = parameters.get('client_id') ?? [];
  const [redirectUri, ...moreUris] = parameters.get('redirect_uri') ?? [];
  if (clientId === undefined || moreIds.length > 0) return malformed('client_id', moreIds.length);
  if (redirectUri === undefined || moreUris.length > 0) return malformed('redirect_uri', moreUris.length);
  const client = clients.get(clientId);
  if (client === undefined) return { refused: 'unknown_client', clientId };
  if (!client.redirectUris.has(redirectUri))
    return { refused: 'unregistered_redirect_uri', client, redirectUri };
  return { client, redirectUri, parameters };
}

function malformed(name: string, repeats: number): Refusal {
  return { refused: 'malformed', problem: `${name} is ${repeats > 0 ? 'repeated' : 'missing'}` };
}

/** Phase 2: everything else. Throws an `OAuthError` that goes back to the redirect URI. */
export function parseAuthorizationRequest({
  client,
  redirectUri,
  parameters,
}: Recipient): AuthorizationRequest {
  const responseType = parseResponseType(singleParameter(parameters, 'response_type'), client);
  const mode = singleParameter(parameters, 'response_mode');
  if (mode !== undefined && mode !== responseModes[responseType])
    throw new OAuthError(
      'invalid_request',
      `The response_mode must be ${responseModes[responseType]}, or left out.`,
    );
  const state = singleParameter(parameters, 'state');
  if (state !== undefined && Buffer.byteLength(state) > maxStateBytes) {
    throw new OAuthError('invalid_request', `The state is longer than ${maxStateBytes} bytes.`);
  }
  const scope = grantScope(client, singleParameter(parameters, 'scope'));
  const codeChallenge = responseType === 'code' ? parseCodeChallenge(client, parameters) : undefined;
  return { client, redirectUri, responseType, state, scope, codeChallenge };
}

function parseResponseType(requested: string | undefined, client: Client): ResponseType {
  if (requested === undefined)
    throw new OAuthError('invalid_request', 'The parameter response_type is missing.');
  const responseType = responseTypes.find((known) => known === requested);
  if (responseType === undefined) {
    throw new OAuthError(
      'unsupported_response_type',
      'The response_type must be code or token.',
      `asked: ${requested.slice(0, 200)}`,
    );
  }
  if (!client.responseTypes.has(responseType)) {
    throw new OAuthError(
      'unauthorized_client',
      `The client is not registered for response_type ${responseType}.`,
      `add "${responseType}" to its response_types in CLIENTS, or choose the other grant in the developer console`,
    );
  }
  return responseType;
}

/**
 * The code challenge of an authorization request (RFC 7636 4.3), or `undefined` where it has none and needs none. Throws
 * `invalid_request` for any method but `S256`, and a method left out means `plain`.
 */
function parseCodeChallenge(client: Client, parameters: Parameters): string | undefined {
  const challenge = singleParameter(parameters, 'code_challenge');
  const method = singleParameter(parameters, 'code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined)
      throw new OAuthError('invalid_request', 'There is a code_challenge_method and no code_challenge.');
    if (client.requirePkce)
      throw new OAuthError('invalid_request', 'This client has to send a code_challenge (RFC 7636).');
    return undefined;
  }
  if (method !== 'S256') throw new OAuthError('invalid_request', 'The code_challenge_method must be S256.');
  if (!/^[\w-]{43}$/.test(challenge))
    throw new OAuthError('invalid_request', 'The code_challenge must have 43 characters of base64url.');
  return challenge;
}

const verifierPattern = /^[\w.~-]{43,128}$/;

/**
 * Why a code verifier does not go with the challenge of its code (RFC 7636 4.6), or `undefined` where it does: also one for a
 * code that was asked for without a challenge (RFC 9700 4.8.2).
 */
export function challengeMismatch(challenge?: string, verifier?: string): string | undefined {
  if (challenge === undefined)
    return verifier === undefined ? undefined : 'there is a code_verifier, but the request had no challenge';
  if (verifier === undefined) return 'the code_verifier is missing';
  if (!verifierPattern.test(verifier)) return 'the code_verifier is not one of RFC 7636 4.1';
  return digestsEqual(sha256(verifier), challenge)
    ? undefined
    : 'the code_verifier does not match the challenge';
}
