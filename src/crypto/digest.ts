/*
 * crypto: digests, random values and password hashes. A leaf: it knows nothing of OAuth, HTTP or storage,
 * and imports no other folder.
 */
import { hash, timingSafeEqual } from 'node:crypto';

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
