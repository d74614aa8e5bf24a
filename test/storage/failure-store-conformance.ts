import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FailureStore } from '../../src/storage/stores.ts';

/** What every engine's count of failures must do. `create` gives two instances on the same data. */
export function describeFailureStore(
  name: string,
  create: () => Promise<readonly [FailureStore, FailureStore]>,
): void {
  describe(`${name}, as every failure store`, () => {
    it('counts each key by itself, for all instances together', async () => {
      const [one, other] = await create();
      const [key, another] = [randomUUID(), randomUUID()];
      expect(await one.find(key)).toBeUndefined();
      await one.add(key, 900);
      await other.add(key, 900);
      await other.add(another, 900);
      for (const store of [one, other]) {
        expect(await store.find(key)).toMatchObject({ count: 2 });
        expect(await store.find(another)).toMatchObject({ count: 1 });
      }
    });

    it('loses no failure of many at once', async () => {
      const [one, other] = await create();
      const key = randomUUID();
      await Promise.all(Array.from({ length: 30 }, (_, index) => [one, other][index % 2]?.add(key, 900)));
      expect((await one.find(key))?.count).toBe(30);
    });

    it('says how long the window is open, which the first failure opened', async () => {
      const [one, other] = await create();
      const key = randomUUID();
      await one.add(key, 900);
      await other.add(key, 5);
      const left = (await one.find(key))?.secondsLeft;
      expect(left).toBeGreaterThan(890);
      expect(left).toBeLessThanOrEqual(900);
    });

    it('forgets when the window closes, and counts anew', async () => {
      const [one] = await create();
      const key = randomUUID();
      await one.add(key, 0.001);
      await expect.poll(() => one.find(key)).toBeUndefined();
      await one.add(key, 900);
      expect((await one.find(key))?.count).toBe(1);
    });

    it('forgets on demand', async () => {
      const [one, other] = await create();
      const key = randomUUID();
      await one.add(key, 900);
      await other.forget(key);
      expect(await one.find(key)).toBeUndefined();
      await other.forget(key);
    });
  });
}
