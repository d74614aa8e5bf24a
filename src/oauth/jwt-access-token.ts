import { SignJWT } from 'jose';
import type { AccessTokenFormat } from './access-token.ts';
import type { SigningKeys } from './signing-keys.ts';

/** RFC 9068 2.2 requires `exp`. */
const tenYears = 3650 * 86_400;

/**
 * JWT access tokens (RFC 9068), signed with ES256. A skill can check one without a call; here it is looked up by its
 * digest like any other, so that no change of keys or of the format ends it.
 */
export function createJwtFormat(issuer: string, { signing }: SigningKeys): AccessTokenFormat {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: signing.kid };
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
        jti: link.id,
        iat: issuedAt,
        exp: expiresAt,
      })
        .setProtectedHeader(header)
        .sign(signing.privateKey),
  };
}
