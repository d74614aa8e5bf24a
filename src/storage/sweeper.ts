import { now, sleep } from '../clock.ts';
import type { Report } from '../telemetry/events.ts';
import type { Storage } from './stores.ts';

/** Between two sweeps. */
const everyMs = 600_000;

/** Between two batches, so that whoever else writes gets a turn. */
const pauseMs = 50;

export interface Sweeper {
  start(): void;
  /** Resolves when the batch that is under way is done. */
  stop(): Promise<void>;
}

/** Takes out what has ended, some minutes apart; every instance does, and none waits for another. */
export function createSweeper(storage: Pick<Storage, 'removeEnded'>, report: Report): Sweeper {
  const stopping = new AbortController();

  async function sweep(): Promise<void> {
    let rows = 0;
    try {
      for (;;) {
        const removed = await storage.removeEnded(now());
        rows += removed;
        if (removed === 0 || stopping.signal.aborted) break;
        await sleep(pauseMs, stopping.signal);
      }
    } catch (err) {
      if (!stopping.signal.aborted) report('storage.unavailable', { err });
    } finally {
      if (rows > 0) report('links.removed', { rows });
    }
  }

  async function run(): Promise<void> {
    // Soon at first: some instances don't live long.
    let untilNext = everyMs / 10;
    while (!stopping.signal.aborted) {
      await sleep(untilNext, stopping.signal);
      if (!stopping.signal.aborted) await sweep();
      untilNext = everyMs;
    }
  }

  let running: Promise<void> | undefined;
  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
