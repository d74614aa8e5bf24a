import { digestsEqual, sha256 } from '../crypto/digest.ts';
import type { CodeGrantRecord, Link, LinkStore, RefreshTokenRecord } from '../storage/stores.ts';
import { keyOfAccessToken, keyOfRefreshToken, linkIdOf, locatorOf, type RefreshTokenKey } from './token.ts';

/** What an authorization code was issued for. */
export async function findByCode(links: LinkStore, code: string): Promise<CodeGrantRecord | undefined> {
  const found = await links.findCodeGrant(linkIdOf(locatorOf(code)));
  return found !== undefined && digestsEqual(found.code.digest, sha256(code)) ? found : undefined;
}

/** What a refresh token was issued for, whether it was used or not. */
export async function findByRefreshToken(
  links: LinkStore,
  { linkId, familyDigest }: RefreshTokenKey,
): Promise<(CodeGrantRecord & { readonly refreshToken: RefreshTokenRecord }) | undefined> {
  const found = await links.findCodeGrant(linkId);
  if (found?.refreshToken === undefined) return undefined;
  const { refreshToken } = found;
  return digestsEqual(refreshToken.familyDigest, familyDigest) ? { ...found, refreshToken } : undefined;
}

/** The link that an access token, or a refresh token used or not, was issued for; also one that is over. */
export async function findLinkOfToken(links: LinkStore, token: string): Promise<Link | undefined> {
  const key = keyOfRefreshToken(token);
  const found =
    key === undefined
      ? await links.findByAccessToken(keyOfAccessToken(token))
      : await findByRefreshToken(links, key);
  return found?.link;
}
