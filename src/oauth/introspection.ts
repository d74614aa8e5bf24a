import { now } from '../clock.ts';
import type { Link, LinkStore } from '../storage/stores.ts';
import type { Profile } from '../users/user-store.ts';
import type { Client } from './client.ts';
import type { Context } from './context.ts';
import { OAuthError } from './oauth-error.ts';
import { findLink, isRefreshToken, keyOfToken } from './token.ts';

/** An active token, and its user as the user store has it. */
export type ActiveToken = NonNullable<Awaited<ReturnType<typeof findToken>>> & {
  /** Absent while the user store can't be reached, and where it can't look users up. */
  readonly profile: Profile | undefined;
};

/** Why a token is not active: for the log, never for an answer. An unknown one has no link. */
type InactiveToken = { readonly inactive: string; readonly link?: Link };

/** Looks an access token up, of any client; or an access or refresh token of one. Rejects when the storage can't answer. */
export async function findActiveToken(
  { links, users, recordUse }: Context,
  token: string,
  clientId?: string,
): Promise<ActiveToken | InactiveToken> {
  const found = await findToken(links, token);
  // A refresh token says nothing at `/userinfo`, where nobody authenticates as its client.
  if (found === undefined || (found.isRefresh && clientId === undefined)) return { inactive: 'unknown' };
  const { link, isRefresh, expiresAt } = found;
  if (clientId !== undefined && link.clientId !== clientId) return { inactive: 'another client’s', link };
  if (link.revokedAt !== undefined) return { inactive: 'its link is revoked', link };
  if (expiresAt !== undefined && expiresAt <= now()) return { inactive: 'it has expired', link };
  const { isGone, profile } = await users.find(link.subject);
  if (isGone) return { inactive: 'its user is gone or disabled', link };
  if (!isRefresh) recordUse(link);
  return { ...found, profile };
}

/**
 * What one client may know of an access token or refresh token: everything of its own, nothing of another's (RFC 7662 2.2, 4). Members
 * that are undefined are left out of the answer.
 */
export async function introspect(context: Context, client: Client, token: string) {
  const active = await findActiveToken(context, token, client.clientId);
  if ('inactive' in active) return { active: false };
  const { link, isRefresh, issuedAt, expiresAt } = active;
  return {
    active: true,
    iss: context.issuer,
    client_id: link.clientId,
    sub: link.subject,
    username: link.username,
    scope: link.scope === '' ? undefined : link.scope,
    token_type: isRefresh ? undefined : 'Bearer',
    iat: issuedAt,
    exp: expiresAt,
  };
}

/** What `/userinfo` says of a token's user; names as in OpenID Connect Core 5.1. */
export function describeUser({ link, profile }: ActiveToken) {
  return {
    sub: link.subject,
    username: profile?.username ?? link.username,
    name: profile?.name,
    email: profile?.email,
  };
}

/**
 * Revokes the link that an access token or refresh token belongs to, and with it all its tokens (RFC 7009 2.1). Gives the
 * link that this call ended; `undefined` for a token that is unknown or was dead before, which is no error (2.2). Another
 * client's token throws `unauthorized_client`. Rejects when the storage can't answer.
 */
export async function revokeToken(
  { links }: Context,
  client: Client,
  token: string,
): Promise<Link | undefined> {
  const { link } = (await findToken(links, token)) ?? {};
  if (link === undefined) return undefined;
  if (link.clientId !== client.clientId) {
    throw new OAuthError('unauthorized_client', 'The token was issued to another client.');
  }
  return (await links.revoke(link.id, now())) ? link : undefined;
}

/** The link that an access token or refresh token was issued for, whatever became of it, and the token's own times. */
async function findToken(links: LinkStore, token: string) {
  const isRefresh = isRefreshToken(token);
  if (!isRefresh) {
    const found = await links.findByAccessToken(keyOfToken(token));
    return found && { link: found.link, isRefresh, ...found.accessToken };
  }
  const link = await findLink(links, token, 'refreshDigest');
  return link && { link, isRefresh, issuedAt: link.redeemedAt, expiresAt: link.expiresAt };
}
