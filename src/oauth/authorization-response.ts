import type { AuthorizationRequest, Recipient } from './authorization-request.ts';
import type { OAuthError } from './oauth-error.ts';

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
export function successRedirect(
  { redirectUri, state }: AuthorizationRequest,
  issued: IssuedAccessToken | IssuedCode,
): string {
  if ('code' in issued)
    return redirect(redirectUri, 'query', [
      ['state', state],
      ['code', issued.code],
    ]);
  return redirect(redirectUri, 'fragment', [
    ['state', state],
    ['access_token', issued.accessToken],
    ['token_type', 'Bearer'],
    ['expires_in', issued.expiresInSeconds?.toString()],
  ]);
}

/**
 * The redirect that tells the client of an error: in the query where a code was asked for, or could only have been
 * (RFC 6749 4.1.2.1), else in the fragment (4.2.2.1). `state` goes back wherever it was given once, also when the rest of
 * the request could not be read.
 */
export function errorRedirect({ client, redirectUri, parameters }: Recipient, error: OAuthError): string {
  const [state, ...repeated] = parameters.get('state') ?? [];
  const [responseType] = parameters.get('response_type') ?? [];
  const wantsCode =
    responseType === 'code' || (responseType !== 'token' && !client.responseTypes.has('token'));
  return redirect(redirectUri, wantsCode ? 'query' : 'fragment', [
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
