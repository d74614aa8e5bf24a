import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';

const generators = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

/** A new key of that name, as a private JWK (RFC 7517). */
export function generateSigningKey(kid: string, alg: keyof typeof generators = 'ES256'): JsonWebKey {
  const { privateKey } = generators[alg]();
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
}
