import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { PublicJwk, SigningKeys } from '../oauth/jwt-access-token.ts';
import { readJson } from './json.ts';
import type { AddProblem } from './problem.ts';

const remedy = 'make one with "alexa-link keys generate"';

/** Reads `SIGNING_KEYS`, the JWK set (RFC 7517 5) or the path of a file with it. The first key signs, all verify. */
export function parseSigningKeys(value: string, addProblem: AddProblem): SigningKeys | undefined {
  const given = readJson(value, addProblem);
  if (given === undefined) return undefined;
  const { keys } = Object(given) as { readonly keys?: unknown };
  const jwks: readonly JsonWebKey[] = Array.isArray(keys) ? keys.map(Object) : [];
  const [first] = jwks;
  if (first === undefined) {
    addProblem('must be a JWK set with a key in it, {"keys": [{…}]}', { remedy });
    return undefined;
  }
  const published = jwks.flatMap((jwk, index) => {
    const problem = problemOf(jwk);
    if (problem !== undefined) addProblem(problem, { place: ['keys', index] });
    return problem === undefined ? (publicJwk(jwk) ?? []) : [];
  });
  if (new Set(published.map(({ kid }) => kid)).size < published.length)
    addProblem('has two keys with one kid', { remedy: 'give each one of its own' });
  const [signing] = published;
  if (signing === undefined || published.length < jwks.length) return undefined;
  const privateKey = signingKey(first);
  if (privateKey === undefined) {
    addProblem('signs, so it must be a private key, with the d that belongs to it', {
      remedy: 'put such a one first',
      place: ['keys', 0],
    });
    return undefined;
  }
  const { kid, alg } = signing;
  return { signing: { kid, alg, privateKey }, published };
}

function problemOf(jwk: JsonWebKey): string | undefined {
  if (publicJwk(jwk) === undefined)
    return `must be a key for ES256, with "kty": "EC", "crv": "P-256", x and y, or one for RS256, with "kty": "RSA", n of 2048 bits or more, and e: ${remedy}`;
  if (!/^[\w.~-]{1,64}$/.test(kidOf(jwk)))
    return 'must have a kid of 1 to 64 letters, digits, dots, dashes and underscores';
  return undefined;
}

/** What of a key is public; `undefined` where it is none of those that sign here. */
function publicJwk(jwk: JsonWebKey): PublicJwk | undefined {
  const { kty, crv, x = '', y = '', n = '', e = '' } = jwk;
  const common = { kid: kidOf(jwk), use: 'sig' } as const;
  const published: PublicJwk =
    kty === 'RSA'
      ? { kty, n, e, ...common, alg: 'RS256' }
      : { kty: 'EC', crv: 'P-256', x, y, ...common, alg: 'ES256' };
  const isOfKind = kty === 'RSA' || (kty === 'EC' && crv === 'P-256');
  if (!isOfKind || (jwk['alg'] ?? published.alg) !== published.alg) return undefined;
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...published }, format: 'jwk' });
    return (asymmetricKeyDetails?.modulusLength ?? leastBits) >= leastBits ? published : undefined;
  } catch {
    return undefined;
  }
}

function kidOf({ kid }: JsonWebKey): string {
  return typeof kid === 'string' ? kid : '';
}

/** RFC 7518 3.3. */
const leastBits = 2048;

/** The private key, where it is there and belongs to the public one: a signature tells. */
function signingKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    const publicKey = createPublicKey({ key: { ...publicJwk(jwk) }, format: 'jwk' });
    const message = Buffer.from('test');
    return verify('sha256', message, publicKey, sign('sha256', message, privateKey)) ? privateKey : undefined;
  } catch {
    return undefined;
  }
}

const generators = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: leastBits }),
};

/** Returns a new private key as a JWK (RFC 7517) with this `kid`. */
export function generateSigningKey(kid: string, alg: keyof typeof generators = 'ES256'): JsonWebKey {
  const { privateKey } = generators[alg]();
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
}
