import { describe, expect, it } from 'vitest';
import type { Profile, Refused, UserStore } from '../../src/users/user-store.ts';
import { inTurn, median, toldApart } from '../support/timing.ts';

/** A store to put to the test, and somebody in it. */
export interface UserStoreUnderTest {
  readonly store: UserStore;
  readonly username: string;
  readonly password: string;
  /** Where passwords are judged elsewhere, it takes as long as it takes; sign-in then has refusals take a second. */
  readonly isJudgedElsewhere?: boolean;
}

/** The user who was signed in. */
export function userOf(answer: Profile | Refused): Profile {
  if ('refused' in answer) throw new Error(`refused: ${answer.refused}`);
  return answer;
}

/** What every user store must do. `create` gives a fresh one for each test, and cleans up by itself. */
export function describeUserStore(name: string, create: () => Promise<UserStoreUnderTest>): void {
  describe(`${name}, as every user store`, () => {
    it('gives the user whose password it is, with an id that stays the same', async () => {
      const { store, username, password } = await create();
      const user = userOf(await store.authenticate(username, password));
      // A store that has no name of its own for a user leaves it out.
      expect(user.username ?? username).toBe(username);
      expect(user.id).toEqual(expect.stringMatching(/./));
      expect(userOf(await store.authenticate(username, password)).id).toBe(user.id);
    });

    it('gives nobody for a wrong password', async () => {
      const { store, username, password } = await create();
      await store.authenticate(username, password);
      for (const wrong of [
        '',
        `${password}x`,
        password.slice(1),
        ` ${password}`,
        username,
        '\0',
        'ü'.repeat(500),
      ]) {
        expect(await store.authenticate(username, wrong), JSON.stringify(wrong)).toHaveProperty('refused');
      }
    });

    it('gives nobody for an unknown name, whatever it looks like', async () => {
      const { store, username, password } = await create();
      await store.authenticate(username, 'wrong');
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
        expect(await store.authenticate(name, password), name.slice(0, 20)).toHaveProperty('refused');
      }
    });

    it('keeps requests that come together apart', async () => {
      const { store, username, password } = await create();
      const attempts = Array.from({ length: 12 }, (_, index) => index % 2 === 0);
      const answers = await Promise.all(
        attempts.map((right) => store.authenticate(username, right ? password : `${password}!`)),
      );
      expect(answers.map((answer) => !('refused' in answer))).toEqual(attempts);
    });

    it('finds a user by id as they are now, and nobody for an unknown id', async () => {
      const { store, username, password } = await create();
      if (store.findById === undefined) return;
      const user = userOf(await store.authenticate(username, password));
      const found = await store.findById(user.id);
      expect(found?.id).toBe(user.id);
      expect(user).toMatchObject(JSON.parse(JSON.stringify(found)));
      for (const id of ['', 'nobody', '__proto__']) expect(await store.findById(id)).toBeUndefined();
    });

    // Beside other tests, of which some keep the machine busy: what can be told apart is told apart each time.
    it('takes the same time for an unknown name as for a wrong password', { retry: 2 }, async () => {
      const { store, username, isJudgedElsewhere } = await create();
      if (isJudgedElsewhere) return;
      // The first tells a store what a wrong password costs.
      await store.authenticate(username, 'wrong');
      const [known, unknown] = await inTurn(
        40,
        () => store.authenticate(username, 'wrong'),
        (round) => store.authenticate(`nobody${round}`, 'wrong'),
      );
      // Half a millisecond is lost in any network, within the few attempts that the limits leave.
      const apart = Math.abs(median(known) - median(unknown)) > 0.5;
      expect(apart && toldApart(known, unknown), `${known} / ${unknown}`).toBe(false);
    });

    it('says that it is there, and closes', async () => {
      const { store } = await create();
      await store.ping();
      await store.close();
    });
  });
}
