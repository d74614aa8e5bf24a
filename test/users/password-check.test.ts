import { describe, expect, it } from 'vitest';
import { type PasswordHash, parsePasswordHash } from '../../src/passwords/password-hash.ts';
import { createPasswordCheck } from '../../src/users/password-check.ts';
import { vectors } from '../passwords/password-vectors.ts';
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
      const check = createPasswordCheck([hash]);
      await check(hash, 'wrong').then(() => check(undefined, 'wrong'));
      const [known, unknown] = await inTurn(
        40,
        () => check(hash, 'wrong'),
        () => check(undefined, 'wrong'),
      );
      // Some formats cost less than what a busy machine does in between.
      const apart = Math.abs(median(known) - median(unknown)) > 0.1;
      expect(apart && toldApart(known, unknown), `${known} / ${unknown}`).toBe(false);
    },
  );

  it('refuses everything that has no hash, also the password of the decoy', async () => {
    const check = createPasswordCheck([bob]);
    expect(await check(undefined, 'wonderland')).toBe(false);
    expect(await check(bob, 'wonderland')).toBe(true);
  });

  it('refuses everybody as long as it knows of no hash at all', async () => {
    const check = createPasswordCheck();
    expect(await check(undefined, 'wonderland')).toBe(false);
    expect(await check(bob, 'wonderland')).toBe(true);
  });

  it('spends on an unknown name what the most expensive hash costs that was seen so far', async () => {
    const asked: number[] = [];
    const costing = (cost: number): PasswordHash => ({
      cost,
      verify: async () => {
        asked.push(cost);
        return false;
      },
    });
    const check = createPasswordCheck([costing(2), costing(5), costing(3)]);
    await check(undefined, 'x');
    await check(costing(4), 'x');
    await check(undefined, 'x');
    await check(costing(9), 'x');
    await check(undefined, 'x');
    expect(asked).toEqual([5, 4, 5, 9, 9]);
  });

  it('knows which of two hashes costs more, whatever their formats', async () => {
    const spent = await Promise.all(
      ['$2y$12$', '$2y$10$', 'scrypt:32768', 'pbkdf2_sha256$260000', '$argon2id$v=19$m=1024', '{SHA}'].map(
        async (beginning) => {
          const vector = vectors.find(({ stored }) =>
            stored.startsWith(beginning.replace('$2y$12$', '$2a$12$')),
          );
          return { beginning, hash: vector && hashOf(vector.stored, vector.pepper) };
        },
      ),
    );
    const known = spent.filter(({ hash }) => hash !== undefined);
    expect(known.length).toBeGreaterThan(3);
    const measured: { beginning: string; cost: number; milliseconds: number }[] = [];
    for (const { beginning, hash } of known) {
      const times: number[] = [];
      for (let time = 0; time < 5; time += 1) {
        const startedAt = performance.now();
        await hash?.verify('wrong');
        times.push(performance.now() - startedAt);
      }
      measured.push({ beginning, cost: hash?.cost ?? 0, milliseconds: Math.min(...times) });
    }
    // Where they are three times apart: processors differ by less.
    for (const one of measured)
      for (const other of measured)
        if (one.milliseconds > 3 * other.milliseconds)
          expect(one.cost, `${one.beginning} and ${other.beginning}`).toBeGreaterThan(other.cost);
  });
});
