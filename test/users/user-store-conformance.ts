import { describe, expect, it } from 'vitest';
import type { UserStore } from '../../src/users/user-store.ts';

/** A store to put to the test, and somebody in it. */
export interface UserStoreUnderTest {
  readonly store: UserStore;
  readonly username: string;
  readonly password: string;
}

/** What every user store must do. `create` gives a fresh one for each test, and cleans up by itself. */
export function describeUserStore(name: string, create: () => Promise<UserStoreUnderTest>): void {
  describe(`${name}, as every user store`, () => {
    it('gives the user whose password it is, with an id that stays the same', async () => {
      const { store, username, password } = await create();
      const user = await store.authenticate(username, password);
      expect(user).toMatchObject({ username });
      expect(user?.id).toEqual(expect.stringMatching(/./));
      expect((await store.authenticate(username, password))?.id).toBe(user?.id);
    });

    it('gives nobody for a wrong password', async () => {
      const { store, username, password } = await create();
      for (const wrong of [
        '',
        `${password}x`,
        password.slice(1),
        ` ${password}`,
        username,
        '\0',
        'ü'.repeat(500),
      ]) {
        expect(await store.authenticate(username, wrong), JSON.stringify(wrong)).toBeUndefined();
      }
    });

    it('gives nobody for an unknown name, whatever it looks like', async () => {
      const { store, username, password } = await create();
      const unknown = [
        '',
        'nobody',
        `${username}x`,
        `${username}:`,
        '__proto__',
        '*',
        "' OR 1=1 --",
        '\0',
        'x'.repeat(5000),
      ];
      for (const name of unknown) {
        expect(await store.authenticate(name, password), name.slice(0, 20)).toBeUndefined();
      }
    });

    it('keeps requests that come together apart', async () => {
      const { store, username, password } = await create();
      const attempts = Array.from({ length: 12 }, (_, index) => index % 2 === 0);
      const answers = await Promise.all(
        attempts.map((right) => store.authenticate(username, right ? password : `${password}!`)),
      );
      expect(answers.map((user) => user !== undefined)).toEqual(attempts);
    });

    it('finds a user by id as they are now, and nobody for an unknown id', async () => {
      const { store, username, password } = await create();
      if (store.findById === undefined) return;
      const user = await store.authenticate(username, password);
      expect(await store.findById(user?.id ?? '')).toEqual(user);
      for (const id of ['', 'nobody', '__proto__']) expect(await store.findById(id)).toBeUndefined();
    });

    it('takes the same time for an unknown name as for a wrong password', async () => {
      const { store, username } = await create();
      const spent = { known: [] as number[], unknown: [] as number[] };
      for (let round = 0; round < 31; round += 1) {
        for (const [kind, name] of [
          ['known', username],
          ['unknown', `nobody${round}`],
        ] as const) {
          const startedAt = performance.now();
          await store.authenticate(name, 'wrong');
          spent[kind].push(performance.now() - startedAt);
        }
      }
      const median = (values: number[]) => values.sort((a, b) => a - b)[15] ?? Number.NaN;
      const ratio = median(spent.unknown) / median(spent.known);
      // Without a hash for the unknown name this is below 0.1; the bounds leave room for a busy machine.
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    });

    it('says that it is there, and closes', async () => {
      const { store } = await create();
      await store.ping();
      await store.close();
    });
  });
}
