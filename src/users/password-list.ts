import type { PasswordHash } from '../crypto/password-hash.ts';
import { createPasswordCheck } from './password-check.ts';
import type { Profile } from './user-store.ts';

/** Users held in memory, by username; here a user's id is their username. */
export interface PasswordList {
  authenticate(username: string, password: string): Promise<Profile | undefined>;
  find(username: string): Profile | undefined;
}

export function createPasswordList(
  hashes: ReadonlyMap<string, PasswordHash>,
  hasExpired: (username: string) => boolean = () => false,
): PasswordList {
  const check = createPasswordCheck(hashes);
  const find = (username: string) =>
    hashes.has(username) && !hasExpired(username) ? { id: username, username } : undefined;
  return {
    async authenticate(username, password) {
      return (await check(username, hashes.get(username), password)) ? find(username) : undefined;
    },
    find,
  };
}
