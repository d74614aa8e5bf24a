import { createHash, randomBytes } from 'node:crypto';
import type { PasswordHash } from '../crypto/password-hash.ts';

/**
 * Whether this is the password. Where there is no hash it is not, and saying so costs what a wrong password costs:
 * the hash of a known user stands in, always the same one for the same name as long as nobody new is seen.
 */
export type PasswordCheck = (
  username: string,
  hash: PasswordHash | undefined,
  password: string,
) => Promise<boolean>;

const places = 64;

/**
 * Stand-ins are the hashes of those who are known beforehand, where somebody can say who they are, and else of those who
 * were looked up since.
 */
export function createPasswordCheck(known: Iterable<readonly [string, PasswordHash]> = []): PasswordCheck {
  // Keeps a guesser from working out whose hash stands in for a name, and from choosing it.
  const key = randomBytes(32);
  const standIns = new Map<number, PasswordHash>();
  const drawFor = (username: string) =>
    createHash('shake256', { outputLength: 4 * places })
      .update(key)
      .update(username)
      .digest();
  const placeIn = (draw: Buffer) => draw.readUInt32BE() % places;

  /** Each has the same chance, and a new one changes what stands in for few names. */
  function standIn(draw: Buffer): PasswordHash | undefined {
    let best: { readonly score: number; readonly hash: PasswordHash } | undefined;
    for (const [place, hash] of standIns) {
      const score = draw.readUInt32BE(4 * place);
      if (best === undefined || score > best.score) best = { score, hash };
    }
    return best?.hash;
  }

  for (const [username, hash] of known) standIns.set(placeIn(drawFor(username)), hash);

  return async (username, hash, password) => {
    const draw = drawFor(username);
    if (hash !== undefined) standIns.set(placeIn(draw), hash);
    const matches = await (hash ?? standIn(draw))?.verify(password);
    return hash !== undefined && matches === true;
  };
}
