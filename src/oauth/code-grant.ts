import { sha256 } from '../crypto/digest.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { Grant, IssueContext, NewLink } from './grant.ts';
import { createOpaqueToken } from './token.ts';

/** How long a code may be redeemed (RFC 6749 4.1.2: ten minutes at most). */
export const codeSeconds = 300;

/** The code grant's first half (RFC 6749 4.1.2): a code, and a link that waits for it to be redeemed. */
export async function issueCode(
  { links, randomText }: IssueContext,
  { link: unending, locator }: NewLink,
  { redirectUri, codeChallenge }: AuthorizationRequest,
): Promise<Grant> {
  const code = createOpaqueToken(randomText, locator);
  const link = {
    ...unending,
    expiresAt: unending.createdAt + codeSeconds,
    codeDigest: sha256(code),
    codeRedirectUri: redirectUri,
    codeChallenge,
  };
  await links.createWithCode(link);
  return { link, issued: { code } };
}
