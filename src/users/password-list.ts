import { hashPassword, type PasswordHash, parsePasswordHash } from '../crypto/password-hash.ts';
import { createPasswordCheck } from './password-check.ts';
import type { Profile, Refused, UserStore } from './user-store.ts';

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

/** One user to try things out with, in development only: nothing of it is ever written anywhere. */
export async function createDemoUser(username: string, password: string): Promise<UserStore> {
  const parsed = parsePasswordHash(await hashPassword(password));
  if ('problem' in parsed) throw new Error(parsed.problem);
  const list = createPasswordList(new Map([[username, parsed.hash]]));
  return {
    authenticate: list.authenticate,
    findById: async (id) => list.find(id),
    async ping() {},
    async close() {},
  };
}
