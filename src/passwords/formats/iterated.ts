import { hash } from 'node:crypto';
import type * as hashes from '../iterated-hashes.ts';
import { alphabet64, type DigestName } from '../iterated-hashes.ts';
import { damaged, fieldsOf, type ParsedHash, type PasswordHashFormat, sameBytes, within } from './format.ts';
import { asWordPressTakesIt } from './wordpress.ts';

/** Hashes on a thread of its own, where Node.js has nothing that leaves the main one by itself. */
async function onThread<Name extends 'shaCrypt' | 'md5Crypt' | 'phpass' | 'saltedDigest'>(
  name: Name,
  task: Parameters<(typeof hashes)[Name]>[0],
): Promise<string> {
  const { pool } = await import('../hash-threads.ts');
  return pool.run(task, { name });
}

const mostRounds = 1_000_000;

/** Plain digests, once or over and over: what was usual before there were functions made for passwords. */
export const iteratedFormats: readonly PasswordHashFormat[] = [
  {
    // crypt(3) with SHA-256 or SHA-512: Linux, Apache, many mail servers.
    prefix: /^\$[56]\$/,
    parse(stored) {
      const [id = '', rounds, salt = '', text = ''] = fieldsOf(
        /^\$([56])\$(?:rounds=(\d+)\$)?([^$:\n]{0,16})\$([./A-Za-z0-9]{43}|[./A-Za-z0-9]{86})$/,
        stored,
      );
      const asked = within('rounds', Number(rounds || 5000), mostRounds);
      const digest = id === '5' ? 'sha256' : 'sha512';
      const parameters = { digest, salt, rounds: Math.max(asked, 1000) } as const;
      return textual(text, parameters.rounds, (password) =>
        onThread('shaCrypt', { ...parameters, password }),
      );
    },
  },
  {
    // Apache's MD5, and the crypt(3) that it was taken from.
    prefix: /^\$(apr1|1)\$/,
    parse(stored) {
      const [id = '', salt = '', text = ''] = fieldsOf(
        /^\$(apr1|1)\$([^$:\n]{0,8})\$([./A-Za-z0-9]{22})$/,
        stored,
      );
      const hash = (password: string) => onThread('md5Crypt', { id, salt, password });
      return textual(text, 1000, hash, `$${id}$, which is MD5`);
    },
  },
  {
    // phpass: WordPress before 6.8 and phpBB with MD5, Drupal 7 to 10 with SHA-512 and cut to 55 characters in all.
    prefix: /^\$[PHS]\$/,
    parse(stored) {
      const [id, log = '', salt = '', text = ''] = fieldsOf(
        /^\$(?:([PH])|S)\$([./A-Za-z0-9])([./A-Za-z0-9]{8})([./A-Za-z0-9]{22}|[./A-Za-z0-9]{43})$/,
        stored,
      );
      const digest = id === '' ? 'sha512' : 'md5';
      const rounds = within('rounds', 2 ** alphabet64.indexOf(log), mostRounds);
      const hash = async (password: string) => {
        const full = await onThread('phpass', { digest, salt, rounds, password });
        return full.slice(0, text.length);
      };
      const parsed = textual(text, rounds, hash, digest === 'md5' ? `$${id}$, which is MD5` : undefined);
      return id === 'P' ? asWordPressTakesIt(parsed) : parsed;
    },
  },
  {
    // LDAP's (RFC 3112's heirs), which Apache took over: base64 of the digest and, after it, the salt.
    prefix: /^\{S?SHA(256|384|512)?\}/i,
    parse(stored) {
      const [salted, bits, base64 = ''] = fieldsOf(
        /^\{(S)?SHA(256|384|512)?\}([A-Za-z0-9+/]{27,300}=*)$/i,
        stored,
      );
      const digest = `sha${bits || '1'}` as DigestName;
      const bytes = Buffer.from(base64, 'base64');
      const { length } = hash(digest, '', 'buffer');
      if (salted ? bytes.length <= length : bytes.length !== length) throw damaged();
      const salt = bytes.toString('base64', length);
      const digestOf = (password: string) => onThread('saltedDigest', { digest, salt, password });
      const name = stored.slice(1, stored.indexOf('}'));
      return textual(
        bytes.toString('base64', 0, length),
        1,
        digestOf,
        `{${name}}, which is a single ${digest}`,
      );
    },
  },
];

function textual(
  text: string,
  rounds: number,
  hash: (password: string) => Promise<string>,
  weakness?: string,
): ParsedHash {
  return {
    cost: rounds / 700,
    verify: async (password) => sameBytes(Buffer.from(await hash(password)), Buffer.from(text)),
    weakness,
  };
}
