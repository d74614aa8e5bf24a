import { describe, expect, it, vi } from 'vitest';
import { createKnownUsers } from '../../src/users/known-users.ts';
import type { Profile, UserStore } from '../../src/users/user-store.ts';
import { stopClock } from '../support/clock.ts';

/** A store whose one user changes as told, and which counts how often it is asked. */
function changingStore() {
  const state = {
    user: { id: '1', name: 'Alice' } as Profile | undefined,
    down: false,
    asked: 0,
    /** Answers what was asked; until then questions stay open, where they are held. */
    release: () => {},
    hold: false,
  };
  const store: UserStore = {
    authenticate: async () =>
      state.user === undefined ? { refused: 'wrong_password' } : { id: state.user.id },
    async findById() {
      state.asked += 1;
      const { user } = state;
      if (state.hold) await new Promise<void>((resolve) => Object.assign(state, { release: resolve }));
      if (state.down) throw new Error('down');
      return user;
    },
    async ping() {},
    async close() {},
  };
  const failures: unknown[] = [];
  const users = createKnownUsers(store, (_event, fields) => void failures.push(fields?.['err']));
  return { state, failures, store, users, find: (patienceMs?: number) => users.find('1', patienceMs) };
}

function turnClock(): (seconds: number) => Promise<void> {
  const clock = stopClock(1_800_000_000, { timers: true });
  return (seconds) => clock.pass(seconds);
}

const there = { isGone: false, profile: { id: '1', name: 'Alice' } };
const gone = { isGone: true };
const unknown = { isGone: false };

describe('a user, looked up by the id', () => {
  it('is asked for once in 55 seconds', async () => {
    const pass = turnClock();
    const { state, find } = changingStore();
    for (let time = 0; time < 5; time += 1) {
      expect(await find()).toEqual(there);
      await pass(10);
    }
    expect(state.asked).toBe(1);
    await pass(10);
    expect(await find()).toEqual(there);
    expect(state.asked).toBe(2);
  });

  it('is gone within a minute, and stays so while nobody says otherwise', async () => {
    const pass = turnClock();
    const { state, find } = changingStore();
    await find();
    state.user = undefined;
    await pass(56);
    expect(await find()).toEqual(gone);
    await pass(50);
    expect(await find()).toEqual(gone);
    expect(state.asked).toBe(2);
    state.user = { id: '1', name: 'Alice' };
    await pass(6);
    expect(await find()).toEqual(there);
  });

  it.each([
    ['there', { id: '1', name: 'Alice' }, there],
    ['gone', undefined, gone],
  ])(
    'stays %s while the store is down, which is asked again after five seconds',
    async (_what, user, said) => {
      const pass = turnClock();
      const { state, find, failures } = changingStore();
      state.user = user;
      expect(await find()).toEqual(said);
      state.down = true;
      await pass(56);
      for (let time = 0; time < 3; time += 1) expect(await find()).toEqual(said);
      expect([state.asked, failures.length]).toEqual([2, 1]);
      await pass(4);
      expect(await find()).toEqual(said);
      expect(state.asked).toBe(2);
      await pass(2);
      expect(await find()).toEqual(said);
      expect([state.asked, failures.length]).toEqual([3, 2]);
      state.down = false;
      state.user = undefined;
      await pass(6);
      expect(await find()).toEqual(gone);
    },
  );

  it('counts as there where the store never answered, and is asked for again after five seconds', async () => {
    const pass = turnClock();
    const { state, find, failures } = changingStore();
    state.down = true;
    expect(await find()).toEqual(unknown);
    expect(await find()).toEqual(unknown);
    expect([state.asked, failures]).toEqual([1, [new Error('down')]]);
    state.down = false;
    await pass(6);
    expect(await find()).toEqual(there);
  });

  it('counts as there where the store can’t look users up', async () => {
    const { store } = changingStore();
    const { findById: _none, ...unable } = store;
    const users = createKnownUsers(unable, () => {});
    expect(await users.find('1')).toEqual(unknown);
    expect(await users.authenticate('alice', 'x')).toEqual({ id: '1' });
  });

  it('is waited for so long and no longer; then what was known last holds, and the answer is kept', async () => {
    const pass = turnClock();
    const { state, find } = changingStore();
    state.hold = true;
    const asking = find(1500);
    await pass(1.5);
    expect(await asking).toEqual(unknown);
    state.user = undefined;
    state.release();
    expect(await find()).toEqual(there);
    await pass(56);
    const again = find(1500);
    await pass(1.5);
    expect(await again).toEqual(there);
    state.release();
    expect(await find(1500)).toEqual(gone);
    expect(state.asked).toBe(2);
  });

  it('is asked for once by many at the same time', async () => {
    const { state, find } = changingStore();
    expect(await Promise.all([find(), find(), find(1500)])).toEqual([there, there, there]);
    expect(state.asked).toBe(1);
  });
});

describe('a sign-in', () => {
  it('makes known who was gone before', async () => {
    const { state, find, users } = changingStore();
    state.user = undefined;
    expect(await find()).toEqual(gone);
    state.user = { id: '1', name: 'Alice' };
    await users.authenticate('alice', 'x');
    expect(await find()).toEqual(there);
    expect(state.asked).toBe(2);
  });

  it('is believed rather than a question that was asked before it', async () => {
    const { state, find, users } = changingStore();
    state.hold = true;
    state.user = undefined;
    const asked = find();
    state.user = { id: '1', name: 'Alice' };
    const signingIn = users.authenticate('alice', 'x');
    await vi.waitFor(() => expect(state.asked).toBe(1));
    state.release();
    expect(await asked).toEqual(gone);
    expect(await signingIn).toEqual({ id: '1' });
    expect((await find()).isGone).toBe(false);
  });

  it('gives the name that the lookup by id has, so that it does not change a minute later', async () => {
    const pass = turnClock();
    const { state, find, users } = changingStore();
    state.user = { id: '1', username: 'alice' };
    expect(await users.authenticate('ALICE@Example.com', 'x')).toEqual(state.user);
    for (const later of [0, 60]) {
      await pass(later);
      expect(await find()).toEqual({ isGone: false, profile: state.user });
    }
  });

  it('is not held up by a store that does not answer the lookup, and keeps what the password check said', async () => {
    const pass = turnClock();
    const { state, find, users } = changingStore();
    state.hold = true;
    const signingIn = users.authenticate('alice', 'x');
    await pass(1.6);
    expect(await signingIn).toEqual({ id: '1' });
    state.user = undefined;
    state.release();
    expect(await find()).toEqual({ isGone: false, profile: { id: '1' } });
  });

  it('with a wrong password asks nothing by id', async () => {
    const { state, users } = changingStore();
    state.user = undefined;
    expect(await users.authenticate('alice', 'x')).toHaveProperty('refused');
    expect(state.asked).toBe(0);
  });
});
