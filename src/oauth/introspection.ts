import type { Link, LinkStore } from '../storage/stores.ts';
import type { Profile, Users } from '../users/user-store.ts';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { isRefreshToken, keyOfToken } from './token.ts';

/** Where tokens and their users are looked up. */
export interface TokenContext {
  readonly users: Pick<Users, 'find'>;
  readonly links: LinkStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Called with each link whose access token is active; must not throw, and is not waited for. */
  readonly onUse: (link: Link) => void;
}

/** An active token, and its user as the user store has it. */
export interface ActiveToken {
  readonly link: Link;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** Absent while the user store can't be reached, and where it can't look users up. */
  readonly profile: Profile | undefined;
}

/**
 * Looks an access token up. Returns `undefined` when it is unknown, expired, revoked or another client's than `clientId`, or when
 * its user is gone or disabled. Rejects when the storage can't answer.
 */
export async function findActiveToken(
  context: TokenContext,
  token: string,
  clientId?: string,
): Promise<ActiveToken | undefined> {
  const found = await context.links.findByAccessToken(keyOfToken(token));
  if (found === undefined) return undefined;
  const { link, accessToken } = found;
  const active = await activeToken(context, link, accessToken, clientId);
  if (active !== undefined) context.onUse(link);
  return active;
}

/** As `findActiveToken`, for a refresh token. */
async function findActiveRefreshToken(
  context: TokenContext,
  token: string,
  clientId: string,
): Promise<ActiveToken | undefined> {
  const link = await context.links.findByRefreshToken(keyOfToken(token));
  if (link === undefined) return undefined;
  const { redeemedAt: issuedAt, expiresAt } = link;
  return activeToken(context, link, { issuedAt, expiresAt }, clientId);
}

async function activeToken(
  { users, now }: TokenContext,
  link: Link,
  {
    issuedAt,
    expiresAt,
  }: { readonly issuedAt?: number | undefined; readonly expiresAt?: number | undefined },
  clientId: string | undefined,
): Promise<ActiveToken | undefined> {
  if (link.revokedAt !== undefined || (clientId !== undefined && link.clientId !== clientId))
    return undefined;
  if (expiresAt !== undefined && expiresAt <= now()) return undefined;
  const { isGone, profile } = await users.find(link.subject);
  return isGone ? undefined : { link, issuedAt, expiresAt, profile };
}

/** RFC 7662 2.2; what is undefined is left out. */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly iss: string;
      readonly client_id: string;
      readonly sub: string;
      readonly username: string;
      readonly scope: string | undefined;
      /** Of an access token. */
      readonly token_type: 'Bearer' | undefined;
      readonly iat: number | undefined;
      readonly exp: number | undefined;
    };

/** What one client may know of an access token or refresh token: everything of its own, nothing of another's (RFC 7662 2.2, 4). */
export async function introspect(
  context: TokenContext,
  issuer: string,
  client: Client,
  token: string,
): Promise<IntrospectionResponse> {
  const isRefresh = isRefreshToken(token);
  const find = isRefresh ? findActiveRefreshToken : findActiveToken;
  const active = await find(context, token, client.clientId);
  if (active === undefined) return { active: false };
  const { link, issuedAt, expiresAt } = active;
  return {
    active: true,
    iss: issuer,
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
export interface UserinfoResponse {
  readonly sub: string;
  readonly username: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

export function describeUser({ link, profile }: ActiveToken): UserinfoResponse {
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
  links: LinkStore,
  client: Client,
  token: string,
  now: number,
): Promise<Link | undefined> {
  const link = await findLinkOfToken(links, token);
  if (link === undefined) return undefined;
  if (link.clientId !== client.clientId) {
    throw new OAuthError('unauthorized_client', 'The token was issued to another client.');
  }
  return (await links.revoke(link.id, now)) ? link : undefined;
}

/** The link that an access token or refresh token was issued for; also one that is revoked or has expired. */
async function findLinkOfToken(links: LinkStore, token: string): Promise<Link | undefined> {
  const key = keyOfToken(token);
  return isRefreshToken(token) ? links.findByRefreshToken(key) : (await links.findByAccessToken(key))?.link;
}
