import { LRUCache } from 'lru-cache';
import { withDeadline } from '../clock.ts';
import type { Report } from '../telemetry/events.ts';
import type { AttemptStore } from './stores.ts';

/** Under so many keys this process counts; the oldest are dropped first. */
const mostKeys = 50_000;

/** A user waits for a count. */
const longestMs = 2000;

/** For how long the engine is not asked again after it could not count. */
const pauseMs = 5000;

/**
 * Counts in the engine, and in this process's memory while the engine can't answer within 2 seconds. Never rejects.
 */
export function withMemory(store: AttemptStore, report: Report): AttemptStore {
  const memory = createMemoryAttempts();
  let askAgainAt = 0;
  return {
    async add(counters, by) {
      if (performance.now() < askAgainAt) return memory.add(counters, by);
      try {
        return await withDeadline(
          store.add(counters, by),
          longestMs,
          () => new Error('the storage did not count in time'),
        );
      } catch (err) {
        if (performance.now() >= askAgainAt) report('storage.unavailable', { err });
        askAgainAt = performance.now() + pauseMs;
        return memory.add(counters, by);
      }
    },
  };
}

/** Counts of this process alone. */
export function createMemoryAttempts(): AttemptStore {
  const counts = new LRUCache<string, number>({ max: mostKeys });
  return {
    async add(counters, by) {
      return counters.map(({ key }) => {
        // What the engine counted may be given back here.
        const count = Math.max(0, (counts.get(key) ?? 0) + by);
        counts.set(key, count);
        return count;
      });
    },
  };
}
