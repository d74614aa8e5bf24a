import { digestsEqual, sha256 } from '../crypto.ts';
import { type Client, type Clients, grantScope, type ResponseType, responseTypes } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { type Parameters, parseParameters, singleParameter } from './parameters.ts';

type ResponseMode = 'query' | 'fragment';

/** Where each grant's answer is, in the words of `response_mode` (OAuth 2.0 Multiple Response Type Encoding Practices 2.1). */
const responseModes: Readonly<Record<ResponseType, ResponseMode>> = {
  code: 'query',
  token: 'fragment',
};

/** In bytes of UTF-8. Alexa's have about 700 to 1,000. */
const maxStateBytes = 4096;

/** Where an authorization response goes, and what goes back with it. */
interface Recipient {
  readonly redirectUri: string;
  readonly mode: ResponseMode;
  /** Opaque; returned as it came, byte for byte. */
  readonly state: string | undefined;
}

/** An authorization request that may be granted (RFC 6749 4.1.1, 4.2.1). */
export interface AuthorizationRequest extends Recipient {
  readonly client: Client;
  readonly responseType: ResponseType;
  /** What a grant of this request covers, space separated. */
  readonly scope: string;
  /** What the client has to prove that it knows the source of, when it redeems the code (RFC 7636 4.3). */
  readonly codeChallenge: string | undefined;
}

/** Why no redirect happens (RFC 6749 4.2.2.1, RFC 9700 4.11). */
export type Refusal =
  | { readonly reason: 'malformed'; readonly problem: string }
  | { readonly reason: 'unknown_client'; readonly clientId: string }
  | { readonly reason: 'unregistered_redirect_uri'; readonly client: Client; readonly redirectUri: string };

/** How an authorization request is answered. */
export type Decision =
  | { readonly kind: 'error-page'; readonly refusal: Refusal }
  | {
      readonly kind: 'error-redirect';
      readonly client: Client;
      readonly error: OAuthError;
      readonly location: string;
    }
  | { readonly kind: 'sign-in'; readonly authorization: AuthorizationRequest };

/** Decides by the query of an authorization request alone, so that the same query always leads to the same answer. */
export function decide(query: string, clients: Clients): Decision {
  let parameters: Parameters;
  try {
    parameters = parseParameters(query);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return refused({ reason: 'malformed', problem: error.description });
  }
  const [clientId, ...moreIds] = parameters.getAll('client_id');
  const [redirectUri, ...moreUris] = parameters.getAll('redirect_uri');
  if (clientId === undefined || moreIds.length > 0) return malformed('client_id', moreIds.length);
  if (redirectUri === undefined || moreUris.length > 0) return malformed('redirect_uri', moreUris.length);
  const client = clients.get(clientId);
  if (client === undefined) return refused({ reason: 'unknown_client', clientId });
  if (!client.redirectUris.has(redirectUri))
    return refused({ reason: 'unregistered_redirect_uri', client, redirectUri });
  const recipient = recipientOf(client, redirectUri, parameters);
  try {
    return { kind: 'sign-in', authorization: parseRequest(client, recipient, parameters) };
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return { kind: 'error-redirect', client, error, location: errorRedirect(recipient, error) };
  }
}

function malformed(name: string, repeats: number): Decision {
  return refused({ reason: 'malformed', problem: `${name} is ${repeats > 0 ? 'repeated' : 'missing'}` });
}

function refused(refusal: Refusal): Decision {
  return { kind: 'error-page', refusal };
}

/**
 * The answer is in the query where a code was asked for, or could only have been (RFC 6749 4.1.2.1), else in the fragment
 * (4.2.2.1). A `state` that is repeated or too long does not come back.
 */
function recipientOf(client: Client, redirectUri: string, parameters: Parameters): Recipient {
  const [responseType] = parameters.getAll('response_type');
  const wantsCode =
    responseType === 'code' || (responseType !== 'token' && !client.responseTypes.has('token'));
  const [state, ...repeated] = parameters.getAll('state');
  const returns = state !== '' && repeated.length === 0 && !isTooLong(state);
  return { redirectUri, mode: wantsCode ? 'query' : 'fragment', state: returns ? state : undefined };
}

function isTooLong(state = ''): boolean {
  return Buffer.byteLength(state) > maxStateBytes;
}

/** Everything but the client and the redirect URI. Throws an `OAuthError` that goes back to the redirect URI. */
function parseRequest(client: Client, recipient: Recipient, parameters: Parameters): AuthorizationRequest {
  const responseType = parseResponseType(singleParameter(parameters, 'response_type'), client);
  const mode = singleParameter(parameters, 'response_mode');
  if (mode !== undefined && mode !== responseModes[responseType])
    throw new OAuthError(
      'invalid_request',
      `The response_mode must be ${responseModes[responseType]}, or left out.`,
    );
  if (isTooLong(singleParameter(parameters, 'state')))
    throw new OAuthError('invalid_request', `The state is longer than ${maxStateBytes} bytes.`);
  const scope = grantScope(client, singleParameter(parameters, 'scope'));
  const codeChallenge = responseType === 'code' ? parseCodeChallenge(client, parameters) : undefined;
  return { ...recipient, client, responseType, scope, codeChallenge };
}

function parseResponseType(requested: string | undefined, client: Client): ResponseType {
  if (requested === undefined)
    throw new OAuthError('invalid_request', 'The parameter response_type is missing.');
  const responseType = responseTypes.find((known) => known === requested);
  if (responseType === undefined) {
    throw new OAuthError(
      'unsupported_response_type',
      'The response_type must be code or token.',
      // Only what may be one: somebody may have put a secret there.
      /^[a-z_ ]{1,60}$/.test(requested) ? `asked: ${requested}` : 'asked for no response type at all',
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

export interface IssuedAccessToken {
  readonly accessToken: string;
  /** Absent where the token ends only with its link, and `expires_in` then stays away too. */
  readonly expiresInSeconds?: number;
}

export interface IssuedCode {
  readonly code: string;
}

/**
 * The redirect of a granted request (RFC 6749 4.1.2, 4.2.2), in the order of Amazon's own examples.
 * No `scope`: what is granted is what was asked for.
 */
export function successRedirect(recipient: Recipient, issued: IssuedAccessToken | IssuedCode): string {
  const { state } = recipient;
  if ('code' in issued) return redirect(recipient, { state, code: issued.code });
  return redirect(recipient, {
    state,
    access_token: issued.accessToken,
    token_type: 'Bearer',
    expires_in: issued.expiresInSeconds?.toString(),
  });
}

/** The redirect that tells the client of an error (RFC 6749 4.1.2.1, 4.2.2.1). */
export function errorRedirect(recipient: Recipient, { code, description }: OAuthError): string {
  return redirect(recipient, { error: code, error_description: description, state: recipient.state });
}

/** Spaces become `%20`, never `+`: so the value survives readers that decode forms and readers that decode URIs. */
function redirect(
  { redirectUri, mode }: Recipient,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(redirectUri);
  const encoded = Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
  if (mode === 'fragment') url.hash = encoded;
  else url.search = url.search === '' ? encoded : `${url.search}&${encoded}`;
  return url.href;
}
