import { setTimeout } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Lookup, UserStore, Users } from './user-store.ts';

export interface KnownUsersOptions {
  readonly store: UserStore;
  /** How long an answer is kept: that a user is there, and that one is gone. */
  readonly seconds: number;
  /** Called when the store can't answer; what it answered last is then used on. */
  readonly onUnavailable: (cause: unknown) => void;
}

/** Users whose answers are kept; those that were asked for longest ago are dropped first. */
const mostKept = 10_000;

/** For how long the store is not asked for a user again after it could not answer, so that not every request waits for it. */
const pauseMs = 5000;

const unknown: Lookup = { isGone: false };

/**
 * Decides whether the user store still has a user, for introspection, `/userinfo`, refreshes and `/links` alike. Requests that
 * come together share one question. What is kept is the user as the store has it.
 */
export function createKnownUsers({ store, seconds, onUnavailable }: KnownUsersOptions): Users {
  const { authenticate, findById, ping, close } = store;
  if (findById === undefined) return { authenticate, ping, close, find: async () => unknown };

  const answers = new LRUCache<string, Lookup>({
    max: mostKept,
    ttl: seconds * 1000,
    // Who asked before a sign-in gets the answer, though what the sign-in said is kept.
    ignoreFetchAbort: true,
    async fetchMethod(id, last, { options }) {
      try {
        const profile = await findById(id);
        return { isGone: profile === undefined, profile };
      } catch (cause) {
        onUnavailable(cause);
        options.ttl = pauseMs;
        return last ?? unknown;
      }
    },
  });

  async function find(id: string, patienceMs?: number, forceRefresh = false): Promise<Lookup> {
    const asking = answers.fetch(id, { forceRefresh });
    if (patienceMs === undefined) return (await asking) ?? unknown;
    const last = answers.peek(id, { allowStale: true });
    return (await Promise.race([asking, setTimeout(patienceMs, last, { ref: false })])) ?? unknown;
  }

  return {
    ping,
    close,
    find,
    async authenticate(username, password) {
      const user = await authenticate(username, password);
      if ('refused' in user) return user;
      // The lookup by id may know more, like the name; whatever it says, who has just signed in is there.
      const { profile = user } = await find(user.id, longestLookupMs, true);
      answers.set(user.id, { isGone: false, profile });
      return { ...user, username: profile.username ?? user.username };
    },
  };
}

/** A user waits for the page. */
const longestLookupMs = 1500;
