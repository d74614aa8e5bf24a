import type { PasswordHash } from '../passwords/password-hash.ts';

/**
 * Whether a password is that of a hash. Without one it is not, and saying so costs what the most expensive hash costs that was seen so
 * far: an unknown user then takes as long as a known one, also where that is over the second of a refusal.
 */
export type PasswordCheck = (hash: PasswordHash | undefined, password: string) => Promise<boolean>;

/** `known` are hashes that are known before anybody signs in. */
export function createPasswordCheck(known: Iterable<PasswordHash> = []): PasswordCheck {
  let decoy: PasswordHash | undefined;
  const see = (hash: PasswordHash) => {
    if (decoy === undefined || hash.cost > decoy.cost) decoy = hash;
  };
  for (const hash of known) see(hash);

  return async (hash, password) => {
    if (hash !== undefined) see(hash);
    const matches = await (hash ?? decoy)?.verify(password);
    return hash !== undefined && matches === true;
  };
}
