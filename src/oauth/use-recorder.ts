import pLimit from 'p-limit';
import type { Link, LinkStore } from '../storage/stores.ts';

export interface UseRecorderOptions {
  readonly links: LinkStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Does something once the answer that is being made is on its way. */
  readonly later: (work: () => Promise<void>) => void;
  /** Called when a use could not be recorded; nothing else comes of it. */
  readonly onFailure: (cause: unknown) => void;
}

const hour = 3600;

/** Few at once, or they would take all the connections that answers need; so many under way and waiting at most. */
const atOnce = 2;
const most = 1000;

/** After a failure. While the engine takes nothing, one attempt in a while is enough. */
const pauseSeconds = 5;

/** Records that a link was used: once an hour at most, and without holding an answer up. */
export function createUseRecorder(options: UseRecorderOptions): (link: Link) => void {
  const { links, now, later, onFailure } = options;
  const underWay = new Set<string>();
  const oneOfFew = pLimit(atOnce);
  let failedAt = Number.NEGATIVE_INFINITY;

  async function record(id: string, at: number): Promise<void> {
    try {
      await links.recordUse(id, at, at - hour);
    } catch (cause) {
      failedAt = at;
      onFailure(cause);
    } finally {
      underWay.delete(id);
    }
  }

  return ({ id, lastUsedAt = Number.NEGATIVE_INFINITY }) => {
    const at = now();
    // What is left out is recorded with the next use. Differences without their sign, since clocks are set back at times.
    const recently = Math.abs(at - lastUsedAt) < hour || Math.abs(at - failedAt) < pauseSeconds;
    if (recently || underWay.has(id) || underWay.size >= most) return;
    underWay.add(id);
    later(() => oneOfFew(() => record(id, at)));
  };
}
