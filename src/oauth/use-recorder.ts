import pLimit from 'p-limit';
import { now } from '../clock.ts';
import type { Link, LinkStore } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';

/** Called with each link whose access token is active. Does not throw, and is not waited for. */
export type RecordUse = (link: Link) => void;

const hour = 3600;

/** Few at once, or they would take all the connections that answers need; so many under way and waiting at most. */
const atOnce = 2;
const most = 1000;

/** After a failure. While the engine takes nothing, one attempt in a while is enough. */
const pauseSeconds = 5;

/** Records that a link was used: once an hour at most, and without holding an answer up. */
export function createUseRecorder(links: LinkStore, report: Report): RecordUse {
  const underWay = new Set<string>();
  const oneOfFew = pLimit(atOnce);
  let failedAt = Number.NEGATIVE_INFINITY;

  async function record(id: string, at: number): Promise<void> {
    try {
      await links.recordUse(id, at, at - hour);
    } catch (err) {
      failedAt = at;
      report('link.use_unrecorded', { err });
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
    setImmediate(() => oneOfFew(() => record(id, at)));
  };
}
