import { now } from '../clock.ts';
import type { Link, LinkStore } from '../storage/stores.ts';
import type { Profile } from '../users/user-store.ts';
import type { Client } from './client.ts';
import type { Context } from './context.ts';
import { OAuthError } from './oauth-error.ts';
import { findLink, isRefreshToken, keyOfToken } from './token.ts';

/** An active token, and its user as the user store has it. */
export interface ActiveToken {
  readonly link: Link;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** Absent while the user store can't be reached, and where it can't look users up. */
  readonly profile: Profile | undefined;
}

/** Why a token is not active: for the log, never for an answer. An unknown one has no link. */
type InactiveToken = { readonly inactive: string; readonly link?: Link };

/** Looks an access token up, of any client or of one. Rejects when the storage can't answer. */
export async function findActiveToken(
  context: Context,
  token: string,
  clientId?: string,
): Promise<ActiveToken | InactiveToken> {
  const found = await context.links.findByAccessToken(keyOfToken(token));
  if (found === undefined) return unknown;
  const active = await activeToken(context, found.link, found.accessToken, clientId);
  if (!('inactive' in active)) context.recordUse(found.link);
  return active;
}

/** As `findActiveToken`, for a refresh token. */
async function findActiveRefreshToken(context: Context, token: string, clientId: string) {
  const link = await findLink(context.links, token, 'refreshDigest');
  if (link === undefined) return unknown;
  const { redeemedAt: issuedAt, expiresAt } = link;
  return activeToken(context, link, { issuedAt, expiresAt }, clientId);
}

const unknown: InactiveToken = { inactive: 'unknown' };

async function activeToken(
  { users }: Context,
  link: Link,
  { issuedAt, expiresAt }: { readonly issuedAt?: number; readonly expiresAt?: number },
  clientId: string | undefined,
): Promise<ActiveToken | InactiveToken> {
  if (clientId !== undefined && link.clientId !== clientId) return { inactive: 'another client’s', link };
  if (link.revokedAt !== undefined) return { inactive: 'its link is revoked', link };
  if (expiresAt !== undefined && expiresAt <= now()) return { inactive: 'it has expired', link };
  const { isGone, profile } = await users.find(link.subject);
  return isGone ? { inactive: 'its user is gone or disabled', link } : { link, issuedAt, expiresAt, profile };
}

/**
 * What one client may know of an access token or refresh token: everything of its own, nothing of another's (RFC 7662 2.2, 4). Members
 * that are undefined are left out of the answer.
 */
export async function introspect(context: Context, client: Client, token: string) {
  const isRefresh = isRefreshToken(token);
  const find = isRefresh ? findActiveRefreshToken : findActiveToken;
  const active = await find(context, token, client.clientId);
  if ('inactive' in active) return { active: false };
  const { link, issuedAt, expiresAt } = active;
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
  const link = await findLinkOfToken(links, token);
  if (link === undefined) return undefined;
  if (link.clientId !== client.clientId) {
    throw new OAuthError('unauthorized_client', 'The token was issued to another client.');
  }
  return (await links.revoke(link.id, now())) ? link : undefined;
}

/** The link that an access token or refresh token was issued for; also one that is revoked or has expired. */
async function findLinkOfToken(links: LinkStore, token: string): Promise<Link | undefined> {
  if (isRefreshToken(token)) return findLink(links, token, 'refreshDigest');
  return (await links.findByAccessToken(keyOfToken(token)))?.link;
}
