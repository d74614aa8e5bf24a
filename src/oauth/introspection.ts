import type { Link, LinkStore } from '../storage/stores.ts';
import type { Profile, UserStore } from '../users/user-store.ts';
import type { Client } from './client.ts';
import { holds } from './refresh-token.ts';
import { keyOfAccessToken, keyOfRefreshToken, type RefreshTokenKey } from './token.ts';
import { findByRefreshToken } from './token-lookup.ts';

/** Where a token is looked up, and who is told when the person behind it could not be. */
export interface TokenContext {
  readonly users: UserStore;
  readonly links: LinkStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onUsersUnavailable: (cause: unknown) => void;
  /** Told of each link whose token was found to hold; must not throw, and is not waited for. */
  readonly onUse: (link: Link) => void;
}

/** A token that holds, and the person as the user store has them now, where it can say. */
export interface ActiveToken {
  readonly link: Link;
  readonly issuedAt: number;
  readonly expiresAt?: number | undefined;
  readonly user?: Profile;
}

/**
 * Looks an access token up: `undefined` when it is unknown, expired, revoked, another client's than the one that asks, or its
 * person is gone or disabled.
 * While users can't be reached, the token holds. Rejects when the storage can't answer.
 */
export async function findActiveToken(
  context: TokenContext,
  token: string,
  clientId?: string,
): Promise<ActiveToken | undefined> {
  const found = await context.links.findByAccessToken(keyOfAccessToken(token));
  if (found === undefined || found.link.revokedAt !== undefined) return undefined;
  if (clientId !== undefined && found.link.clientId !== clientId) return undefined;
  const { link, accessToken } = found;
  if (hasEnded(context, accessToken)) return undefined;
  const { issuedAt, expiresAt } = accessToken;
  const active = await withUser(context, { link, issuedAt, expiresAt });
  if (active !== undefined) context.onUse(active.link);
  return active;
}

/** As `findActiveToken`, for a refresh token of a client. */
async function findActiveRefreshToken(
  context: TokenContext,
  presented: { readonly token: string; readonly key: RefreshTokenKey },
  clientId: string,
): Promise<ActiveToken | undefined> {
  const { token, key } = presented;
  const found = await findByRefreshToken(context.links, key);
  if (found === undefined) return undefined;
  const { link, refreshToken } = found;
  if (link.revokedAt !== undefined || link.clientId !== clientId || hasEnded(context, link)) return undefined;
  if (!holds(refreshToken, token, context.now())) return undefined;
  return withUser(context, { link, issuedAt: refreshToken.issuedAt, expiresAt: link.expiresAt });
}

function hasEnded({ now }: TokenContext, { expiresAt }: { readonly expiresAt?: number }): boolean {
  return expiresAt !== undefined && expiresAt <= now();
}

async function withUser(context: TokenContext, found: ActiveToken): Promise<ActiveToken | undefined> {
  if (context.users.findById === undefined) return found;
  try {
    const user = await context.users.findById(found.link.subject);
    return user === undefined ? undefined : { ...found, user };
  } catch (cause) {
    context.onUsersUnavailable(cause);
    return found;
  }
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
      readonly iat: number;
      readonly exp: number | undefined;
    };

/** What one client may know of an access token or refresh token: everything of its own, nothing of another's (RFC 7662 2.2, 4). */
export async function introspect(
  context: TokenContext,
  issuer: string,
  client: Client,
  token: string,
): Promise<IntrospectionResponse> {
  const key = keyOfRefreshToken(token);
  const active =
    key === undefined
      ? await findActiveToken(context, token, client.clientId)
      : await findActiveRefreshToken(context, { token, key }, client.clientId);
  if (active === undefined) return { active: false };
  const { link, issuedAt, expiresAt } = active;
  return {
    active: true,
    iss: issuer,
    client_id: link.clientId,
    sub: link.subject,
    username: link.username,
    scope: link.scope === '' ? undefined : link.scope,
    token_type: key === undefined ? 'Bearer' : undefined,
    iat: issuedAt,
    exp: expiresAt,
  };
}

/** What `/userinfo` says of the person behind a token; names as in OpenID Connect Core 5.1. */
export interface UserinfoResponse {
  readonly sub: string;
  readonly username: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

export function describeUser({ link, user }: ActiveToken): UserinfoResponse {
  return {
    sub: link.subject,
    username: user?.username ?? link.username,
    name: user?.name,
    email: user?.email,
  };
}
