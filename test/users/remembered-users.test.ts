import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { usualTiming } from '../../src/server.ts';
import { withRememberedUsers } from '../../src/users/remembered-users.ts';
import type { Profile, UserStore } from '../../src/users/user-store.ts';

/** A store whose one person changes as told, and which counts how often it is asked. */
function changingStore() {
  const state = {
    person: { id: '1', name: 'Alice' } as Profile | undefined,
    down: false,
    asked: 0,
    /** Resolves what is under way; until then questions stay open, where they are held. */
    release: undefined as (() => void) | undefined,
    hold: false,
  };
  const store: UserStore = {
    authenticate: async () => state.person && { ...state.person, username: 'alice' },
    async findById() {
      state.asked += 1;
      const { person } = state;
      if (state.hold) await new Promise<void>((resolve) => Object.assign(state, { release: resolve }));
      if (state.down) throw new Error('down');
      return person;
    },
    async ping() {},
    async close() {},
  };
  const failures: unknown[] = [];
  const onUnavailable = (cause: unknown) => void failures.push(cause);
  const users = withRememberedUsers({
    store,
    seconds: usualTiming.rememberSeconds,
    onUnavailable,
    most: 2,
  });
  return { state, failures, find: (id = '1') => users.findById?.(id), users };
}

/** Only this module's clock is turned; nothing in it waits. */
function turnClock(): (seconds: number) => void {
  // Whole numbers, whose sums are what they seem.
  let now = Math.round(performance.now());
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  return (seconds) => {
    now += seconds * 1000;
  };
}

describe('remembered users', () => {
  it('are asked for once in half a minute, and also then nobody waits', async () => {
    const pass = turnClock();
    const { state, find } = changingStore();
    for (let time = 0; time < 5; time += 1) expect(await find()).toMatchObject({ name: 'Alice' });
    expect(state.asked).toBe(1);
    pass(31);
    state.hold = true;
    expect(await find()).toMatchObject({ name: 'Alice' });
    expect(await find()).toMatchObject({ name: 'Alice' });
    expect(state.asked).toBe(2);
    state.release?.();
  });

  it('are gone within a minute, also where they are asked for seldom', async () => {
    const pass = turnClock();
    const { state, find } = changingStore();
    await find();
    state.person = undefined;
    pass(31);
    await find();
    await expect.poll(() => find()).toBeUndefined();
    state.person = { id: '1' };
    pass(60);
    expect(await find()).toBeDefined();
    state.person = undefined;
    pass(60);
    expect(await find()).toBeUndefined();
  });

  it('hold on to the last known answer while the store is down, with one question in a while', async () => {
    const pass = turnClock();
    const { state, find, failures } = changingStore();
    await find();
    state.down = true;
    pass(61);
    expect(await find()).toMatchObject({ name: 'Alice' });
    expect(await find()).toMatchObject({ name: 'Alice' });
    expect([state.asked, failures.length]).toEqual([2, 1]);
    pass(6);
    // Who asks soon after a failure does not wait for the next.
    state.hold = true;
    expect(await find()).toMatchObject({ name: 'Alice' });
    expect(state.asked).toBe(3);
    state.release?.();
    await expect.poll(() => failures).toHaveLength(2);
    state.hold = false;
    state.down = false;
    state.person = undefined;
    pass(31);
    expect(await find()).toBeUndefined();
  });

  it('remember that somebody is gone while the store is down', async () => {
    const pass = turnClock();
    const { state, find } = changingStore();
    state.person = undefined;
    expect(await find()).toBeUndefined();
    state.down = true;
    pass(61);
    expect(await find()).toBeUndefined();
  });

  it('say that nobody knows where nothing was ever known, at once for a while', async () => {
    const pass = turnClock();
    const { state, find } = changingStore();
    state.down = true;
    await expect(find()).rejects.toThrow('down');
    await expect(find()).rejects.toThrow('down');
    expect(state.asked).toBe(1);
    pass(6);
    await expect(find()).rejects.toThrow('down');
    expect(state.asked).toBe(2);
    state.down = false;
    pass(6);
    expect(await find()).toBeDefined();
  });

  it('know who signs in, also somebody who was gone', async () => {
    const { state, find, users } = changingStore();
    state.person = undefined;
    expect(await find()).toBeUndefined();
    state.person = { id: '1', name: 'Alice' };
    await users.authenticate('alice', 'x');
    expect(await find()).toMatchObject({ name: 'Alice' });
    expect(state.asked).toBe(1);
  });

  it('believe who signs in rather than a question that was asked before', async () => {
    const { state, find, users } = changingStore();
    state.hold = true;
    state.person = undefined;
    const asked = find();
    state.person = { id: '1', name: 'Alice' };
    await users.authenticate('alice', 'x');
    state.release?.();
    await asked;
    expect(await find()).toMatchObject({ name: 'Alice' });
  });

  it('share one question, and forget who was asked for longest ago', async () => {
    const { state, find } = changingStore();
    await Promise.all([find(), find(), find()]);
    expect(state.asked).toBe(1);
    await find('2');
    await find('3');
    await find('3');
    expect(state.asked).toBe(3);
    await find();
    expect(state.asked).toBe(4);
  });
});
