import { sha256 } from '../crypto/digest.ts';
import type { CodeGrantRecord, Link, LinkStore, RefreshTokenRecord } from '../storage/stores.ts';
import type { Client } from './client.ts';
import type { IssueContext } from './grant.ts';
import { OAuthError } from './oauth-error.ts';

/** Where codes and refresh tokens are looked up, and who is told of one that was used before. */
export interface TokenGrantContext extends IssueContext {
  /** Whether the user store still has a person, by id. True where it can't tell soon; never rejects. */
  readonly stillHas: (subject: string) => Promise<boolean>;
  /** Told of a link that was revoked because its code or refresh token came again. */
  readonly onReuse: (link: Link, reused: 'code' | 'refresh_token') => void;
}

/** RFC 6749 5.1; what is undefined is left out. */
interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope: string | undefined;
}

export interface TokenGrant {
  readonly link: Link;
  readonly response: TokenResponse;
  /** To be called when the answer has gone out. Until then, the refresh token that it replaces works once more. */
  readonly markAnswered: () => Promise<void>;
}

/** What is to be answered, once it is kept. */
interface Issuing {
  readonly client: Client;
  readonly found: CodeGrantRecord;
  readonly locator: string;
  readonly now: number;
  readonly refreshToken: string;
  /** Whether the refresh token follows what was presented, so that its answer is the one that is waited for. */
  readonly isNext: boolean;
  /** Absent: what is kept of the refresh token stays. */
  readonly record?: RefreshTokenRecord | undefined;
  /** Absent: the link is not used yet. */
  readonly usedAt?: number;
  /** Said where it is another than was asked for (RFC 6749 3.3). */
  readonly scope?: string | undefined;
}

const hour = 3600;

/** Keeps and gives new tokens of a link; `undefined` where the link has changed since it was found. */
export async function issueTokens(
  { links, accessTokens }: IssueContext,
  { client, found, locator, now, refreshToken, isNext, record, usedAt, scope }: Issuing,
): Promise<TokenGrant | undefined> {
  const { link } = found;
  const expiresIn = client.accessTokenTtlSeconds ?? hour;
  const lifetime = { issuedAt: now, expiresAt: now + expiresIn };
  const accessToken = await accessTokens.issue({ link, locator, ...lifetime });
  const isKept = await links.renew(link.id, found.refreshToken, {
    refreshToken: record,
    accessToken: { digest: sha256(accessToken), ...lifetime },
    expiresAt: now + client.refreshTokenTtlSeconds,
    usedAt,
  });
  if (!isKept) return undefined;
  return {
    link,
    response: {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresIn,
      refresh_token: refreshToken,
      scope,
    },
    markAnswered: marking(links, link, { refreshToken, isNext }),
  };
}

/** Notes that an answer has gone out, unless it says a later refresh token than the next, whose own answer may be lost. */
export function marking(
  links: LinkStore,
  { id }: Link,
  { refreshToken, isNext }: { readonly refreshToken: string; readonly isNext: boolean },
): TokenGrant['markAnswered'] {
  return async () => {
    if (isNext) await links.markAnswered(id, sha256(refreshToken));
  };
}

/** The one thing that is said of a code or refresh token that gives nothing (RFC 6749 5.2); the cause is for the log. */
export function invalidGrant(cause: string, link?: Link): OAuthError {
  const description =
    'The code or refresh token is unknown, expired, used or revoked, or does not go with this request.';
  if (link === undefined) return new OAuthError('invalid_grant', description, cause);
  const { id, reference } = link;
  return new OAuthError('invalid_grant', description, `${cause} (link ${id})`, { reference });
}

/** Ends a link whose code or refresh token came again, since it may have been stolen; gives the error to answer with. */
export async function revokeReused(
  { links, now, onReuse }: TokenGrantContext,
  link: Link,
  reused: 'code' | 'refresh_token',
): Promise<OAuthError> {
  if (!(await links.revoke(link.id, now()))) return invalidGrant('its link is revoked', link);
  onReuse(link, reused);
  return invalidGrant(`the ${reused} was used before, so its link is revoked`, link);
}

/** Throws `invalid_grant` for a link that is another client's, or revoked. */
export function requireOwn(client: Client, link: Link): void {
  if (link.clientId !== client.clientId) throw invalidGrant(`it is not ${client.clientId}’s`, link);
  if (link.revokedAt !== undefined) throw invalidGrant('its link is revoked', link);
}
