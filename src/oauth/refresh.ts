import { digestsEqual } from '../crypto/digest.ts';
import { StorageUnavailableError } from '../storage/stores.ts';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { type Parameters, requiredParameter, singleParameter } from './parameters.ts';
import { rotate } from './refresh-token.ts';
import { splitScope } from './scope.ts';
import { keyOfRefreshToken, locatorOf } from './token.ts';
import {
  invalidGrant,
  issueTokens,
  requireOwn,
  revokeReused,
  type TokenGrant,
  type TokenGrantContext,
} from './token-grant.ts';

const saltBytes = 32;

/** How often a link is looked at again that another has changed meanwhile. Then the token was used, and that is as good. */
const mostTimes = 5;

/**
 * Refreshes an access token (RFC 6749 6) and rotates the refresh token. Requests that run at once with the same one all
 * get the same new one. One that was used before ends the link. Throws `invalid_grant`, `invalid_scope`, and
 * `invalid_request` for what is missing.
 */
export async function refresh(
  context: TokenGrantContext,
  client: Client,
  parameters: Parameters,
): Promise<TokenGrant> {
  const presented = requiredParameter(parameters, 'refresh_token');
  const requested = singleParameter(parameters, 'scope');
  const key = keyOfRefreshToken(presented);
  if (key === undefined) throw invalidGrant('this does not look like a refresh token from here');
  for (let time = 0; time < mostTimes; time += 1) {
    const found = await context.links.findCodeGrant(key.linkId);
    if (found?.refreshToken === undefined || !digestsEqual(found.refreshToken.familyDigest, key.familyDigest))
      throw invalidGrant('unknown refresh token');
    const { link } = found;
    requireOwn(client, link);
    const now = context.now();
    if (link.expiresAt !== undefined && link.expiresAt <= now)
      throw invalidGrant('the refresh token was not used for too long and has expired', link);
    const rotation = rotate(found.refreshToken, presented, now, context.randomText(saltBytes));
    if (rotation === undefined) throw await revokeReused(context, link, 'refresh_token');
    if (!(await context.stillHas(link.subject)))
      throw invalidGrant('the person is gone or disabled; the link is kept', link);
    const grant = await issueTokens(context, {
      client,
      found,
      locator: locatorOf(presented),
      ...rotation,
      usedAt: now,
      scope: differing(link.scope, requested),
    });
    if (grant !== undefined) return grant;
  }
  throw new StorageUnavailableError(new Error('others change the link all the time'));
}

/** The granted scope, where less was asked for: tokens of a link all have its scope (RFC 6749 3.3, 6). */
function differing(granted: string, requested: string | undefined): string | undefined {
  if (requested === undefined) return undefined;
  const [all, some] = [splitScope(granted), splitScope(requested)];
  if (!some.isSubsetOf(all))
    throw new OAuthError('invalid_scope', 'The requested scope goes beyond what was granted.');
  return some.size === all.size ? undefined : granted;
}
