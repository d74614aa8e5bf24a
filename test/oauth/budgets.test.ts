import { describe, expect, it } from 'vitest';
import { createBudgets, networksOf } from '../../src/oauth/budgets.ts';
import { createMemoryAttempts } from '../../src/storage/memory-attempts.ts';
import type { AttemptStore } from '../../src/storage/stores.ts';
import { stopClock } from '../support/clock.ts';

/** Budgets that begin to be used as an hour begins. */
function open(store: AttemptStore = createMemoryAttempts()) {
  const clock = stopClock();
  let asked = 0;
  const counting: AttemptStore = {
    add(counters, by) {
      asked += 1;
      return store.add(counters, by);
    },
  };
  const budgets = createBudgets(counting);
  const take = async (username: string, address: string) => {
    const usedUp = budgets.findUsedUp(username, address);
    return usedUp ?? (await budgets.takeFailure(username, address));
  };
  return {
    clock,
    budgets,
    take,
    asked: () => asked,
    /** How many of so many attempts may be judged; all of them fail. */
    async fail(times: number, username: string, address: string): Promise<number> {
      let judged = 0;
      for (let time = 0; time < times; time += 1)
        if ('giveBack' in (await take(username, address))) judged += 1;
      return judged;
    },
    /** Whether somebody with the right password gets in. */
    async signIn(username: string, address: string): Promise<boolean> {
      const taken = await take(username, address);
      if (!('giveBack' in taken)) return false;
      await taken.giveBack();
      return true;
    },
  };
}

describe('the budgets of failed sign-ins', () => {
  it('are ten in a quarter of an hour for a name with a network, and say when they are full again', async () => {
    const { clock, fail, signIn, take } = open();
    clock.now += 60;
    expect(await fail(15, 'alice', '192.0.2.1')).toBe(10);
    expect(await signIn('alice', '192.0.2.1')).toBe(false);
    expect(await take('alice', '192.0.2.1')).toEqual({ budget: 'name_and_network', retryAfterSeconds: 840 });
    clock.now += 840;
    expect(await signIn('alice', '192.0.2.1')).toBe(true);
  });

  it('leave the user alone who signs in from elsewhere, and others at the same network', async () => {
    const { fail, signIn } = open();
    await fail(15, 'alice', '192.0.2.1');
    expect(await signIn('alice', '192.0.2.2')).toBe(true);
    expect(await signIn('bob', '192.0.2.1')).toBe(true);
  });

  it('are a hundred an hour for a network; a name without failures then still gets in, until there are 200', async () => {
    const { clock, fail, signIn, take } = open();
    for (let name = 0; name < 20; name += 1) expect(await fail(5, `user${name}`, '192.0.2.1')).toBe(5);
    expect(await fail(1, 'user3', '192.0.2.1')).toBe(0);
    expect(await take('user3', '192.0.2.1')).toMatchObject({ budget: 'network' });
    expect(await signIn('alice', '192.0.2.1')).toBe(true);
    for (let name = 20; name < 120; name += 1) expect(await fail(1, `user${name}`, '192.0.2.1')).toBe(1);
    expect(await fail(1, 'bob', '192.0.2.1')).toBe(0);
    expect(await signIn('alice', '192.0.2.1')).toBe(false);
    expect(await signIn('alice', '192.0.2.2')).toBe(true);
    clock.now += 3600;
    expect(await signIn('alice', '192.0.2.1')).toBe(true);
  });

  it('are three for each network at a name with 30 failures, so that its user gets in', async () => {
    const { fail, signIn } = open();
    for (let address = 1; address <= 3; address += 1) await fail(10, 'alice', `198.51.100.${address}`);
    expect(await fail(10, 'alice', '198.51.100.4')).toBe(3);
    expect(await fail(10, 'bob', '198.51.100.4')).toBe(10);
    // Alice mistypes twice.
    expect(await fail(2, 'alice', '192.0.2.1')).toBe(2);
    expect(await signIn('alice', '192.0.2.1')).toBe(true);
  });

  it('are twice as large for a /56, and four times for a /48, of many /64 in them', async () => {
    const within56 = open();
    let judged = 0;
    for (let network = 0; network < 40; network += 1)
      judged += await within56.fail(3, 'alice', `2001:db8:0:${network.toString(16)}::1`);
    expect(judged).toBe(20);
    const within48 = open();
    judged = 0;
    for (let network = 0; network < 120; network += 1)
      judged += await within48.fail(3, 'alice', `2001:db8:0:${(network * 256).toString(16)}::1`);
    // Not forty: the name has thirty, and then a /48 has twelve.
    expect(judged).toBe(30);
    const names = open();
    judged = 0;
    for (let network = 0; network < 600; network += 1)
      judged += await names.fail(3, `user${network % 200}`, `2001:db8:0:${(network * 100).toString(16)}::1`);
    expect(judged).toBeLessThanOrEqual(800);
    expect(await names.signIn('alice', '2001:db8:1::1')).toBe(true);
  });

  it('judge about a hundred guesses an hour at one name from one /48', async () => {
    const { clock, fail } = open();
    let judged = 0;
    for (let second = 0; second < 3600; second += 10) {
      judged += await fail(1, 'alice', `2001:db8:0:${((second * 7) % 65_536).toString(16)}::1`);
      clock.now += 10;
    }
    expect(judged).toBeGreaterThan(30);
    expect(judged).toBeLessThan(100);
  });

  it('get back what an attempt took, and no more', async () => {
    const { fail, signIn } = open();
    expect(await fail(9, 'alice', '192.0.2.1')).toBe(9);
    for (let time = 0; time < 5; time += 1) expect(await signIn('alice', '192.0.2.1')).toBe(true);
    // Whoever guesses does not get nine more by signing in to an account of their own.
    expect(await fail(9, 'alice', '192.0.2.1')).toBe(1);
  });

  it('let no more be judged of many that come at once', async () => {
    const { take } = open();
    const taken = await Promise.all(Array.from({ length: 500 }, () => take('alice', '192.0.2.1')));
    expect(taken.filter((each) => 'giveBack' in each)).toHaveLength(10);
  });

  it('let in whoever has a right password twice at once, though one of both is one too many', async () => {
    const { fail, take, signIn } = open();
    await fail(9, 'alice', '192.0.2.1');
    const [first, second] = await Promise.all([take('alice', '192.0.2.1'), take('alice', '192.0.2.1')]);
    if (!('giveBack' in first)) throw new Error('both are refused');
    expect(second).toMatchObject({ budget: 'name_and_network' });
    await first.giveBack();
    expect(await signIn('alice', '192.0.2.1')).toBe(true);
  });

  it('of a network that is used up leave out a name that has failed once', async () => {
    const { fail, signIn } = open();
    for (let name = 0; name < 20; name += 1) await fail(5, `user${name}`, '192.0.2.1');
    await fail(1, 'alice', '198.51.100.1');
    expect(await signIn('alice', '192.0.2.1')).toBe(false);
    expect(await signIn('bob', '192.0.2.1')).toBe(true);
  });

  it('are known to be used up without asking the storage', async () => {
    const { fail, asked, clock, signIn } = open();
    await fail(12, 'alice', '192.0.2.1');
    const before = asked();
    expect(await fail(1000, 'alice', '192.0.2.1')).toBe(0);
    expect(asked()).toBe(before);
    for (let name = 0; name < 200; name += 1) await fail(1, `user${name}`, '192.0.2.2');
    await fail(1, 'one-more', '192.0.2.2');
    const used = asked();
    for (let name = 0; name < 1000; name += 1) await fail(1, `another${name}`, '192.0.2.2');
    expect(asked()).toBe(used);
    clock.now += 3600;
    expect(await signIn('alice', '192.0.2.1')).toBe(true);
  });

  it.each(['ALICE', ' alice', 'ａｌｉｃｅ', 'Alice\u00a0'])(
    'take %j for the name that it is',
    async (spelling) => {
      const { fail } = open();
      await fail(10, 'alice', '192.0.2.1');
      expect(await fail(1, spelling, '192.0.2.1')).toBe(0);
    },
  );

  it('are under digests: nothing that was typed is in the storage', async () => {
    const keys: string[] = [];
    const memory = createMemoryAttempts();
    const { fail } = open({
      add(counters, by) {
        keys.push(...counters.map(({ key }) => key));
        return memory.add(counters, by);
      },
    });
    await fail(1, 'wonderland', '2001:db8::1');
    expect(keys).toHaveLength(7);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
  });
});

describe('the budget of links', () => {
  it('is thirty an hour for a subject and a client', async () => {
    const { budgets, clock, asked } = open();
    const make = async (subject: string, clientId: string) =>
      'giveBack' in (await budgets.takeLink(subject, clientId));
    for (let time = 0; time < 30; time += 1) expect(await make('1', 'cloud-lights')).toBe(true);
    expect(await budgets.takeLink('1', 'cloud-lights')).toEqual({
      budget: 'subject_and_client',
      retryAfterSeconds: 3600,
    });
    const before = asked();
    for (let time = 0; time < 100; time += 1) expect(await make('1', 'cloud-lights')).toBe(false);
    expect(asked()).toBe(before);
    expect(await make('1', 'other-skill')).toBe(true);
    expect(await make('2', 'cloud-lights')).toBe(true);
    clock.now += 3600;
    expect(await make('1', 'cloud-lights')).toBe(true);
  });
});

describe('the networks of an address', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.1']],
    ['::ffff:192.0.2.1', ['192.0.2.1']],
    ['192.0.2.1:4711', ['192.0.2.1']],
    ['unknown7', ['unknown']],
    [undefined, ['unknown']],
  ])('of %s are %j', (address, networks) => {
    expect(networksOf(address)).toEqual(networks);
  });

  it('of IPv6 are a /64, a /56 and a /48, with or without a port', () => {
    const [narrow, wide, widest] = networksOf('2001:db8:1:203::1');
    expect(networksOf('[2001:db8:1:203:ffff::2]:4711')).toEqual([narrow, wide, widest]);
    expect(networksOf('2001:db8:1:2ff::1').slice(1)).toEqual([wide, widest]);
    expect(networksOf('2001:db8:1:9999::1').slice(2)).toEqual([widest]);
    expect(networksOf('2001:db8:2:203::1')).not.toContain(widest);
    expect(new Set([narrow, wide, widest]).size).toBe(3);
  });
});
