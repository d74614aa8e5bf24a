import { LRUCache } from 'lru-cache';
import { sleep } from '../clock.ts';
import type { Report } from '../telemetry/events.ts';
import type { Lookup, UserStore, Users } from './user-store.ts';

/** How long an answer is kept: that a user is there, and that one is gone. Some stores look at a file a little late. */
const keptMs = 55_000;

/** Users whose answers are kept; those that were asked for longest ago are dropped first. */
const mostKept = 10_000;

/** For how long the store is not asked for a user again after it could not answer, so that not every request waits for it. */
const pauseMs = 5000;

const unknown: Lookup = { isGone: false };

/**
 * Decides whether the user store still has a user, for introspection, `/userinfo`, refreshes and `/links` alike. Requests that
 * come together share one question. What is kept is the user as the store has it.
 */
export function createKnownUsers({ authenticate, findById, ping, close }: UserStore, report: Report): Users {
  if (findById === undefined) return { authenticate, ping, close, find: async () => unknown };

  const answers = new LRUCache<string, Lookup>({
    max: mostKept,
    ttl: keptMs,
    // Who asked before a sign-in gets the answer, though what the sign-in said is kept.
    ignoreFetchAbort: true,
    async fetchMethod(id, last, { options }) {
      try {
        const profile = await findById(id);
        return { isGone: profile === undefined, profile };
      } catch (err) {
        report('users.unavailable', { err });
        options.ttl = pauseMs;
        return last ?? unknown;
      }
    },
  });

  async function find(id: string, timeoutMs?: number, forceRefresh = false): Promise<Lookup> {
    const asking = answers.fetch(id, { forceRefresh });
    if (timeoutMs === undefined) return (await asking) ?? unknown;
    const last = answers.peek(id, { allowStale: true });
    const answered = new AbortController();
    const overdue = sleep(timeoutMs, answered.signal).then(() => last);
    try {
      return (await Promise.race([asking, overdue])) ?? unknown;
    } finally {
      answered.abort();
    }
  }

  return {
    ping,
    close,
    find,
    async authenticate(username, password) {
      const user = await authenticate(username, password);
      if ('refused' in user) return user;
      // The lookup by id may know more, like the name; whatever it says, who has just signed in is there.
      const known = await find(user.id, longestLookupMs, true);
      const profile = known.profile ?? user;
      answers.set(user.id, { isGone: false, profile });
      return { ...user, username: profile.username ?? user.username };
    },
  };
}

/** A user waits for the page. */
const longestLookupMs = 1500;
