import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** SHA-256 of the UTF-8 bytes, as 43 characters of base64url: the only form in which a secret is kept. */
export function sha256(value: string): string {
  return hash('sha256', value, 'base64url');
}

/** Compares in a time that depends on neither value. Both are digests, so nothing is lost by their length. */
export function digestsEqual(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Returns `bytes` random bytes, base64url-encoded. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Crockford's base 32, which is hard to confuse when read aloud: no I, L, O or U. */
export const readableAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Returns `length` random characters of that alphabet: 5 bits each. */
export function randomReadable(length: number): string {
  let readable = '';
  while (readable.length < length) readable += readableAlphabet[randomInt(readableAlphabet.length)];
  return readable;
}
