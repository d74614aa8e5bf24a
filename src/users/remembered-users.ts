import type { Profile, UserStore } from './user-store.ts';

export interface RememberedUsersOptions {
  readonly store: UserStore;
  /** How long an answer holds: that somebody is there, and that somebody is gone. */
  readonly seconds: number;
  /** Told when the store can't answer and the last known answer holds on. */
  readonly onUnavailable: (cause: unknown) => void;
  /** How many people are remembered; those who were asked for longest ago are forgotten first. */
  readonly most?: number;
}

interface Answer {
  /** `undefined` when gone or disabled. */
  readonly profile: Profile | undefined;
  readonly askedAt: number;
}

interface Failure {
  readonly cause: unknown;
  readonly failedAt: number;
}

/** How long after a failure a person is not asked for again, so that not every request waits for it. */
const pauseSeconds = 5;

/**
 * Remembers what a store says of people by their id, so that checking a token does not wait for it, and holds on to what
 * it said last while it can't answer. An answer is asked for anew at half its time, while it still holds. Who signs in
 * is known from then on.
 */
export function withRememberedUsers(options: RememberedUsersOptions): UserStore {
  const { store, seconds, onUnavailable, most = 10_000 } = options;
  const { findById } = store;
  if (findById === undefined) return store;
  const answers = new Map<string, Answer>();
  const failures = new Map<string, Failure>();
  const asking = new Map<string, Promise<Profile | undefined>>();

  function keep<Value>(kept: Map<string, Value>, id: string, value: Value): void {
    kept.delete(id);
    kept.set(id, value);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  }

  async function ask(id: string): Promise<Profile | undefined> {
    const askedAt = performance.now();
    const before = answers.get(id);
    try {
      const profile = await findById?.(id);
      failures.delete(id);
      // Who signed in meanwhile is known better.
      if (answers.get(id) === before) keep(answers, id, { profile, askedAt });
      return profile;
    } catch (cause) {
      keep(failures, id, { cause, failedAt: performance.now() });
      if (before === undefined) throw cause;
      onUnavailable(cause);
      return before.profile;
    } finally {
      asking.delete(id);
    }
  }

  /** Requests that arrive together share one question. */
  function askOnce(id: string): Promise<Profile | undefined> {
    const under = asking.get(id) ?? ask(id);
    asking.set(id, under);
    return under;
  }

  return {
    ...store,
    async authenticate(username, password) {
      const askedAt = performance.now();
      const user = await store.authenticate(username, password);
      if (user !== undefined) keep(answers, user.id, { profile: user, askedAt });
      return user;
    },

    async findById(id) {
      const secondsSince = (instant = Number.NEGATIVE_INFINITY) => (performance.now() - instant) / 1000;
      const known = answers.get(id);
      const failure = failures.get(id);
      const pausing = secondsSince(failure?.failedAt) < pauseSeconds;
      if (known === undefined) {
        if (failure !== undefined && pausing) throw failure.cause;
        return askOnce(id);
      }
      const age = secondsSince(known.askedAt);
      // Whoever asks soon after a failure need not wait for the next one.
      const holds = age < seconds || secondsSince(failure?.failedAt) < seconds / 2;
      if (!holds) return askOnce(id);
      if (age >= seconds / 2 && !pausing) askOnce(id);
      return known.profile;
    },
  };
}
