import { describe, expect, it } from 'vitest';
import { signIn } from '../../src/oauth/sign-in.ts';
import type { Users } from '../../src/users/user-store.ts';
import { openContext, users } from '../support/context.ts';
import { inTurn, median, toldApart } from '../support/timing.ts';

/** Takes its time over whom it knows, and none over anybody else. */
const uneven: Users = {
  ...users,
  async authenticate(username) {
    if (username !== 'alice') return { refused: 'unknown_user' };
    const until = performance.now() + 5;
    while (performance.now() < until) await new Promise(setImmediate);
    return { refused: 'wrong_password' };
  },
};

describe('a sign-in that is refused', () => {
  it('tells nothing by its time, also with a store that would', async () => {
    const { context } = await openContext({ users: uneven });
    const ask = (username: string) => () => uneven.authenticate(username, 'x');
    expect(toldApart(...(await inTurn(40, ask('alice'), ask('nobody'))))).toBe(true);
    const { signal } = new AbortController();
    const [known, unknown]: [number[], number[]] = [[], []];
    /** An attempt that fails. */
    const guess = async (username: string, address: string, spent: number[]) => {
      const startedAt = performance.now();
      await signIn(context, { username, password: 'x', address, signal });
      spent.push(performance.now() - startedAt);
    };
    for (let round = 0; round < 12; round += 1)
      await Promise.all([
        guess('alice', `10.0.0.${round}`, known),
        guess('nobody', `10.0.1.${round}`, unknown),
      ]);
    // Timers are as good as a millisecond.
    const apart = Math.abs(median(known) - median(unknown)) > 1;
    expect(apart && toldApart(known, unknown), `${known} / ${unknown}`).toBe(false);
  });
});
