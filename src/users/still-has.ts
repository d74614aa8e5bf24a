import { setTimeout } from 'node:timers/promises';
import type { UserStore } from './user-store.ts';

/** Alexa gives up on `/token` after 4.5 seconds, and other things take their time too. */
const patienceMs = 1500;

/**
 * Whether a store still knows somebody, by id, soon said: where it can't tell, or not soon, they are there, since who
 * can't be asked for must not be unlinked. `onUnavailable` is told when it could not answer.
 */
export function createStillHas(
  store: UserStore,
  onUnavailable: (cause: unknown) => void,
): (id: string) => Promise<boolean> {
  async function ask(id: string): Promise<boolean> {
    try {
      return (await store.findById?.(id)) !== undefined;
    } catch (cause) {
      onUnavailable(cause);
      return true;
    }
  }

  return async (id) => {
    if (store.findById === undefined) return true;
    const done = new AbortController();
    const overdue = setTimeout(patienceMs, true, { signal: done.signal }).catch(() => true);
    try {
      return await Promise.race([ask(id), overdue]);
    } finally {
      done.abort();
    }
  };
}
