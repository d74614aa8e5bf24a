import { sha256 } from '../crypto/digest.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { Grant, IssueContext, NewLink } from './grant.ts';

/** The implicit grant (RFC 6749 4.2): the access token itself, since nobody comes back for another. */
export async function issueAccessToken(
  { links, accessTokens }: IssueContext,
  { link: unending, locator }: NewLink,
  { client }: AuthorizationRequest,
): Promise<Grant> {
  const issuedAt = unending.createdAt;
  const ttl = client.accessTokenTtlSeconds ?? accessTokens.longestSeconds;
  const expiresAt = ttl === undefined ? undefined : issuedAt + ttl;
  const link = { ...unending, expiresAt };
  const accessToken = await accessTokens.issue({ link, locator, issuedAt, expiresAt });
  await links.create(link, { digest: sha256(accessToken), issuedAt, expiresAt });
  // An end that nobody has set is so far off that Alexa needn't know of it.
  return { link, issued: { accessToken, expiresInSeconds: client.accessTokenTtlSeconds } };
}
