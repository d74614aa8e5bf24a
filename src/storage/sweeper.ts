import { now, sleep } from '../clock.ts';
import type { Report } from '../telemetry/events.ts';
import type { Storage } from './stores.ts';

/** Between two sweeps. */
const everyMs = 600_000;

/** Between two batches, so that whoever else writes gets a turn. */
const pauseMs = 50;

/**
 * Deletes what has ended, every ten minutes; every instance does, and none waits for another. Resolves after `stopping` has aborted, when
 * the batch that is under way is done. Never rejects.
 */
export async function sweepUntil(
  stopping: AbortSignal,
  storage: Pick<Storage, 'removeEnded'>,
  report: Report,
): Promise<void> {
  async function sweep(): Promise<void> {
    let rows = 0;
    try {
      for (;;) {
        const removed = await storage.removeEnded(now());
        rows += removed;
        if (removed === 0 || stopping.aborted) break;
        await sleep(pauseMs, stopping);
      }
    } catch (err) {
      if (!stopping.aborted) report('storage.unavailable', { err });
    } finally {
      if (rows > 0) report('links.removed', { rows });
    }
  }

  // Soon at first: some instances don't live long.
  for (let untilNext = everyMs / 10; ; untilNext = everyMs) {
    await sleep(untilNext, stopping);
    if (stopping.aborted) return;
    await sweep();
  }
}
