import { expect, it } from 'vitest';
import { isUnreachable, type UserStore } from '../../src/users/user-store.ts';
import { type FlakyProxy, modes } from '../support/flaky-proxy.ts';

/** A store that has worked already, and the network between it and what it asks. */
interface BehindNetwork {
  readonly proxy: FlakyProxy;
  readonly store: UserStore;
}

/**
 * What every store must do that asks somebody over a network. alice's password is wonderland. `pingAsks` is false where a ping connects
 * and asks nothing.
 */
export function itOutlivesFaults(create: () => Promise<BehindNetwork>, pingAsks = true): void {
  it('rejects in time whatever the network does, and works again by itself', async () => {
    await Promise.all(
      modes.map(async (mode) => {
        const { proxy, store } = await create();
        await proxy.become(mode);
        const startedAt = performance.now();
        const asking: Promise<unknown>[] = [store.authenticate('alice', 'wonderland')];
        if (pingAsks || mode === 'refusing') asking.push(store.ping());
        if (store.findById !== undefined) asking.push(store.findById('1'));
        for (const answer of await Promise.allSettled(asking)) {
          expect(answer.status, mode).toBe('rejected');
          // Nobody is to be locked out by an outage.
          const { reason } = answer as PromiseRejectedResult;
          if (mode !== 'babbling') expect(isUnreachable(reason), `${mode}: ${reason}`).toBe(true);
        }
        // One time-out of five seconds, and not one after the other.
        expect(performance.now() - startedAt, mode).toBeLessThan(9500);
        await proxy.become('working');
        expect(await store.authenticate('alice', 'wonderland'), mode).toHaveProperty('id');
        await store.close();
      }),
    );
  });

  it('has ten connections at most, and gives up those that fell silent', async () => {
    const { proxy, store } = await create();
    const many = () =>
      Promise.allSettled(Array.from({ length: 40 }, () => store.authenticate('alice', 'wonderland')));
    for (const { status } of await many()) expect(status).toBe('fulfilled');
    expect(proxy.most()).toBeGreaterThan(1);
    // The other side may learn of one that was closed after the next has come.
    expect(proxy.most()).toBeLessThanOrEqual(20);
    await proxy.become('silent');
    const startedAt = performance.now();
    for (const { status } of await many()) expect(status).toBe('rejected');
    expect(performance.now() - startedAt).toBeLessThan(9500);
    await proxy.become('working');
    for (const { status } of await many()) expect(status).toBe('fulfilled');
    await store.close();
  });
}
