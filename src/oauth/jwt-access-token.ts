import type { KeyObject } from 'node:crypto';
import { type JWK_EC_Public, type JWK_RSA_Public, SignJWT } from 'jose';
import { type AccessTokenFormat, createJwtId } from './token.ts';

/** A public key as it is published (RFC 7517 4). */
export type PublicJwk = (JWK_EC_Public | JWK_RSA_Public) & {
  readonly kid: string;
  readonly alg: 'ES256' | 'RS256';
};

/** The key that signs, and all that verify: it and those that may have signed before or will later. */
export interface SigningKeys {
  readonly signing: {
    readonly kid: string;
    readonly alg: PublicJwk['alg'];
    readonly privateKey: KeyObject;
  };
  readonly published: readonly PublicJwk[];
}

/** RFC 9068 2.2 requires `exp`. */
const tenYears = 3650 * 86_400;

/**
 * JWT access tokens (RFC 9068), signed with ES256 or RS256 as the key says. A skill can check one without a call; here it is
 * looked up by its digest like any other, so that no change of keys or of the format ends it.
 */
export function createJwtFormat(
  issuer: string,
  { signing: { alg, kid, privateKey } }: SigningKeys,
): AccessTokenFormat {
  const header = { alg, typ: 'at+jwt', kid };
  return {
    longestSeconds: tenYears,
    issue: ({ link, issuedAt, expiresAt = issuedAt + tenYears }) =>
      new SignJWT({
        iss: issuer,
        sub: link.subject,
        // The skill is who the token is for.
        aud: link.clientId,
        client_id: link.clientId,
        ...(link.scope !== '' && { scope: link.scope }),
        jti: createJwtId(link.id),
        iat: issuedAt,
        exp: expiresAt,
      })
        .setProtectedHeader(header)
        .sign(privateKey),
  };
}
