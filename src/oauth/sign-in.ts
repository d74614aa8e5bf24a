import { sha256 } from '../crypto/digest.ts';
import type { AccessTokenRecord, Link, LinkStore } from '../storage/stores.ts';
import type { User, UserStore } from '../users/user-store.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { IssuedAccessToken } from './authorization-response.ts';
import type { AttemptOutcome, GuessLimits } from './guess-limits.ts';

/** Where users and links are, and what would make a grant differ from one run to the next. */
export interface GrantContext {
  readonly users: UserStore;
  readonly limits: GuessLimits;
  readonly links: LinkStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** At least 128 random bits. */
  readonly randomToken: () => string;
  readonly randomId: () => string;
}

/** What a person sent from the sign-in page, with the request that the page was for. */
export interface SignInAttempt {
  readonly request: AuthorizationRequest;
  readonly username: string;
  readonly password: string;
  readonly reference: string;
  /** Where it came from. */
  readonly address: string | undefined;
}

export type SignInOutcome =
  | { readonly outcome: 'linked'; readonly link: Link; readonly issued: IssuedAccessToken }
  /** An unknown user and a wrong password alike. */
  | { readonly outcome: 'refused' }
  /** Too many have failed; the password was not looked at. */
  | { readonly outcome: 'limited'; readonly retryAfterSeconds: number }
  /** Nothing was granted or kept; the same attempt may be made again. */
  | { readonly outcome: 'unavailable'; readonly part: 'users' | 'storage'; readonly cause: unknown };

/**
 * Signs a person in and, where the password is right, grants the request (RFC 6749 4.2): a link and its access
 * token are durable before this resolves. Never rejects for a back-end that is down.
 */
export async function signIn(context: GrantContext, attempt: SignInAttempt): Promise<SignInOutcome> {
  const { limits, users } = context;
  // Phones put a space behind a word that they completed, and may send a letter and its accent apart.
  const username = attempt.username.normalize('NFC').trim();
  let attempted: AttemptOutcome<User>;
  try {
    attempted = await limits.attempt({ username, address: attempt.address }, () =>
      authenticate(users, username, attempt.password),
    );
  } catch (cause) {
    return { outcome: 'unavailable', part: 'users', cause };
  }
  if ('retryAfterSeconds' in attempted) return { outcome: 'limited', ...attempted };
  const { result: user } = attempted;
  if (user === undefined) return { outcome: 'refused' };
  try {
    return { outcome: 'linked', ...(await grant(context, attempt, user)) };
  } catch (cause) {
    return { outcome: 'unavailable', part: 'storage', cause };
  }
}

/** Longer ones are nobody's, and would only cost time. */
const longest = { usernameCharacters: 256, passwordBytes: 1024 };

/** What can't be anybody's, a store is never asked about: an empty password above all. */
async function authenticate(users: UserStore, username: string, password: string): Promise<User | undefined> {
  const possible =
    username !== '' &&
    [...username].length <= longest.usernameCharacters &&
    password !== '' &&
    Buffer.byteLength(password) <= longest.passwordBytes;
  return possible ? users.authenticate(username, password) : undefined;
}

/** Linking again adds a link and leaves older ones alone: people have two Alexa accounts, and interrupt re-links. */
async function grant(
  context: GrantContext,
  { request, reference }: SignInAttempt,
  user: User,
): Promise<{ link: Link; issued: IssuedAccessToken }> {
  const { client, redirectUri, scope } = request;
  const now = context.now();
  const link: Link = {
    id: context.randomId(),
    clientId: client.clientId,
    subject: user.id,
    username: user.username,
    scope,
    redirectHost: new URL(redirectUri).host,
    reference,
    createdAt: now,
  };
  const accessToken = context.randomToken();
  const ttl = client.accessTokenTtlSeconds;
  const record: AccessTokenRecord = {
    digest: sha256(accessToken),
    issuedAt: now,
    expiresAt: ttl === undefined ? undefined : now + ttl,
  };
  await context.links.create(link, record);
  return { link, issued: { accessToken, expiresInSeconds: ttl } };
}
