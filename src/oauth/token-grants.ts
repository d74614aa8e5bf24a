import { now } from '../clock.ts';
import { sha256 } from '../crypto.ts';
import type { Link } from '../storage/stores.ts';
import { challengeMismatch } from './authorization.ts';
import { type Client, splitScope } from './client.ts';
import type { Context } from './context.ts';
import { codeSeconds } from './grants.ts';
import { OAuthError } from './oauth-error.ts';
import { type Parameters, requiredParameter, singleParameter } from './parameters.ts';
import { createRefreshToken, findLink, isRefreshToken, locatorOf } from './token.ts';

/**
 * Redeems an authorization code (RFC 6749 4.1.3), once. Presented again while it lives, it is refused and nothing else happens,
 * since Alexa repeats requests; later, its link is revoked. A request that does not fit the code changes nothing. Throws
 * `invalid_grant`, `unauthorized_client`, and `invalid_request` for a parameter that is missing.
 */
export async function redeemCode(context: Context, client: Client, parameters: Parameters) {
  if (!client.responseTypes.has('code'))
    throw new OAuthError('unauthorized_client', 'The client is not registered for the code grant.');
  const code = requiredParameter(parameters, 'code');
  const redirectUri = requiredParameter(parameters, 'redirect_uri');
  const verifier = singleParameter(parameters, 'code_verifier');
  const { links } = context;
  const link = await findLink(links, code, 'codeDigest');
  if (link === undefined) throw invalidGrant('unknown code');
  requireUsable(client, link);
  if (link.codeRedirectUri !== redirectUri)
    throw invalidGrant('the redirect_uri is not that of the authorization request', link);
  const mismatch = challengeMismatch(link.codeChallenge, verifier);
  if (mismatch !== undefined) throw invalidGrant(mismatch, link);
  const hasExpired = now() >= link.createdAt + codeSeconds;
  if (link.redeemedAt !== undefined && hasExpired) {
    if (await links.revoke(link.id, now())) reportReuse(context, link);
    throw invalidGrant('the code was used before and came again after its end, so its link is revoked', link);
  }
  if (link.redeemedAt !== undefined) throw invalidGrant('the code was used before; its link is kept', link);
  if (hasExpired) throw invalidGrant('the code has expired', link);
  const refreshToken = createRefreshToken(locatorOf(code));
  const { renewal, response } = await issueTokens(context, client, link, refreshToken);
  if (!(await links.redeemCode(link.id, sha256(refreshToken), renewal)))
    throw invalidGrant('another request used the code at the same time; its link is kept', link);
  return { link, response };
}

function reportReuse({ report }: Context, { id, reference, clientId }: Link): void {
  const fields = { reference, client_id: clientId, link_id: id };
  report('token.reused', { ...fields, reused: 'code' });
  report('link.revoked', { ...fields, by: 'reuse' });
}

/** Alexa gives up on `/token` after 4.5 seconds, and storage takes its time too. */
const longestLookupMs = 1500;

/**
 * Issues another access token (RFC 6749 6) and returns the same refresh token. The client may send that token any number of
 * times, until the link is revoked or expires. Throws `invalid_grant`, `invalid_scope`, and `invalid_request` for a
 * parameter that is missing.
 */
export async function refresh(context: Context, client: Client, parameters: Parameters) {
  const refreshToken = requiredParameter(parameters, 'refresh_token');
  const requested = singleParameter(parameters, 'scope');
  const { links, users } = context;
  if (!isRefreshToken(refreshToken)) throw invalidGrant('this does not look like a refresh token from here');
  const link = await findLink(links, refreshToken, 'refreshDigest');
  if (link === undefined) throw invalidGrant('unknown refresh token');
  requireUsable(client, link);
  if (link.expiresAt !== undefined && link.expiresAt <= now())
    throw invalidGrant('the refresh token was not used for too long and has expired', link);
  const scope = differing(link.scope, requested);
  const { isGone } = await users.find(link.subject, longestLookupMs);
  if (isGone) throw invalidGrant('the user is gone or disabled; the link is kept', link);
  const { renewal, response } = await issueTokens(context, client, link, refreshToken);
  if (!(await links.addAccessToken(link.id, renewal)))
    throw invalidGrant('its link was revoked at the same time', link);
  return { link, response: { ...response, scope } };
}

const hour = 3600;

/** The answer of a grant (RFC 6749 5.1; members that are undefined are left out), and what has to be stored of it first. */
async function issueTokens({ accessTokens }: Context, client: Client, link: Link, refreshToken: string) {
  const issuedAt = now();
  const expiresIn = client.accessTokenTtlSeconds ?? hour;
  const lifetime = { issuedAt, expiresAt: issuedAt + expiresIn };
  const locator = locatorOf(refreshToken);
  const accessToken = await accessTokens.issue({ link, locator, ...lifetime });
  return {
    renewal: {
      accessToken: { digest: sha256(accessToken), ...lifetime },
      expiresAt: issuedAt + client.refreshTokenTtlSeconds,
    },
    response: {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresIn,
      refresh_token: refreshToken,
      scope: undefined,
    },
  } as const;
}

/** The granted scope, where less was requested: tokens of a link all have its scope (RFC 6749 3.3, 6). */
function differing(granted: string, requested: string | undefined): string | undefined {
  if (requested === undefined) return undefined;
  const [all, some] = [splitScope(granted), splitScope(requested)];
  if (!some.isSubsetOf(all))
    throw new OAuthError('invalid_scope', 'The requested scope goes beyond what was granted.');
  return some.size === all.size ? undefined : granted;
}

/** Throws `invalid_grant` for a link that is another client's, or revoked. */
function requireUsable(client: Client, link: Link): void {
  if (link.clientId !== client.clientId) throw invalidGrant(`it is not ${client.clientId}’s`, link);
  if (link.revokedAt !== undefined) throw invalidGrant('its link is revoked', link);
}

/** The one answer to a code or refresh token that gives nothing (RFC 6749 5.2); the cause is for the log. */
function invalidGrant(cause: string, link?: Link): OAuthError {
  const description =
    'The code or refresh token is unknown, expired, used or revoked, or does not go with this request.';
  if (link === undefined) return new OAuthError('invalid_grant', description, cause);
  const { id, reference } = link;
  return new OAuthError('invalid_grant', description, `${cause} (link ${id})`, reference);
}
