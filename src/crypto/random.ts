import { randomBytes, randomInt } from 'node:crypto';

/** So many random bytes, as base64url. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Crockford's base 32, which is hard to confuse when read aloud: no I, L, O or U. */
export const readableAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `length` characters of that alphabet, so 5 random bits each. */
export function randomReadable(length: number): string {
  let readable = '';
  while (readable.length < length) readable += readableAlphabet[randomInt(readableAlphabet.length)];
  return readable;
}
