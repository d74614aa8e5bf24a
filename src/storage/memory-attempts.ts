import { LRUCache } from 'lru-cache';
import type { AttemptStore } from './stores.ts';

/** Under so many keys this process counts; the oldest are dropped first. */
const mostKeys = 50_000;

/** A user waits for a count. */
const longestMs = 2000;

/** For how long the engine is not asked again after it could not count. */
const pauseMs = 5000;

/**
 * Counts in the engine, and in this process's memory while the engine can't answer within 2 seconds. Never rejects;
 * `onFailure` is called with the reason, every 5 seconds at most.
 */
export function withMemory(store: AttemptStore, onFailure: (cause: unknown) => void): AttemptStore {
  const memory = createMemoryAttempts();
  let askAgainAt = 0;
  return {
    async add(counters, by) {
      if (performance.now() < askAgainAt) return memory.add(counters, by);
      try {
        return await inTime(store.add(counters, by));
      } catch (cause) {
        if (performance.now() >= askAgainAt) onFailure(cause);
        askAgainAt = performance.now() + pauseMs;
        return memory.add(counters, by);
      }
    },
  };
}

async function inTime<Result>(counting: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const overdue = () => reject(new Error(`the storage did not count within ${longestMs / 1000} seconds`));
  const timer = setTimeout(overdue, longestMs);
  try {
    return await Promise.race([counting, promise]);
  } finally {
    clearTimeout(timer);
  }
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
