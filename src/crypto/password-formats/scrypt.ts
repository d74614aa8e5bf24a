import { createCipheriv, type ScryptOptions, scrypt as scryptCallback } from 'node:crypto';
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

/** N, r and p of RFC 7914. */
interface Cost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

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

function cost(n: number, r: string | undefined, p: string | undefined): Cost {
  const given = { n, r: Number(r), p: Number(p) };
  if (!(n > 1 && Number.isInteger(Math.log2(n)) && given.r > 0 && given.p > 0)) throw damaged();
  // What scrypt itself allows (RFC 7914 2).
  if (Math.log2(n) >= 16 * given.r) throw damaged();
  within('scrypt lanes', given.p, bounds.lanes);
  within('scrypt memory in bytes', 128 * given.r * (n + given.p), bounds.memoryBytes);
  within('scrypt work', n * given.r * given.p, bounds.work);
  return given;
}

function millisecondsOf({ n, r, p }: Cost): number {
  return (n * r * p) / 2500;
}

function derived(limits: Cost, salt: Buffer, stored: Buffer): ParsedHash {
  const key = derivedKey(stored);
  return {
    verify: async (password) => sameBytes(await scrypt(password, salt, key.length, limits), key),
    cost: millisecondsOf(limits),
  };
}

function scrypt(password: string, salt: Buffer, length: number, { n, r, p }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 2 * bounds.memoryBytes };
  return new Promise((resolve, reject) => {
    scryptCallback(password, salt, length, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
