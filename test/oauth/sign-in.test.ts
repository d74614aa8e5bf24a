import { beforeEach, describe, expect, it } from 'vitest';
import { createBudgets } from '../../src/oauth/budgets.ts';
import { type SignInAttempt, signIn } from '../../src/oauth/sign-in.ts';
import { createMemoryAttempts } from '../../src/storage/memory-attempts.ts';
import type { AttemptStore } from '../../src/storage/stores.ts';
import { UnreachableError, type Users } from '../../src/users/user-store.ts';
import { skipWaits, stopClock } from '../support/clock.ts';
import { users as nobody, openContext } from '../support/context.ts';

const right = { username: 'alice', password: 'wonderland' };

async function open(authenticate: Users['authenticate'], attempts: AttemptStore = createMemoryAttempts()) {
  let asked = 0;
  const users: Users = {
    ...nobody,
    authenticate(username, password) {
      asked += 1;
      return authenticate(username, password);
    },
  };
  const { context } = await openContext({ users, budgets: createBudgets(attempts) });
  return {
    asked: () => asked,
    attempt: (changes: Partial<SignInAttempt> = {}) =>
      signIn(context, { ...right, address: '192.0.2.1', signal: new AbortController().signal, ...changes }),
  };
}

const alice: Users['authenticate'] = async (username, password) => {
  if (username !== 'alice') return { refused: 'unknown_user' };
  return password === 'wonderland' ? { id: '1' } : { refused: 'wrong_password' };
};

const limited = { outcome: 'limited', budget: 'name_and_network', retryAfterSeconds: expect.any(Number) };

describe('a sign-in', () => {
  beforeEach(() => skipWaits());

  it('says who it is, or why not', async () => {
    const { attempt } = await open(alice);
    expect(await attempt()).toEqual({ outcome: 'signed-in', user: { id: '1', username: 'alice' } });
    expect(await attempt({ password: 'x' })).toEqual({ outcome: 'refused', cause: 'wrong_password' });
    expect(await attempt({ username: 'bob' })).toEqual({ outcome: 'refused', cause: 'unknown_user' });
  });

  it.each([
    ['empty', { password: '' }],
    ['empty', { username: '' }],
    ['empty', { username: ' \u00a0 ' }],
    ['too_long', { username: 'x'.repeat(257) }],
    ['too_long', { username: `a${'\u0345\u0315\u0301\u0316'.repeat(2000)}` }],
    ['too_long', { password: 'x'.repeat(1025) }],
    ['too_long', { password: 'ü'.repeat(513) }],
    ['has_nul', { username: 'al\0ice' }],
    ['has_nul', { password: 'wonder\0land' }],
  ])('refuses what is nobody’s (%s), asks nobody and counts nothing', async (cause, changes) => {
    const { attempt, asked } = await open(alice);
    for (let time = 0; time < 250; time += 1)
      expect(await attempt(changes)).toEqual({ outcome: 'refused', cause });
    expect(asked()).toBe(0);
    expect(await attempt()).toMatchObject({ outcome: 'signed-in' });
  });

  it('takes the longest name and the longest password that there may be', async () => {
    const { attempt, asked } = await open(alice);
    await attempt({ username: '\u{1F600}'.repeat(256), password: 'ü'.repeat(512) });
    expect(asked()).toBe(1);
  });

  it('counts an error that was answered like a wrong password, since it may tell one from the other', async () => {
    const { attempt, asked } = await open(() => Promise.reject(new Error('the endpoint answered 429')));
    for (let time = 0; time < 10; time += 1)
      expect(await attempt()).toMatchObject({ outcome: 'unavailable', part: 'users' });
    expect(await attempt()).toEqual(limited);
    expect(asked()).toBe(10);
  });

  it.each([
    new UnreachableError('no answer within 5 seconds'),
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    new Error('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
  ])('counts nothing while users can’t be reached (%s)', async (error) => {
    const { attempt } = await open(() => Promise.reject(error));
    for (let time = 0; time < 300; time += 1)
      expect(await attempt()).toMatchObject({ outcome: 'unavailable', part: 'users', cause: error });
  });

  it('that is limited costs nothing: neither the users nor the storage are asked', async () => {
    const memory = createMemoryAttempts();
    let counted = 0;
    const { attempt, asked } = await open(alice, {
      add(counters, by) {
        counted += 1;
        return memory.add(counters, by);
      },
    });
    for (let time = 0; time < 11; time += 1) await attempt({ password: 'x' });
    const before = counted;
    for (let time = 0; time < 100; time += 1) expect(await attempt()).toEqual(limited);
    expect([counted, asked()]).toEqual([before, 10]);
  });

  it('has one turn for all networks of an IPv6 /48', async () => {
    const release = Promise.withResolvers<void>();
    const { attempt } = await open(async () => {
      await release.promise;
      return { id: '1' };
    });
    const attempts = Array.from({ length: 40 }, (_, network) =>
      attempt({ address: `2001:db8:0:${network.toString(16)}::1`, username: `user${network}` }),
    );
    const elsewhere = attempt({ address: '2001:db8:1::1' });
    release.resolve();
    const outcomes = (await Promise.all(attempts)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'turned-away')).toHaveLength(20);
    expect(await elsewhere).toMatchObject({ outcome: 'signed-in' });
  });

  it('ends where nobody waits for it any more, and counts nothing', async () => {
    const { attempt, asked } = await open(alice);
    const gone = new AbortController();
    gone.abort();
    for (let time = 0; time < 20; time += 1)
      expect(await attempt({ signal: gone.signal })).toEqual({ outcome: 'turned-away', turnedAway: 'gone' });
    expect(asked()).toBe(0);
    expect(await attempt()).toMatchObject({ outcome: 'signed-in' });
  });
});

describe('a sign-in that is refused', () => {
  it('takes a second from its turn, and lets others have theirs meanwhile', async () => {
    const clock = stopClock(1_800_000_000, { timers: true });
    const { attempt, asked } = await open(alice);
    const names = Array.from({ length: 20 }, (_, index) => `user${index}`);
    const outcomes: string[] = [];
    const refused = names.map(async (username) => {
      outcomes.push((await attempt({ username })).outcome);
    });
    expect(await attempt({ address: '192.0.2.2' })).toMatchObject({ outcome: 'signed-in' });
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(asked()).toBe(21);
    await clock.pass(0.999);
    expect(outcomes).toEqual([]);
    await clock.pass(0.001);
    await Promise.all(refused);
    expect(outcomes).toEqual(names.map(() => 'refused'));
  });
});
