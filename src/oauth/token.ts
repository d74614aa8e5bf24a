import { hmac, sha256 } from '../crypto/digest.ts';
import type { AccessTokenKey } from '../storage/stores.ts';

/** So many random bytes, as base64url. */
export type RandomText = (bytes: number) => string;

/** What all opaque tokens of a link begin with: 96 bits, and this many characters. */
const locatorBytes = 12;
const locatorLength = 16;

/** What else is in an opaque token: as many bits as RFC 6749 10.10 asks for, and then some more together. */
const secretBytes = 20;

/** What leads from a token to its link, so that one lookup by the link's own key finds both. It is no secret. */
export function createLocator(randomText: RandomText): string {
  return randomText(locatorBytes);
}

/**
 * The id of the link that a locator belongs to. A digest, so that nothing of a token is kept or logged; in hex, since
 * people give it to commands, where a dash in front would make it an option.
 */
export function linkIdOf(locator: string): string {
  return Buffer.from(sha256(locator), 'base64url').toString('hex', 0, 16);
}

/** A token or code of 256 random bits, as 43 characters of base64url; those after the locator are its own. */
export function createOpaqueToken(randomText: RandomText, locator: string): string {
  return locator + randomText(secretBytes);
}

/** The locator that an opaque token or code begins with. */
export function locatorOf(token: string): string {
  return token.slice(0, locatorLength);
}

/**
 * What all refresh tokens of a link have in common beside the locator, and nothing else has: who presents one that was
 * used long ago is known by it, and whoever makes one up is not. 120 bits, and the characters that end with them.
 */
const familyBytes = 15;
const familyEnd = locatorLength + 20;
/** What is each refresh token's own: 28 characters. */
const ownBytes = 21;

/** A link's first refresh token: 64 characters of base64url. */
export function createRefreshToken(randomText: RandomText, locator: string): string {
  return locator + randomText(familyBytes) + randomText(ownBytes);
}

/**
 * The refresh token that follows one that was used: the same for everybody who presents that one, so that requests that
 * run at once, and those that are made again, get the same. Who has only the salt or only the old token can't make it.
 */
export function successorOf(refreshToken: string, salt: string): string {
  return refreshToken.slice(0, familyEnd) + hmac(refreshToken, salt, ownBytes);
}

/** What is kept of a refresh token. */
export function digestsOfRefreshToken(refreshToken: string) {
  return { familyDigest: sha256(refreshToken.slice(0, familyEnd)), digest: sha256(refreshToken) };
}

/** How a refresh token that was presented is looked up; nothing of it is believed before that. */
export interface RefreshTokenKey {
  readonly linkId: string;
  readonly familyDigest: string;
}

/** `undefined` for what does not look like a refresh token from here. */
export function keyOfRefreshToken(token: string): RefreshTokenKey | undefined {
  if (!/^[\w-]{64}$/.test(token)) return undefined;
  return { linkId: linkIdOf(locatorOf(token)), familyDigest: digestsOfRefreshToken(token).familyDigest };
}

/** How an access token that was presented is found, whichever format it has. Nothing of it is believed before that. */
export function keyOfAccessToken(token: string): AccessTokenKey {
  return { linkId: jwtId(token) ?? linkIdOf(locatorOf(token)), digest: sha256(token) };
}

const linkIdPattern = /^[0-9a-f]{32}$/;

/** The `jti` (RFC 7519 4.1.7) of what looks like a JWT from here. */
function jwtId(token: string): string | undefined {
  const [, payload, , ...more] = token.split('.');
  if (payload === undefined || more.length > 0) return undefined;
  try {
    const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return linkIdPattern.test(jti) ? jti : undefined;
  } catch {
    return undefined;
  }
}
