import { sha256 } from '../crypto/digest.ts';
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

/** A token of 256 random bits, as 43 characters of base64url; those after the locator are its own. */
export function createOpaqueToken(randomText: RandomText, locator: string): string {
  return locator + randomText(secretBytes);
}

/** How an access token that was presented is found, whichever format it has. Nothing of it is believed before that. */
export function keyOfAccessToken(token: string): AccessTokenKey {
  return { linkId: jwtId(token) ?? linkIdOf(token.slice(0, locatorLength)), digest: sha256(token) };
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
