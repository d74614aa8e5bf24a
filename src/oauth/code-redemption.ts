import type { Client } from './client.ts';
import { challengeMismatch } from './code-challenge.ts';
import { OAuthError } from './oauth-error.ts';
import { type Parameters, requiredParameter, singleParameter } from './parameters.ts';
import { createRefreshToken, digestsOfRefreshToken, locatorOf } from './token.ts';
import {
  invalidGrant,
  issueTokens,
  requireOwn,
  revokeReused,
  type TokenGrant,
  type TokenGrantContext,
} from './token-grant.ts';
import { findByCode } from './token-lookup.ts';

/**
 * Redeems an authorization code (RFC 6749 4.1.3), once. A second time, with all that belongs to it, ends the link
 * (4.1.2); a request that does not fit the code changes nothing. Throws `invalid_grant`, `unauthorized_client`, and
 * `invalid_request` for what is missing.
 */
export async function redeemCode(
  context: TokenGrantContext,
  client: Client,
  parameters: Parameters,
): Promise<TokenGrant> {
  if (!client.responseTypes.has('code'))
    throw new OAuthError('unauthorized_client', 'The client is not registered for the code grant.');
  const code = requiredParameter(parameters, 'code');
  const redirectUri = requiredParameter(parameters, 'redirect_uri');
  const verifier = singleParameter(parameters, 'code_verifier');
  const found = await findByCode(context.links, code);
  if (found === undefined) throw invalidGrant('unknown code');
  const { link } = found;
  requireOwn(client, link);
  if (found.code.redirectUri !== redirectUri)
    throw invalidGrant('the redirect_uri is not that of the authorization request', link);
  const mismatch = challengeMismatch(found.code.codeChallenge, verifier);
  if (mismatch !== undefined) throw invalidGrant(mismatch, link);
  if (found.refreshToken !== undefined) throw await revokeReused(context, link, 'code');
  const now = context.now();
  if (link.expiresAt !== undefined && link.expiresAt <= now) throw invalidGrant('the code has expired', link);
  const locator = locatorOf(code);
  const refreshToken = createRefreshToken(context.randomText, locator);
  const digests = digestsOfRefreshToken(refreshToken);
  const record = { ...digests, issuedAt: now, answered: false, predecessors: [] };
  const issuing = { client, found, locator, now, refreshToken, isNext: true, record };
  const grant = await issueTokens(context, issuing);
  if (grant === undefined) throw await revokeReused(context, link, 'code');
  return grant;
}
