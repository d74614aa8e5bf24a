import { createRequire } from 'node:module';
import type * as flexible from 'rate-limiter-flexible';
import { confirmed, type FailureStore, type Run } from './stores.ts';

const load = createRequire(import.meta.url);

/** One engine of the package. Its index loads all thirty, which costs 25 milliseconds and 7 MB at start. */
export function limiterOf<Name extends keyof typeof flexible>(name: Name): (typeof flexible)[Name] {
  return load(`rate-limiter-flexible/lib/${name}.js`);
}

/** What every engine's limiter is told: it only counts, and what a count means is for the caller to say. */
const counting = { points: Number.MAX_SAFE_INTEGER, duration: 3600, keyPrefix: '' };

/** How long a count may take. A sign-in makes several, and people wait; a link may take longer. */
const timeoutMs = 2000;

/** Failures counted by one of rate-limiter-flexible's engines, with memory to stand in for it; `run` runs each count. */
export function createFailureStore(
  open: (options: Omit<flexible.IRateLimiterStoreOptions, 'storeClient'>) => flexible.RateLimiterAbstract,
  run: Run = confirmed,
): FailureStore {
  const RateLimiterMemory = limiterOf('RateLimiterMemory');
  const RLWrapperTimeouts = limiterOf('RLWrapperTimeouts');
  const engine = open(counting);
  // The engine as it is, but for how these are run.
  const limiter = Object.assign(Object.create(engine) as flexible.RateLimiterAbstract, {
    get: (...parameters: Parameters<typeof engine.get>) => run(() => engine.get(...parameters)),
    penalty: (...parameters: Parameters<typeof engine.penalty>) => run(() => engine.penalty(...parameters)),
    delete: (...parameters: Parameters<typeof engine.delete>) => run(() => engine.delete(...parameters)),
  });
  const insuranceLimiter = new RateLimiterMemory(counting);
  const counter = new RLWrapperTimeouts({ limiter, timeoutMs, insuranceLimiter });

  return {
    async find(key) {
      const found = await counter.get(key);
      return found === null
        ? undefined
        : { count: found.consumedPoints, secondsLeft: Math.ceil(found.msBeforeNext / 1000) };
    },
    async add(key, windowSeconds) {
      await counter.penalty(key, 1, { customDuration: windowSeconds });
    },
    async forget(key) {
      await counter.delete(key);
    },
  };
}
