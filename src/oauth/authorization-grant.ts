import { sha256 } from '../crypto/digest.ts';
import type { Link, LinkStore } from '../storage/stores.ts';
import type { User } from '../users/user-store.ts';
import type { AccessTokenFormat } from './access-token.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { IssuedAccessToken } from './authorization-response.ts';
import { type SignInAttempt, type SignInContext, type SignInFailure, signIn } from './sign-in.ts';
import { createLocator, linkIdOf, type RandomText } from './token.ts';

/** Where users and links are, and what would make a grant differ from one run to the next. */
export interface GrantContext extends SignInContext {
  readonly links: LinkStore;
  readonly accessTokens: AccessTokenFormat;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly randomText: RandomText;
}

/** What a person sent from the sign-in page, with the request that the page was for. */
export interface GrantAttempt extends SignInAttempt {
  readonly authorization: AuthorizationRequest;
  readonly reference: string;
}

export interface Grant {
  readonly link: Link;
  readonly issued: IssuedAccessToken;
}

/**
 * Signs a person in and, where the password is right, grants the request (RFC 6749 4.2): a link and its access
 * token are durable before this resolves. Never rejects for a back-end that is down.
 */
export async function signInAndGrant(
  context: GrantContext,
  attempt: GrantAttempt,
): Promise<Grant | SignInFailure> {
  const result = await signIn(context, attempt);
  if (result.outcome !== 'signed-in') return result;
  try {
    return await grant(context, attempt, result.user);
  } catch (cause) {
    return { outcome: 'unavailable', part: 'storage', cause };
  }
}

/** Linking again adds a link and leaves older ones alone: people have two Alexa accounts, and interrupt re-links. */
async function grant(
  context: GrantContext,
  { authorization, reference }: GrantAttempt,
  user: User,
): Promise<Grant> {
  const { links, accessTokens, randomText } = context;
  const { client, redirectUri, scope } = authorization;
  const now = context.now();
  const locator = createLocator(randomText);
  const ttl = client.accessTokenTtlSeconds ?? accessTokens.longestSeconds;
  const expiresAt = ttl === undefined ? undefined : now + ttl;
  const link: Link = {
    id: linkIdOf(locator),
    clientId: client.clientId,
    subject: user.id,
    username: user.username,
    scope,
    redirectHost: new URL(redirectUri).host,
    reference,
    createdAt: now,
    expiresAt,
  };
  const accessToken = await accessTokens.issue({ link, locator, issuedAt: now, expiresAt });
  await links.create(link, { digest: sha256(accessToken), issuedAt: now, expiresAt });
  // An end that nobody has set is so far off that Alexa needn't know of it.
  return { link, issued: { accessToken, expiresInSeconds: client.accessTokenTtlSeconds } };
}
