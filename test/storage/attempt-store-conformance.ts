import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AttemptStore } from '../../src/storage/stores.ts';

/** What every engine's counts of attempts must do. `create` gives two instances on the same data. */
export function describeAttemptStore(
  name: string,
  create: () => Promise<readonly [AttemptStore, AttemptStore]>,
): void {
  const counter = (key: string = randomUUID()) => ({ key, endsAt: 2_000_000_000 });

  describe(`${name}, as every store of attempts`, () => {
    it('counts each key by itself, for all instances together', async () => {
      const [one, other] = await create();
      const [first, second, third] = [counter(), counter(), counter()];
      expect(await one.add([first, second], 1)).toEqual([1, 1]);
      expect(await other.add([second, third, first], 1)).toEqual([2, 1, 2]);
      expect(await one.add([third], 1)).toEqual([2]);
    });

    it('takes back what was taken, and nothing else', async () => {
      const [one, other] = await create();
      const [first, second] = [counter(), counter()];
      await one.add([first, second], 1);
      await one.add([first], 1);
      expect(await other.add([second, first], -1)).toEqual([0, 1]);
      expect(await one.add([first, second], 1)).toEqual([2, 1]);
    });

    it('loses none of many at once, whatever their order', async () => {
      const [one, other] = await create();
      const counters = Array.from({ length: 7 }, () => counter());
      const given = await Promise.all(
        Array.from({ length: 30 }, (_, index) => {
          const inSomeOrder = index % 3 === 0 ? counters.toReversed() : counters;
          return [one, other][index % 2]?.add(inSomeOrder, 1);
        }),
      );
      // Each count was given to one of them.
      const ofFirst = given.map((counts, index) => counts?.at(index % 3 === 0 ? -1 : 0));
      expect(new Set(ofFirst).size).toBe(30);
      expect(await one.add(counters, 1)).toEqual(Array(7).fill(31));
    });
  });
}
