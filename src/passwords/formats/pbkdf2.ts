import { pbkdf2 as pbkdf2Callback } from 'node:crypto';
import { promisify } from 'node:util';
import {
  derivedKey,
  fieldsOf,
  type ParsedHash,
  type PasswordHashFormat,
  sameBytes,
  UnusableHashError,
  within,
} from './format.ts';

const pbkdf2 = promisify(pbkdf2Callback);

/** Of all blocks of the key together. */
const mostIterations = 5_000_000;
const fewestGoodIterations = 100_000;
const digestLengths: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };

/** PBKDF2 with HMAC (RFC 8018), in the forms of those who have made the most of it. */
export const pbkdf2Formats: readonly PasswordHashFormat[] = [
  {
    // Django: the salt is text.
    prefix: /^pbkdf2_sha(1|256)\$/,
    parse(stored) {
      const [digest = '', iterations, salt = '', key = ''] = fieldsOf(
        /^pbkdf2_(sha1|sha256)\$(\d+)\$([^$]+)\$([A-Za-z0-9+/]+=*)$/,
        stored,
      );
      return derived(digest, Number(iterations), Buffer.from(salt), Buffer.from(key, 'base64'));
    },
  },
  {
    // Werkzeug: the salt is text, the key hexadecimal.
    prefix: /^pbkdf2:sha(1|256|512):/,
    parse(stored) {
      const [digest = '', iterations, salt = '', key = ''] = fieldsOf(
        /^pbkdf2:(sha1|sha256|sha512):(\d+)\$([^$]+)\$([0-9a-f]+)$/,
        stored,
      );
      return derived(digest, Number(iterations), Buffer.from(salt), Buffer.from(key, 'hex'));
    },
  },
  {
    // Passlib: base64 with a dot for the plus; without a digest it is SHA-1.
    prefix: /^\$pbkdf2(-sha(256|512))?\$/,
    parse(stored) {
      const [digest, iterations, salt = '', key = ''] = fieldsOf(
        /^\$pbkdf2(?:-(sha256|sha512))?\$(\d+)\$([A-Za-z0-9./]*)\$([A-Za-z0-9./]+)$/,
        stored,
      );
      return derived(digest || 'sha1', Number(iterations), fromPasslib(salt), fromPasslib(key));
    },
  },
  {
    // ASP.NET Core Identity v3: a byte 1, then digest, iterations and salt length as 32 bits each, salt, key.
    prefix: /^AQAAAA[A-Za-z0-9+/]/,
    parse(stored) {
      fieldsOf(/^([A-Za-z0-9+/]{36,}=*)$/, stored);
      const bytes = Buffer.from(stored, 'base64');
      const digest = ['sha1', 'sha256', 'sha512'][bytes.readUInt32BE(1)];
      if (digest === undefined) throw new UnusableHashError('the digest of the ASP.NET hash is unknown');
      const saltEnd = 13 + within('salt length', bytes.readUInt32BE(9), 128);
      return derived(digest, bytes.readUInt32BE(5), bytes.subarray(13, saltEnd), bytes.subarray(saltEnd));
    },
  },
];

function derived(digest: string, iterations: number, salt: Buffer, stored: Buffer): ParsedHash {
  const key = derivedKey(stored);
  const blocks = Math.ceil(key.length / (digestLengths[digest] ?? 1));
  within('PBKDF2 iterations', iterations * blocks, mostIterations);
  return {
    verify: async (password) =>
      sameBytes(await pbkdf2(password, salt, Math.max(iterations, 1), key.length, digest), key),
    cost: (iterations * blocks) / 6000,
    weakness:
      iterations < fewestGoodIterations
        ? `PBKDF2 with fewer than ${fewestGoodIterations} iterations`
        : undefined,
  };
}

function fromPasslib(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}
