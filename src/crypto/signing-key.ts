import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';

/** A new key for ES256, as a private JWK (RFC 7517) by that name. */
export function generateSigningKey(kid: string): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' };
}
