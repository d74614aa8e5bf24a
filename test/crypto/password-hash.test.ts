import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hashPassword, parsePasswordHash } from '../../src/crypto/password-hash.ts';

/** Values that the original software made, named with it. */
const vectors = [
  [
    'htpasswd -nbB -C 5, Apache 2.4.71',
    'wonderland',
    '$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77m',
  ],
  [
    'htpasswd -nbB -C 5, Apache 2.4.71',
    'pässwörd',
    '$2y$05$NnMEP5fKgO1odlMzfHUdP.Y/3okMdf.LgQERLkh98qMImC98.l4aS',
  ],
  [
    'argon2 -id -t 2 -k 19456, the reference implementation 20171227',
    'correct horse',
    '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQxNmJ5dGVzIQ$/+mKIbPinpc4cMz5dD8M2ylDWOnWPSQYNRUFd/E5ph0',
  ],
  [
    'argon2 -i -t 3 -k 4096, the reference implementation 20171227',
    'correct horse',
    '$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQxNmJ5dGVzIQ$Wuf+zMdEiXjK8DlVzXOEKFt6KQWUBcE5DRZMy6E7ZXg',
  ],
] as const;

function parsed(stored: string) {
  const result = parsePasswordHash(stored);
  if ('problem' in result) throw new Error(result.problem);
  return result.hash;
}

const parsedArgon2 = { hash: parsed(vectors[2][2]) };

function problemOf(stored: string): string {
  const result = parsePasswordHash(stored);
  return 'problem' in result ? result.problem : 'none';
}

describe('password hashes', () => {
  it.each(vectors)('verifies what %s made', async (_software, password, stored) => {
    expect(await parsed(stored).verify(password)).toBe(true);
    for (const wrong of ['', `${password} `, password.toUpperCase(), stored]) {
      expect(await parsed(stored).verify(wrong), wrong).toBe(false);
    }
  });

  it('verifies what it made itself, never twice the same', async () => {
    const [first, second] = await Promise.all([hashPassword('x'), hashPassword('x')]);
    expect(first).not.toBe(second);
    expect(await parsed(first).verify('x')).toBe(true);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it.each([
    [
      'bcrypt that is cut short',
      '$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77',
      /cut short or damaged/,
    ],
    ['bcrypt with an absurd cost', vectors[0][2].replace('$05', '$31'), /cost 31 is over 15/],
    ['argon2 that is cut short', '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ', /cut short or damaged/],
    [
      'argon2 with absurd memory',
      vectors[2][2].replace('m=19456', 'm=4194304'),
      /memory 4194304 KiB is over/,
    ],
    ['argon2 with absurd passes', vectors[2][2].replace('t=2', 't=4000'), /passes 4000 are over 16/],
    ['argon2 with absurd lanes', vectors[2][2].replace('p=1', 'p=200'), /lanes 200 are over 16/],
    ['MD5 of Apache', '$apr1$6pWafXsL$ZWvRDtXig9H6ytO0Eh/iC.', /a \$apr1\$ password hash, which is unknown/],
    ['SHA-1 of Apache', '{SHA}EfatjsUqKYSrqv18O1FlA3hcIHI=', /a \{SHA\} password hash, which is unknown/],
    ['a password in the clear', 'hunter2', /no known password hash/],
    ['nothing', '', /no known password hash/],
  ])('refuses %s without repeating it', (_what, stored, problem) => {
    expect(problemOf(stored)).toMatch(problem);
    for (const part of stored.split(/[$}]/).filter((each) => each.length > 8 || each === 'hunter2')) {
      expect(problemOf(stored)).not.toContain(part);
    }
  });

  it('leaves a thread free for everything else, and refuses more work than anybody would wait for', async () => {
    const { hash } = parsedArgon2;
    let done = 0;
    const waiting = Array.from({ length: 60 }, async () => {
      await hash.verify('x');
      done += 1;
    });
    await stat(import.meta.filename);
    expect(done).toBeLessThan(30);
    await Promise.all(waiting);
    const flood = await Promise.allSettled(Array.from({ length: 150 }, () => hash.verify('x')));
    const refused = flood.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(20);
    expect(refused.length).toBeLessThan(60);
    expect(refused[0]).toMatchObject({ reason: new Error('too many passwords are waiting to be verified') });
  });

  it('does not hold the main thread up while it hashes', async () => {
    const stored = await hashPassword('x');
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 1);
    await Promise.all(Array.from({ length: 20 }, () => parsed(stored).verify('x')));
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
  });
});
