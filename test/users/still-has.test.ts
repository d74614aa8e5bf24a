import { describe, expect, it } from 'vitest';
import { createStillHas } from '../../src/users/still-has.ts';
import type { UserStore } from '../../src/users/user-store.ts';

/** Whether somebody is there, by a store that finds people as given, and what it told of failures. */
async function ask(findById: UserStore['findById']): Promise<{ there: boolean; failures: unknown[] }> {
  const failures: unknown[] = [];
  const store = {
    authenticate: async () => undefined,
    ping: async () => {},
    close: async () => {},
    ...(findById !== undefined && { findById }),
  };
  const there = await createStillHas(store, (cause) => failures.push(cause))('alice');
  return { there, failures };
}

describe('whether a person is still there', () => {
  it('is what the store says', async () => {
    expect(await ask(async (id) => ({ id }))).toEqual({ there: true, failures: [] });
    expect(await ask(async () => undefined)).toEqual({ there: false, failures: [] });
  });

  it('is taken for granted where the store can’t tell', async () => {
    expect(await ask(undefined)).toEqual({ there: true, failures: [] });
    const down = new Error('down');
    expect(await ask(() => Promise.reject(down))).toEqual({ there: true, failures: [down] });
  });

  it('is taken for granted where it takes too long for Alexa', async () => {
    const startedAt = performance.now();
    expect(await ask(() => new Promise(() => {}))).toEqual({ there: true, failures: [] });
    expect(performance.now() - startedAt).toBeLessThan(4500);
  });
});
