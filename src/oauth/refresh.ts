import { type LinkStore, StorageUnavailableError } from '../storage/stores.ts';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { type Parameters, requiredParameter, singleParameter } from './parameters.ts';
import { rotate } from './refresh-token.ts';
import { splitScope } from './scope.ts';
import { keyOfRefreshToken, locatorOf } from './token.ts';
import {
  invalidGrant,
  issueTokens,
  marking,
  requireOwn,
  revokeReused,
  type TokenGrant,
  type TokenGrantContext,
} from './token-grant.ts';
import { findByRefreshToken } from './token-lookup.ts';

const saltBytes = 32;

/** How often a link is looked at that others change meanwhile. Once they have, the token was used, and nothing more is in the way. */
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
  let isThere: boolean | undefined;
  for (let time = 0; time < mostTimes; time += 1) {
    const found = await findByRefreshToken(context.links, key);
    if (found === undefined) throw invalidGrant('unknown refresh token');
    const { link } = found;
    requireOwn(client, link);
    const now = context.now();
    if (link.expiresAt !== undefined && link.expiresAt <= now)
      throw invalidGrant('the refresh token was not used for too long and has expired', link);
    const rotation = rotate(found.refreshToken, presented, now, context.randomText(saltBytes));
    if (rotation === undefined) throw await revokeReused(context, link, 'refresh_token');
    isThere ??= await context.stillHas(link.subject);
    if (!isThere) throw invalidGrant('the person is gone or disabled; the link is kept', link);
    const scope = differing(link.scope, requested);
    const issuing = { client, found, locator: locatorOf(presented), now, ...rotation, usedAt: now, scope };
    const grant = await issueTokens(context, issuing);
    if (grant === undefined) continue;
    const mayBeOld = rotation.record === undefined || context.now() > now;
    return mayBeOld ? withNewest(context.links, grant, presented, now) : grant;
  }
  throw new StorageUnavailableError(new Error(`link ${key.linkId} was changed ${mostTimes} times meanwhile`));
}

/**
 * The same with the refresh token that is the newest by now: another may have replaced it while this answer was made. What
 * was presented counts as it did at `now`.
 */
async function withNewest(
  links: LinkStore,
  grant: TokenGrant,
  presented: string,
  now: number,
): Promise<TokenGrant> {
  const { link, response } = grant;
  const current = (await links.findCodeGrant(link.id))?.refreshToken;
  const newest = current && rotate(current, presented, now, '');
  if (newest === undefined || newest.record !== undefined) return grant;
  return {
    link,
    response: { ...response, refresh_token: newest.refreshToken },
    markAnswered: marking(links, link, newest),
  };
}

/** The granted scope, where less was asked for: tokens of a link all have its scope (RFC 6749 3.3, 6). */
function differing(granted: string, requested: string | undefined): string | undefined {
  if (requested === undefined) return undefined;
  const [all, some] = [splitScope(granted), splitScope(requested)];
  if (!some.isSubsetOf(all))
    throw new OAuthError('invalid_scope', 'The requested scope goes beyond what was granted.');
  return some.size === all.size ? undefined : granted;
}
