import { randomBytes, randomFillSync } from 'node:crypto';

/** So many random bytes, as base64url. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Crockford's base 32, which is hard to confuse when read aloud: no I, L, O or U. */
export const readableAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `length` characters of that alphabet, so 5 random bits each; at most 1,024. */
export function randomReadable(length: number): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let readable = '';
  for (const byte of pool.subarray(used, used + length)) readable += readableAlphabet[byte & 31];
  pool.fill(0, used, used + length);
  used += length;
  return readable;
}

/** Random bytes fetched in advance: one page needs a few, and each fetch costs as much as rendering it. */
const pool = Buffer.alloc(1024);
let used = pool.length;
