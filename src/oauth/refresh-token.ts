import { sha256 } from '../crypto/digest.ts';
import type { Predecessor, RefreshTokenRecord } from '../storage/stores.ts';
import { successorOf } from './token.ts';

/** How long after its first use a refresh token gives the same again: Alexa refreshes twice at once, and tries again. */
export const graceSeconds = 60;

/** How often a link's refresh token is replaced within that time: then it stays for a while, so that none is forgotten. */
const mostReplacements = 20;

/** What a refresh token that is one of the link's leads to. */
export interface Rotation {
  /** What is kept from now on. Absent: what was found stays. */
  readonly record?: RefreshTokenRecord;
  /** What is answered. */
  readonly refreshToken: string;
  /** Whether it is the one that follows the one that was presented, and not a later one. */
  readonly isNext: boolean;
}

/**
 * What comes of presenting a refresh token of a link's family (RFC 9700 4.14.2). The newest one is replaced. One that was
 * used leads to the newest one again, within the grace time. Where its own answer may never have gone out, it does so
 * however late, and the time begins anew. `undefined` for any other: somebody else has had it.
 */
export function rotate(
  current: RefreshTokenRecord,
  presented: string,
  now: number,
  salt: string,
): Rotation | undefined {
  const { predecessors } = current;
  const digest = sha256(presented);
  if (digest === current.digest) {
    // Without a gap, since each leads to the next.
    const recent = predecessors.slice(0, predecessors.findLastIndex((each) => isRecent(each, now)) + 1);
    if (recent.length >= mostReplacements) return { refreshToken: presented, isNext: true };
    const refreshToken = successorOf(presented, salt);
    const used = { digest, salt, usedAt: now };
    const record = {
      familyDigest: current.familyDigest,
      digest: sha256(refreshToken),
      issuedAt: now,
      answered: false,
      predecessors: [used, ...recent],
    };
    return { record, refreshToken, isNext: true };
  }
  const index = predecessors.findIndex((each) => each.digest === digest);
  const found = predecessors[index];
  if (found === undefined) return undefined;
  const refreshToken = predecessors
    .slice(0, index + 1)
    .reduceRight((token, { salt }) => successorOf(token, salt), presented);
  if (sha256(refreshToken) !== current.digest)
    throw new Error('the refresh token does not lead to the newest one');
  const isNext = index === 0;
  // Not only when the time is over: what is answered at its end may be asked for again a moment later.
  if (isNext && !current.answered && Math.abs(now - found.usedAt) > graceSeconds / 2) {
    const again = [{ ...found, usedAt: now }, ...predecessors.slice(1)];
    return { record: { ...current, issuedAt: now, predecessors: again }, refreshToken, isNext };
  }
  return isRecent(found, now) ? { refreshToken, isNext } : undefined;
}

/** Whether introspection finds a refresh token to hold: it is the newest, or would give that one once more. */
export function holds(current: RefreshTokenRecord, presented: string, now: number): boolean {
  return rotate(current, presented, now, '') !== undefined;
}

/** Clocks of instances differ, and are set back: so neither long ago nor far ahead. */
function isRecent({ usedAt }: Predecessor, now: number): boolean {
  return Math.abs(now - usedAt) <= graceSeconds;
}
