import { setTimeout } from 'node:timers/promises';
import type { UserStore } from './user-store.ts';

/** Alexa gives up on `/token` after 4.5 seconds, and other things take their time too. */
const patienceMs = 1500;

/**
 * Whether a store still has somebody, by id, within 1.5 seconds: true also where it can't tell, or not so soon, or nobody
 * could renew their tokens while it is down. `onUnavailable` is told when it could not answer.
 */
export function createStillHas(
  store: UserStore,
  onUnavailable: (cause: unknown) => void,
): (id: string) => Promise<boolean> {
  if (store.findById === undefined) return async () => true;
  const findById = store.findById.bind(store);

  async function ask(id: string): Promise<boolean> {
    try {
      return (await findById(id)) !== undefined;
    } catch (cause) {
      onUnavailable(cause);
      return true;
    }
  }

  return async (id) => {
    const done = new AbortController();
    const overdue = setTimeout(patienceMs, true, { signal: done.signal }).catch(() => true);
    try {
      return await Promise.race([ask(id), overdue]);
    } finally {
      done.abort();
    }
  };
}
