import { digestsEqual, sha256 } from '../crypto/digest.ts';
import type { RefreshTokenRecord } from '../storage/stores.ts';
import type { Client } from './client.ts';
import { challengeMismatch } from './code-challenge.ts';
import { type Parameters, requiredParameter, singleParameter } from './parameters.ts';
import { createRefreshToken, keyOfRefreshToken, linkIdOf, locatorOf } from './token.ts';
import {
  invalidGrant,
  issueTokens,
  requireOwn,
  revokeReused,
  type TokenGrant,
  type TokenGrantContext,
} from './token-grant.ts';

/**
 * Redeems an authorization code (RFC 6749 4.1.3), once. A second time, with all that belongs to it, ends the link
 * (4.1.2); a request that does not fit the code changes nothing. Throws `invalid_grant`, and `invalid_request` for what
 * is missing.
 */
export async function redeemCode(
  context: TokenGrantContext,
  client: Client,
  parameters: Parameters,
): Promise<TokenGrant> {
  const code = requiredParameter(parameters, 'code');
  const redirectUri = requiredParameter(parameters, 'redirect_uri');
  const verifier = singleParameter(parameters, 'code_verifier');
  const locator = locatorOf(code);
  const found = await context.links.findCodeGrant(linkIdOf(locator));
  if (found === undefined || !digestsEqual(found.code.digest, sha256(code)))
    throw invalidGrant('unknown code');
  const { link } = found;
  requireOwn(client, link);
  if (found.code.redirectUri !== redirectUri)
    throw invalidGrant('the redirect_uri is not that of the authorization request', link);
  const mismatch = challengeMismatch(found.code.codeChallenge, verifier);
  if (mismatch !== undefined) throw invalidGrant(mismatch, link);
  if (found.refreshToken !== undefined) throw await revokeReused(context, link, 'code');
  if (link.expiresAt !== undefined && link.expiresAt <= context.now())
    throw invalidGrant('the code has expired', link);
  const refreshToken = createRefreshToken(context.randomText, locator);
  const record = firstRecord(refreshToken, context.now());
  const grant = await issueTokens(context, { client, found, locator, refreshToken, record });
  if (grant === undefined) throw await revokeReused(context, link, 'code');
  return grant;
}

function firstRecord(refreshToken: string, issuedAt: number): RefreshTokenRecord {
  const { familyDigest = '', digest = '' } = keyOfRefreshToken(refreshToken) ?? {};
  return { familyDigest, digest, issuedAt, answered: false, predecessors: [] };
}
