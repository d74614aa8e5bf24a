import { digestsEqual, randomText, sha256 } from '../crypto.ts';
import type { Link, LinkStore, TokenKey } from '../storage/stores.ts';

/** What all opaque tokens of a link begin with: 96 bits, and this many characters. */
const locatorBytes = 12;
const locatorLength = 16;

/** What else is in an opaque token: as many bits as RFC 6749 10.10 asks for, and then some more together. */
const secretBytes = 20;

/** What leads from a token to its link, so that one lookup by the link's own key finds both. It is no secret. */
export function createLocator(): string {
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
export function createOpaqueToken(locator: string): string {
  return locator + randomText(secretBytes);
}

/** Makes access tokens of one format (`ACCESS_TOKEN_FORMAT`). */
export interface AccessTokenFormat {
  /** For a link that is about to be stored, with its locator. */
  issue(request: {
    readonly link: Link;
    readonly locator: string;
    readonly issuedAt: number;
    readonly expiresAt?: number;
  }): Promise<string>;
  /** Seconds after which a token ends that no lifetime is set for. Absent: never by itself. */
  readonly longestSeconds?: number;
}

export const opaqueFormat: AccessTokenFormat = { issue: async ({ locator }) => createOpaqueToken(locator) };

/** The locator that an opaque token or code begins with. */
export function locatorOf(token: string): string {
  return token.slice(0, locatorLength);
}

/** Of a refresh token beside the locator: with it 64 characters of base64url, which no other token has. */
const refreshSecretBytes = 36;

export function createRefreshToken(locator: string): string {
  return locator + randomText(refreshSecretBytes);
}

/** Whether a token has the form of a refresh token from here. */
export function isRefreshToken(token: string): boolean {
  return /^[\w-]{64}$/.test(token);
}

/** Returns the link that a code or refresh token was issued for, whatever became of it. */
export async function findLink(
  links: LinkStore,
  token: string,
  digestName: 'codeDigest' | 'refreshDigest',
): Promise<Link | undefined> {
  const link = await links.find(linkIdOf(locatorOf(token)));
  const digest = link?.[digestName];
  return digest !== undefined && digestsEqual(digest, sha256(token)) ? link : undefined;
}

/** How a token that was presented is found, whichever kind and format it has. Nothing of it is believed before that. */
export function keyOfToken(token: string): TokenKey {
  return { linkId: linkIdOfJwt(token) ?? linkIdOf(locatorOf(token)), digest: sha256(token) };
}

/** A `jti` (RFC 7519 4.1.7) that begins with the link's id; what follows makes it unique. */
export function createJwtId(linkId: string): string {
  return `${linkId}.${randomText(jwtIdBytes)}`;
}

const jwtIdBytes = 9;

/** The link's id out of the `jti` of what looks like a JWT from here. */
function linkIdOfJwt(token: string): string | undefined {
  const [, payload, , ...more] = token.split('.');
  if (payload === undefined || more.length > 0) return undefined;
  try {
    const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return /^([0-9a-f]{32})\./.exec(jti)?.[1];
  } catch {
    return undefined;
  }
}
