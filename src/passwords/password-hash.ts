/*
 * passwords: stored password hashes in the forms that software writes, verified off the main thread, and the fair queue
 * that stands before them. A leaf: it imports no other folder.
 */
import { hash as argon2Hash } from '@node-rs/argon2';
import { hash as bcryptHash } from '@node-rs/bcrypt';
import { argon2Formats } from './formats/argon2.ts';
import { bcryptFormats } from './formats/bcrypt.ts';
import { type ParsedHash, type PasswordHashFormat, UnusableHashError } from './formats/format.ts';
import { iteratedFormats } from './formats/iterated.ts';
import { pbkdf2Formats } from './formats/pbkdf2.ts';
import { scryptFormats } from './formats/scrypt.ts';

/** A stored password hash that was found well-formed and affordable. */
export type PasswordHash = ParsedHash;

const formats: readonly PasswordHashFormat[] = [
  ...argon2Formats,
  ...bcryptFormats,
  ...scryptFormats,
  ...pbkdf2Formats,
  ...iteratedFormats,
];

/**
 * How many passwords are verified at once. Node's pool has four threads unless told otherwise. One stays free for everything else that
 * needs one, reading files above all, or a hundred sign-ins would hold up every skill that asks about a token.
 */
export const hashThreads = 3;

const longestStored = 1024;

/**
 * Recognises a stored hash by its value alone; what LDAP, Dovecot or Spring write in braces before a `$` is left out.
 * The problem names at most the format's prefix, never the value, so that it may be logged.
 */
export function parsePasswordHash(value: string, pepper = ''): { hash: PasswordHash } | { problem: string } {
  const stored = value.trim().replace(/^\{[\w-]{1,20}\}(?=\$)/, '');
  const format = formats.find((candidate) => candidate.prefix.test(stored));
  if (format === undefined || stored.length > longestStored) return { problem: sayUnknown(stored) };
  try {
    return { hash: format.parse(stored, pepper) };
  } catch (error) {
    if (!(error instanceof UnusableHashError)) throw error;
    return { problem: error.message };
  }
}

function sayUnknown(stored: string): string {
  const prefix =
    /^\$[\w-]{1,12}\$|^\{[\w-]{1,16}\}|^(md5|sha\d|bcrypt|scrypt|argon2|pbkdf2)\w{0,12}(?=[$:])/.exec(
      stored,
    )?.[0];
  if (stored.length > longestStored) return `the password hash has more than ${longestStored} characters`;
  const given =
    prefix === undefined ? 'no known password hash' : `a ${prefix} password hash, which is unknown`;
  return `${given}; docs/users.md lists those that are`;
}

/** Hashes a new password with argon2id (19 MiB, 2 passes, 1 lane: OWASP's recommendation), in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return argon2Hash(password);
}

/** bcrypt reads no more of a password than this. */
export const longestForApache = 72;

/** Hashes a new password with bcrypt, in the form that Apache knows; at most `longestForApache` bytes of it count. */
export async function hashPasswordForApache(password: string): Promise<string> {
  return (await bcryptHash(password, 12)).replace(/^\$2b\$/, '$2y$');
}
