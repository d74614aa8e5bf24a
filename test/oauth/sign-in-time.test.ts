import { describe, expect, it } from 'vitest';
import { createFairQueue } from '../../src/crypto/fair-queue.ts';
import { createBudgets } from '../../src/oauth/budgets.ts';
import { signIn } from '../../src/oauth/sign-in.ts';
import { createMemoryAttempts } from '../../src/storage/memory-attempts.ts';
import type { Users } from '../../src/users/user-store.ts';
import { inTurn, median, toldApart } from '../support/timing.ts';

/** Takes its time over whom it knows, and none over anybody else. */
const uneven: Users = {
  async authenticate(username) {
    if (username !== 'alice') return { refused: 'unknown_user' };
    const until = performance.now() + 5;
    while (performance.now() < until) await new Promise(setImmediate);
    return { refused: 'wrong_password' };
  },
  find: async () => ({ isGone: false }),
  ping: async () => {},
  close: async () => {},
};

/** Attempts that fail, each from another address. */
function guessing(username: string, refusalSeconds: number) {
  const budgets = createBudgets(createMemoryAttempts(), () => 1_800_000_000);
  const context = { users: uneven, budgets, queue: createFairQueue(3), refusalSeconds };
  const { signal } = new AbortController();
  return (round: number) => signIn(context, { username, password: 'x', address: `10.0.0.${round}`, signal });
}

describe('a sign-in that is refused', () => {
  it('tells nothing by its time, also with a store that would', async () => {
    expect(toldApart(...(await inTurn(40, guessing('alice', 0), guessing('nobody', 0))))).toBe(true);
    const [known, unknown] = await inTurn(40, guessing('alice', 0.03), guessing('nobody', 0.03));
    // Timers are as good as a millisecond.
    const apart = Math.abs(median(known) - median(unknown)) > 1;
    expect(apart && toldApart(known, unknown), `${known} / ${unknown}`).toBe(false);
  });
});
