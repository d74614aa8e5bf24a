import { describe, expect, it } from 'vitest';
import { withSlowRefusals } from '../../src/users/slow-refusals.ts';
import type { UserStore } from '../../src/users/user-store.ts';
import { inTurn, median, toldApart } from '../support/timing.ts';

/** Takes its time over whom it knows, and none over anybody else. */
const uneven: UserStore = {
  async authenticate(username, password) {
    if (username !== 'alice') return undefined;
    const until = performance.now() + 5;
    while (performance.now() < until) await new Promise(setImmediate);
    return password === 'wonderland' ? { id: '1', username } : undefined;
  },
  async ping() {},
  async close() {},
};

describe('slow refusals', () => {
  it('take their time, whoever is refused', async () => {
    const store = withSlowRefusals(uneven, 0.5);
    const startedAt = performance.now();
    expect(await Promise.all(['alice', 'nobody'].map((name) => store.authenticate(name, 'x')))).toEqual([
      undefined,
      undefined,
    ]);
    expect(performance.now() - startedAt).toBeGreaterThan(490);
  });

  it('tell nothing by their time, also of a store that would', async () => {
    const store = withSlowRefusals(uneven, 0.03);
    const attempts = [
      () => uneven.authenticate('alice', 'x'),
      () => uneven.authenticate('nobody', 'x'),
    ] as const;
    expect(toldApart(...(await inTurn(40, ...attempts)))).toBe(true);
    const slow = [() => store.authenticate('alice', 'x'), () => store.authenticate('nobody', 'x')] as const;
    const [known, unknown] = await inTurn(40, ...slow);
    // Timers are as good as a millisecond.
    const apart = Math.abs(median(known) - median(unknown)) > 1;
    expect(apart && toldApart(known, unknown), `${known} / ${unknown}`).toBe(false);
  });

  it('let people in at once, and reject at once', async () => {
    const store = withSlowRefusals({ ...uneven, ...broken() }, 30);
    const startedAt = performance.now();
    expect(await withSlowRefusals(uneven, 30).authenticate('alice', 'wonderland')).toBeDefined();
    await expect(store.authenticate('alice', 'x')).rejects.toThrow('down');
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

function broken(): Pick<UserStore, 'authenticate'> {
  return { authenticate: () => Promise.reject(new Error('down')) };
}
