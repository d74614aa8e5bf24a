import { createHmac, randomBytes } from 'node:crypto';
import type { PasswordHash } from '../crypto/password-hash.ts';
import type { User } from './user-store.ts';

/** Users held in memory, by username; here a user's id is their username. */
export interface PasswordList {
  authenticate(username: string, password: string): Promise<User | undefined>;
  find(username: string): User | undefined;
}

/** Keeps a guesser from working out which user's hash stands in for an unknown name. */
const decoyKey = randomBytes(32);

/**
 * An unknown name is checked against the hash of some listed user, always the same one for the same name, and
 * refused whatever comes out: so it costs what a wrong password costs, also where a list mixes formats.
 */
export function createPasswordList(hashes: ReadonlyMap<string, PasswordHash>): PasswordList {
  const decoys = [...hashes.values()];
  const find = (username: string) => (hashes.has(username) ? { id: username, username } : undefined);

  return {
    async authenticate(username, password) {
      const pick = createHmac('sha256', decoyKey).update(username).digest().readUInt32BE();
      const hash = hashes.get(username) ?? decoys[pick % decoys.length];
      return (await hash?.verify(password)) ? find(username) : undefined;
    },
    find,
  };
}
