import { describe, expect, it, vi } from 'vitest';
import { createMemoryAttempts, withMemory } from '../../src/storage/memory-attempts.ts';
import type { AttemptStore } from '../../src/storage/stores.ts';
import { describeAttemptStore } from './attempt-store-conformance.ts';

describeAttemptStore('memory', async () => {
  const store = createMemoryAttempts();
  return [store, store];
});

describeAttemptStore('an engine that can’t be reached, with memory', async () => {
  const store = withMemory({ add: () => Promise.reject(new Error('down')) }, () => {});
  return [store, store];
});

const counters = [{ key: 'a', endsAt: 2_000_000_000 }];

describe('counts of an engine, with memory', () => {
  it('are the engine’s as long as it answers', async () => {
    const engine = createMemoryAttempts();
    const store = withMemory(engine, () => {});
    expect(await store.add(counters, 1)).toEqual([1]);
    expect(await engine.add(counters, 1)).toEqual([2]);
  });

  it('are those of memory two seconds after an engine fell silent, and nobody asks it for the next five', async () => {
    let asked = 0;
    const silent: AttemptStore = {
      add: () => {
        asked += 1;
        return new Promise(() => {});
      },
    };
    const failures: unknown[] = [];
    const store = withMemory(silent, (_event, fields) => void failures.push(fields?.['err']));
    const startedAt = performance.now();
    const counts = await Promise.all(Array.from({ length: 20 }, () => store.add(counters, 1)));
    expect(counts.flat()).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(performance.now() - startedAt).toBeLessThan(4000);
    for (let time = 0; time < 100; time += 1) await store.add(counters, 1);
    expect([asked, failures.length]).toEqual([20, 1]);
    expect(String(failures[0])).toContain('did not count in time');
    const later = performance.now() + 5000;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    store.add(counters, 1);
    expect(asked).toBe(21);
    vi.restoreAllMocks();
  });
});
