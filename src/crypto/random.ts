import { randomBytes, randomUUID } from 'node:crypto';

/** 256 random bits, as 43 characters of base64url (RFC 6749 10.10 asks for at least 128). */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** An identifier that need not be secret: a version 4 UUID. */
export function randomId(): string {
  return randomUUID();
}

/** `length` characters that are hard to confuse when read aloud: Crockford's base 32, so 5 bits each. */
export function randomReadable(length: number): string {
  let readable = '';
  for (const byte of randomBytes(length)) readable += readableAlphabet[byte & 31];
  return readable;
}

/** Crockford's base 32: no I, L, O or U. */
export const readableAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
