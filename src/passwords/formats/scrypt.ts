import { createCipheriv, type ScryptOptions, scrypt as scryptCallback } from 'node:crypto';
import { promisify } from 'node:util';
import {
  damaged,
  derivedKey,
  fieldsOf,
  type ParsedHash,
  type PasswordHashFormat,
  sameBytes,
  within,
} from './format.ts';

const bounds = { memoryBytes: 256 * 1024 * 1024, lanes: 16, work: 2 ** 22 };

const scrypt = promisify<string, Buffer, number, ScryptOptions, Buffer>(scryptCallback);

/** scrypt (RFC 7914), in the forms of those who have made the most of it. */
export const scryptFormats: readonly PasswordHashFormat[] = [
  {
    // PHC, as Passlib writes it.
    prefix: /^\$scrypt\$/,
    parse(stored) {
      const [log, r, p, salt = '', key = ''] = fieldsOf(
        /^\$scrypt\$ln=(\d{1,2}),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]*)\$([A-Za-z0-9+/]+)$/,
        stored,
      );
      return derived(cost(2 ** Number(log), r, p), Buffer.from(salt, 'base64'), Buffer.from(key, 'base64'));
    },
  },
  {
    // Werkzeug: the salt is text, the key hexadecimal.
    prefix: /^scrypt:/,
    parse(stored) {
      const [n, r, p, salt = '', key = ''] = fieldsOf(
        /^scrypt:(\d+):(\d+):(\d+)\$([^$]+)\$([0-9a-f]+)$/,
        stored,
      );
      return derived(cost(Number(n), r, p), Buffer.from(salt), Buffer.from(key, 'hex'));
    },
  },
  {
    // Django: the salt is text.
    prefix: /^scrypt\$/,
    parse(stored) {
      const [n, salt = '', r, p, key = ''] = fieldsOf(
        /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([A-Za-z0-9+/]+=*)$/,
        stored,
      );
      return derived(cost(Number(n), r, p), Buffer.from(salt), Buffer.from(key, 'base64'));
    },
  },
  {
    // Firebase, with the project's parameters in front as Supabase writes them: the derived key encrypts the signer key.
    prefix: /^\$fbscrypt\$/,
    parse(stored) {
      const [log, r, p, separator = '', signerKey = '', salt = '', key = ''] = fieldsOf(
        /^\$fbscrypt\$v=1,n=(\d{1,2}),r=(\d+),p=(\d+),ss=([\w+/-]*=*),sk=([\w+/-]+=*)\$([\w+/-]+=*)\$([\w+/-]+=*)$/,
        stored,
      );
      const limits = cost(2 ** Number(log), r, p);
      const salted = Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(separator, 'base64')]);
      const expected = derivedKey(Buffer.from(key, 'base64'));
      return {
        cost: millisecondsOf(limits),
        async verify(password) {
          const secret = await scrypt(password, salted, 32, limits);
          const cipher = createCipheriv('aes-256-ctr', secret, Buffer.alloc(16));
          return sameBytes(cipher.update(Buffer.from(signerKey, 'base64')), expected);
        },
      };
    },
  },
];

/** N, r and p of RFC 7914, as Node.js takes them. */
type Cost = ReturnType<typeof cost>;

function cost(N: number, rText: string | undefined, pText: string | undefined) {
  const [r, p] = [Number(rText), Number(pText)];
  if (!(N > 1 && Number.isInteger(Math.log2(N)) && r > 0 && p > 0)) throw damaged();
  // What scrypt itself allows (RFC 7914 2).
  if (Math.log2(N) >= 16 * r) throw damaged();
  within('scrypt lanes', p, bounds.lanes);
  within('scrypt memory in bytes', 128 * r * (N + p), bounds.memoryBytes);
  within('scrypt work', N * r * p, bounds.work);
  return { N, r, p, maxmem: 2 * bounds.memoryBytes };
}

function millisecondsOf({ N, r, p }: Cost): number {
  return (N * r * p) / 2500;
}

function derived(limits: Cost, salt: Buffer, stored: Buffer): ParsedHash {
  const key = derivedKey(stored);
  return {
    verify: async (password) => sameBytes(await scrypt(password, salt, key.length, limits), key),
    cost: millisecondsOf(limits),
  };
}
