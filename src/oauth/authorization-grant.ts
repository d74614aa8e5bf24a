import type { Link } from '../storage/stores.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { ResponseType } from './client.ts';
import { issueCode } from './code-grant.ts';
import type { Grant, IssueContext, NewLink } from './grant.ts';
import { issueAccessToken } from './implicit-grant.ts';
import { type SignInAttempt, type SignInContext, type SignInFailure, signIn } from './sign-in.ts';
import { createLocator, linkIdOf } from './token.ts';

/** Where users and links are. */
export interface GrantContext extends SignInContext, IssueContext {}

/** What a person sent from the sign-in page, with the request that the page was for. */
export interface GrantAttempt extends SignInAttempt {
  readonly authorization: AuthorizationRequest;
  readonly reference: string;
}

type Issue = (context: IssueContext, newLink: NewLink, authorization: AuthorizationRequest) => Promise<Grant>;

const issueFor: Readonly<Record<ResponseType, Issue>> = { token: issueAccessToken, code: issueCode };

/**
 * Signs a person in and, where the password is right, grants the request (RFC 6749 4.1, 4.2): a link, and what is issued
 * for it, are durable before this resolves. Never rejects for a back-end that is down.
 */
export async function signInAndGrant(
  context: GrantContext,
  attempt: GrantAttempt,
): Promise<Grant | SignInFailure> {
  const result = await signIn(context, attempt);
  if (result.outcome !== 'signed-in') return result;
  const { authorization, reference } = attempt;
  const { client, redirectUri, responseType, scope } = authorization;
  const locator = createLocator(context.randomText);
  // Linking again adds a link and leaves older ones alone: people have two Alexa accounts, and interrupt re-links.
  const link: Link = {
    id: linkIdOf(locator),
    clientId: client.clientId,
    subject: result.user.id,
    username: result.user.username,
    scope,
    redirectHost: new URL(redirectUri).host,
    reference,
    createdAt: context.now(),
  };
  try {
    return await issueFor[responseType](context, { link, locator }, authorization);
  } catch (cause) {
    return { outcome: 'unavailable', part: 'storage', cause };
  }
}
