import { hashPassword, parsePasswordHash } from '../crypto/password-hash.ts';
import { createPasswordList } from './password-list.ts';
import type { UserStore } from './user-store.ts';

/** One person to try things out with, in development only: nothing of it is ever written anywhere. */
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
