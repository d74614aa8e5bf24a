import { setTimeout } from 'node:timers/promises';
import type { UserStore } from './user-store.ts';

/**
 * Refuses no sooner than after so many seconds: whatever it took to find out, an unknown name then takes as long as a
 * wrong password, also where passwords are judged elsewhere, or hashes are as different as they happen to be.
 */
export function withSlowRefusals(store: UserStore, seconds: number): UserStore {
  return {
    ...store,
    async authenticate(username, password) {
      const answerAt = performance.now() + seconds * 1000;
      const user = await store.authenticate(username, password);
      const early = answerAt - performance.now();
      if (user === undefined && early > 0) await setTimeout(early);
      return user;
    },
  };
}
