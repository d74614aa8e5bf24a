import { now } from '../clock.ts';
import { sha256 } from '../crypto.ts';
import type { Link } from '../storage/stores.ts';
import type { AuthorizationRequest, IssuedAccessToken, IssuedCode } from './authorization.ts';
import type { ResponseType } from './client.ts';
import type { Context } from './context.ts';
import { type SignInAttempt, type SignInFailure, signIn } from './sign-in.ts';
import { createLocator, createOpaqueToken, linkIdOf } from './token.ts';

/** What a user sent from the sign-in page, with the request that the page was for. */
interface GrantAttempt extends SignInAttempt {
  readonly authorization: AuthorizationRequest;
  readonly reference: string;
}

export interface Grant {
  readonly link: Link;
  readonly issued: IssuedAccessToken | IssuedCode;
}

/** Stores a new link with what is issued for it. All that is issued for a link begins with its locator. */
type Issue = (
  context: Context,
  link: Link,
  locator: string,
  authorization: AuthorizationRequest,
) => Promise<Grant>;

/** How long a code may be redeemed (RFC 6749 4.1.2: ten minutes at most). */
export const codeSeconds = 300;

/** The code grant's first half (RFC 6749 4.1.2): a code, and a link that waits for it to be redeemed. */
const issueCode: Issue = async ({ links }, unending, locator, authorization) => {
  const code = createOpaqueToken(locator);
  const link = {
    ...unending,
    expiresAt: unending.createdAt + codeSeconds,
    codeDigest: sha256(code),
    codeRedirectUri: authorization.redirectUri,
    codeChallenge: authorization.codeChallenge,
  };
  // False would be this very link, since ids are random: the answer to the first writing of it was lost.
  await links.create(link, []);
  return { link, issued: { code } };
};

/** The implicit grant (RFC 6749 4.2): the access token itself, since nobody comes back for another. */
const issueAccessToken: Issue = async ({ links, accessTokens }, unending, locator, { client }) => {
  const issuedAt = unending.createdAt;
  const ttl = client.accessTokenTtlSeconds ?? accessTokens.longestSeconds;
  const expiresAt = ttl === undefined ? undefined : issuedAt + ttl;
  const link = { ...unending, expiresAt };
  const accessToken = await accessTokens.issue({ link, locator, issuedAt, expiresAt });
  await links.create(link, [{ digest: sha256(accessToken), issuedAt, expiresAt }]);
  // An end that nobody has set is so far off that Alexa needn't know of it.
  return { link, issued: { accessToken, expiresInSeconds: client.accessTokenTtlSeconds } };
};

const issueFor: Readonly<Record<ResponseType, Issue>> = { token: issueAccessToken, code: issueCode };

/**
 * Signs a user in and, where the password is right, grants the request (RFC 6749 4.1, 4.2): a link, and what is issued
 * for it, are durable before this resolves. Never rejects for a back-end that is down.
 */
export async function signInAndGrant(
  context: Context,
  attempt: GrantAttempt,
): Promise<Grant | SignInFailure> {
  const result = await signIn(context, attempt);
  if (result.outcome !== 'signed-in') return result;
  const { authorization, reference } = attempt;
  const { client, redirectUri, responseType, scope } = authorization;
  const reserved = await context.budgets.takeLink(result.user.id, client.clientId);
  if (!('giveBack' in reserved)) return { outcome: 'limited', ...reserved };
  const locator = createLocator();
  // Linking again adds a link and leaves older ones alone: people have two Alexa accounts, and interrupt re-links.
  const link: Link = {
    id: linkIdOf(locator),
    clientId: client.clientId,
    subject: result.user.id,
    username: result.user.username,
    scope,
    redirectHost: new URL(redirectUri).host,
    reference,
    createdAt: now(),
  };
  try {
    return await issueFor[responseType](context, link, locator, authorization);
  } catch (cause) {
    await reserved.giveBack();
    return { outcome: 'unavailable', part: 'storage', cause };
  }
}
