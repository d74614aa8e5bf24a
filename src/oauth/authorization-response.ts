import type { AuthorizationRequest, Recipient } from './authorization-request.ts';
import type { OAuthError } from './oauth-error.ts';

export interface IssuedAccessToken {
  readonly accessToken: string;
  /** Absent where the token ends only with its link, and `expires_in` then stays away too. */
  readonly expiresInSeconds?: number;
}

/**
 * The redirect of a granted implicit request (RFC 6749 4.2.2), in the order of Amazon's own example.
 * No `scope`: what is granted is what was asked for.
 */
export function successRedirect(request: AuthorizationRequest, issued: IssuedAccessToken): string {
  return redirect(request.redirectUri, 'fragment', [
    ['state', request.state],
    ['access_token', issued.accessToken],
    ['token_type', 'Bearer'],
    ['expires_in', issued.expiresInSeconds?.toString()],
  ]);
}

/**
 * The redirect that tells the client of an error (RFC 6749 4.2.2.1, and 4.1.2.1 for `response_type=code`).
 * `state` goes back wherever it was given once, also when the rest of the request could not be read.
 */
export function errorRedirect({ redirectUri, parameters }: Recipient, error: OAuthError): string {
  const [state, ...repeated] = parameters.get('state') ?? [];
  const [responseType] = parameters.get('response_type') ?? [];
  return redirect(redirectUri, responseType === 'code' ? 'query' : 'fragment', [
    ['error', error.code],
    ['error_description', error.description],
    ['state', repeated.length > 0 || state === '' ? undefined : state],
  ]);
}

type Pairs = readonly (readonly [name: string, value: string | undefined])[];

/** Spaces become `%20`, never `+`: so the value survives readers that decode forms and readers that decode URIs. */
function redirect(redirectUri: string, mode: 'fragment' | 'query', pairs: Pairs): string {
  const url = new URL(redirectUri);
  const encoded = pairs
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
  if (mode === 'fragment') url.hash = encoded;
  else url.search = url.search === '' ? encoded : `${url.search}&${encoded}`;
  return url.href;
}
