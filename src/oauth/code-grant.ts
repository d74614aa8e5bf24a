import { sha256 } from '../crypto/digest.ts';
import { codeSeconds } from '../storage/stores.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { Grant, IssueContext, NewLink } from './grant.ts';
import { createOpaqueToken } from './token.ts';

/** The code grant's first half (RFC 6749 4.1.2): a code, and a link that waits for it to be redeemed. */
export async function issueCode(
  { links, randomText }: IssueContext,
  { link: unending, locator }: NewLink,
  { redirectUri, codeChallenge }: AuthorizationRequest,
): Promise<Grant> {
  const code = createOpaqueToken(randomText, locator);
  const link = { ...unending, expiresAt: unending.createdAt + codeSeconds };
  await links.createWithCode(link, { digest: sha256(code), redirectUri, codeChallenge });
  return { link, issued: { code } };
}
