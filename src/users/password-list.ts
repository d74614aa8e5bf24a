import type { PasswordHash } from '../crypto/password-hash.ts';
import { createPasswordCheck } from './password-check.ts';
import type { Profile, Refused } from './user-store.ts';

/** Users held in memory, by username; here a user's id is their username. */
export interface PasswordList {
  authenticate(username: string, password: string): Promise<Profile | Refused>;
  find(username: string): Profile | undefined;
}

export function createPasswordList(
  hashes: ReadonlyMap<string, PasswordHash>,
  hasExpired: (username: string) => boolean = () => false,
): PasswordList {
  const check = createPasswordCheck(hashes.values());
  const find = (username: string) =>
    hashes.has(username) && !hasExpired(username) ? { id: username, username } : undefined;
  return {
    async authenticate(username, password) {
      const hash = hashes.get(username);
      const matches = await check(hash, password);
      if (hash === undefined) return { refused: 'unknown_user' };
      return matches ? (find(username) ?? { refused: 'expired' }) : { refused: 'wrong_password' };
    },
    find,
  };
}
