import { hashPassword, type PasswordHash, parsePasswordHash } from '../passwords/password-hash.ts';
import { createPasswordCheck } from './password-check.ts';
import type { Profile, Refused, UserStore } from './user-store.ts';

/** Users held in memory, by username; here a user's id is their username. */
export function createPasswordList(
  hashes: ReadonlyMap<string, PasswordHash>,
  hasExpired: (username: string) => boolean = () => false,
) {
  const check = createPasswordCheck(hashes.values());
  const find = (username: string): Profile | undefined =>
    hashes.has(username) && !hasExpired(username) ? { id: username, username } : undefined;
  return {
    async authenticate(username: string, password: string): Promise<Profile | Refused> {
      const hash = hashes.get(username);
      const matches = await check(hash, password);
      if (hash === undefined) return { refused: 'unknown_user' };
      return matches ? (find(username) ?? { refused: 'expired' }) : { refused: 'wrong_password' };
    },
    findById: async (id: string) => find(id),
  };
}

/** One user to try things out with, in development only: nothing of it is ever written anywhere. */
export async function createDemoUser(username: string, password: string): Promise<UserStore> {
  const parsed = parsePasswordHash(await hashPassword(password));
  if ('problem' in parsed) throw new Error(parsed.problem);
  return { ...createPasswordList(new Map([[username, parsed.hash]])), async ping() {}, async close() {} };
}
