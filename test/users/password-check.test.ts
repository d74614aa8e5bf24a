import { describe, expect, it } from 'vitest';
import { type PasswordHash, parsePasswordHash } from '../../src/crypto/password-hash.ts';
import { createPasswordCheck } from '../../src/users/password-check.ts';
import { vectors } from '../crypto/password-vectors.ts';
import { inTurn, median, toldApart } from '../support/timing.ts';

function hashOf(stored: string, pepper?: string): PasswordHash {
  const parsed = parsePasswordHash(stored, pepper);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.hash;
}

/** The first value of each format, which is the cheapest that its software makes. */
const oneOfEach = [
  ...new Map(
    vectors
      .toReversed()
      .map(
        (vector) =>
          [/^(\$[\w-]+\$|\{\w+\}|AQAAAA|\w+[:$]([a-z]\w+:)?)/.exec(vector.stored)?.[0], vector] as const,
      ),
  ),
];

const bob = hashOf('$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77m');

describe('a password check', () => {
  it.each(oneOfEach)(
    'takes the same time for an unknown name as for a wrong password, with %s',
    async (_format, { stored, pepper }) => {
      const hash = hashOf(stored, pepper);
      const check = createPasswordCheck([['alice', hash]]);
      await check('alice', hash, 'wrong').then(() => check('nobody', undefined, 'wrong'));
      const [known, unknown] = await inTurn(
        40,
        () => check('alice', hash, 'wrong'),
        (round) => check(`nobody${round}`, undefined, 'wrong'),
      );
      // Some formats cost less than what a busy machine does in between.
      const apart = Math.abs(median(known) - median(unknown)) > 0.1;
      expect(apart && toldApart(known, unknown), `${known} / ${unknown}`).toBe(false);
    },
  );

  it('refuses everything that has no hash, also the password of who stands in', async () => {
    const check = createPasswordCheck([['bob', bob]]);
    expect(await check('nobody', undefined, 'wonderland')).toBe(false);
    expect(await check('bob', bob, 'wonderland')).toBe(true);
  });

  it('refuses everybody as long as it knows of no hash at all', async () => {
    const check = createPasswordCheck();
    expect(await check('nobody', undefined, 'wonderland')).toBe(false);
    expect(await check('bob', bob, 'wonderland')).toBe(true);
  });

  it('lets one hash stand in for one name each time, where users have different ones', async () => {
    const asked: string[] = [];
    const named = (name: string): PasswordHash => ({
      verify: async () => {
        asked.push(name);
        return false;
      },
    });
    const check = createPasswordCheck(
      Array.from({ length: 40 }, (_, index) => [`user${index}`, named(String(index))] as const),
    );
    for (let time = 0; time < 3; time += 1) await check('nobody', undefined, 'x');
    expect(new Set(asked).size).toBe(1);
    asked.length = 0;
    for (let index = 0; index < 200; index += 1) await check(`nobody${index}`, undefined, 'x');
    expect(new Set(asked).size).toBeGreaterThan(10);
  });
});
