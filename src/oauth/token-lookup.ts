import { digestsEqual, sha256 } from '../crypto/digest.ts';
import type { Link, LinkStore } from '../storage/stores.ts';
import { keyOfAccessToken, keyOfRefreshToken, linkIdOf, locatorOf } from './token.ts';

/** The link that an access token, or a refresh token used or not, was issued for; also one that is over. */
export async function findLinkOfToken(links: LinkStore, token: string): Promise<Link | undefined> {
  const key = keyOfRefreshToken(token);
  if (key === undefined) return (await links.findByAccessToken(keyOfAccessToken(token)))?.link;
  const found = await links.findCodeGrant(key.linkId);
  const isOfLink =
    found?.refreshToken !== undefined && digestsEqual(found.refreshToken.familyDigest, key.familyDigest);
  return isOfLink ? found.link : undefined;
}

/** The link that an authorization code was issued for. */
export async function findLinkOfCode(links: LinkStore, code: string): Promise<Link | undefined> {
  const found = await links.findCodeGrant(linkIdOf(locatorOf(code)));
  return found !== undefined && digestsEqual(found.code.digest, sha256(code)) ? found.link : undefined;
}
