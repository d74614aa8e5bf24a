import { digestsEqual, sha256 } from '../crypto/digest.ts';
import type { Link, LinkStore } from '../storage/stores.ts';
import { isRefreshToken, keyOfToken, linkIdOf, locatorOf } from './token.ts';

/** The link that an authorization code was issued for, redeemed or not. */
export async function findByCode(links: LinkStore, code: string): Promise<Link | undefined> {
  const link = await links.find(linkIdOf(locatorOf(code)));
  return link?.codeDigest !== undefined && digestsEqual(link.codeDigest, sha256(code)) ? link : undefined;
}

/** The link that an access token or refresh token was issued for; also one that is revoked or has expired. */
export async function findLinkOfToken(links: LinkStore, token: string): Promise<Link | undefined> {
  const key = keyOfToken(token);
  return isRefreshToken(token) ? links.findByRefreshToken(key) : (await links.findByAccessToken(key))?.link;
}
