import { digestsEqual, sha256 } from '../crypto/digest.ts';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { type Parameters, singleParameter } from './parameters.ts';

/**
 * The code challenge of an authorization request (RFC 7636 4.3), or `undefined` where it has none and needs none. Throws
 * `invalid_request` for any method but `S256`, and a method left out means `plain`.
 */
export function parseCodeChallenge(client: Client, parameters: Parameters): string | undefined {
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
