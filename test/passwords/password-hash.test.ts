import { describe, expect, it } from 'vitest';
import { hashPassword, parsePasswordHash } from '../../src/passwords/password-hash.ts';
import { vectors } from './password-vectors.ts';

const bcrypt = '$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77m';
const argon2 =
  '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQxNmJ5dGVzIQ$/+mKIbPinpc4cMz5dD8M2ylDWOnWPSQYNRUFd/E5ph0';
const key = 'YWJjZGVmZ2hpamtsbW5vcA';

function parsed(stored: string, pepper?: string) {
  const result = parsePasswordHash(stored, pepper);
  if ('problem' in result) throw new Error(result.problem);
  return result.hash;
}

function problemOf(stored: string): string {
  const result = parsePasswordHash(stored);
  return 'problem' in result ? result.problem : 'none';
}

describe('password hashes', () => {
  it.each(vectors)('verifies what $software made: $stored', async ({ stored, password, pepper }) => {
    const hash = parsed(stored, pepper);
    expect(await hash.verify(password)).toBe(true);
    for (const wrong of ['', `${password}x`, password.toUpperCase(), stored]) {
      expect(await hash.verify(wrong), wrong).toBe(false);
    }
  });

  it('knows what WordPress does to a password from a form', async () => {
    // WordPress 6.8.7, for what it's "quoted" becomes on its way through a form.
    const stored = '$wp$2y$10$xsPZtjJ42VKMsaRvtsIzbeTFL2BDrWevVUTHqSnQeVb/o69VkhUwa';
    expect(await parsed(stored).verify('it\'s "quoted"')).toBe(true);
    expect(await parsed(stored).verify(' it\'s "quoted" ')).toBe(true);
    expect(await parsed(stored).verify('its "quoted"')).toBe(false);
  });

  it('leaves out what LDAP, Dovecot and Spring put in front', async () => {
    for (const name of ['{bcrypt}', '{BLF-CRYPT}', '{CRYPT}']) {
      expect(await parsed(name + bcrypt).verify('wonderland')).toBe(true);
    }
  });

  it.each([
    [bcrypt, 'bcrypt with a cost of 5'],
    ['$apr1$NlwCqEd2$AtMj7wooX8LH4fhbXDoKu1', '$apr1$, which is MD5'],
    ['{SHA}EfatjsUqKYSrqv18O1FlA3hcIHI=', '{SHA}, which is a single sha1'],
    [argon2, undefined],
  ])('says of %s that it is weak: %s', (stored, weakness) => {
    expect(parsed(stored).weakness).toBe(weakness);
  });

  it('verifies what it made itself, never twice the same', async () => {
    const [first, second] = await Promise.all([hashPassword('x'), hashPassword('x')]);
    expect(first).not.toBe(second);
    expect(await parsed(first).verify('x')).toBe(true);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it.each([
    ['bcrypt that is cut short', bcrypt.slice(0, -1), /cut short or damaged/],
    ['bcrypt with an absurd cost', bcrypt.replace('$05', '$31'), /bcrypt cost 31 is over 15/],
    ['argon2 that is cut short', '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ', /cut short or damaged/],
    ['argon2 with absurd memory', argon2.replace('m=19456', 'm=4194304'), /memory in KiB 4194304 is over/],
    ['argon2 with absurd passes', argon2.replace('t=2', 't=4000'), /passes 4000 is over 16/],
    ['argon2 with absurd lanes', argon2.replace('p=1', 'p=200'), /lanes 200 is over 16/],
    ['scrypt with absurd memory', `$scrypt$ln=30,r=8,p=1$c2FsdA$${key}`, /memory in bytes \d+ is over/],
    ['scrypt with absurd work', `scrypt:131072:8:16$salt$${'ab'.repeat(32)}`, /work \d+ is over/],
    ['scrypt with a key that says nothing', 'scrypt:16384:8:1$salt$ab', /cut short or damaged/],
    ['PBKDF2 with absurd iterations', `pbkdf2_sha256$99999999$salt$${key}`, /99999999 is over 5000000/],
    [
      'scrypt that OpenSSL refuses',
      `scrypt:2:1048576:2$salt$${'ab'.repeat(32)}`,
      /memory in bytes \d+ is over/,
    ],
    ['scrypt beyond its own bounds', `scrypt:65536:1:1$salt$${'ab'.repeat(32)}`, /cut short or damaged/],
    ['PBKDF2 with a long key', `pbkdf2:sha1:4000000$salt$${'ab'.repeat(64)}`, /iterations \d+ is over/],
    ['PBKDF2 with a short key', 'pbkdf2_sha256$1000$salt$YWJj', /cut short or damaged/],
    ['PBKDF2 with an absurd key', `pbkdf2:sha256:1000$salt$${'ab'.repeat(200)}`, /cut short or damaged/],
    ['ASP.NET that is cut short', 'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4A=', /cut short or damaged/],
    ['crypt with absurd rounds', `$6$rounds=999999999$salt$${'a'.repeat(86)}`, /rounds 999999999 is over/],
    ['crypt that is cut short', '$6$salt$abcdef', /cut short or damaged/],
    ['phpass with absurd rounds', `$P$Zsaltsalt${'a'.repeat(22)}`, /rounds \d+ is over/],
    ['a digest without its salt', '{SSHA}EfatjsUqKYSrqv18O1FlA3hcIHI=', /cut short or damaged/],
    ['a digest that is cut short', '{SHA512}EfatjsUqKYSrqv18O1FlA3hcIHI=', /cut short or damaged/],
    ['more than anybody stores', `$6$salt$${'a'.repeat(2000)}`, /more than 1024 characters/],
    ['yescrypt', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o', /a \$y\$ password hash, which is unknown/],
    ['MD5 of LDAP', '{SMD5}VJwSIvcTjqCbHOkyTn1Pzi4SyVU=', /a \{SMD5\} password hash, which is unknown/],
    ['a password in the clear', 'hunter2', /no known password hash/],
    ['nothing', '', /no known password hash/],
  ])('refuses %s without repeating it', (_what, stored, problem) => {
    expect(problemOf(stored)).toMatch(problem);
    for (const part of stored.split(/[$}]/).filter((each) => each.length > 8 || each === 'hunter2')) {
      expect(problemOf(stored)).not.toContain(part);
    }
  });

  it.each([
    ['argon2', argon2],
    ['SHA-512 of crypt(3)', `$6$rounds=100000$salt$${'a'.repeat(86)}`],
    ['phpass', `$P$Fsaltsalt${'a'.repeat(22)}`],
    ['PBKDF2', `pbkdf2_sha256$200000$salt$${key}`],
    ['scrypt', `scrypt:32768:8:1$salt$${'ab'.repeat(32)}`],
  ])('does not hold the main thread up while it hashes with %s', async (_name, stored) => {
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 1);
    await Promise.all(Array.from({ length: 20 }, () => parsed(stored).verify('x')));
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
  });
});
