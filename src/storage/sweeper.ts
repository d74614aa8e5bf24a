import { setTimeout } from 'node:timers/promises';
import type { Storage } from './stores.ts';

export interface SweeperOptions {
  readonly storage: Pick<Storage, 'removeEnded'>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onRemoved: (rows: number) => void;
  readonly onFailure: (cause: unknown) => void;
  readonly everySeconds: number;
}

/** Between two batches, so that whoever else writes gets a turn. */
const pauseMs = 50;

export interface Sweeper {
  start(): void;
  /** Resolves when the batch that is under way is done. */
  stop(): Promise<void>;
}

/** Takes out what has ended, some minutes apart; every instance does, and none waits for another. */
export function createSweeper(options: SweeperOptions): Sweeper {
  const { storage, now, onRemoved, onFailure, everySeconds } = options;
  const stopping = new AbortController();
  const pause = (ms: number) => setTimeout(ms, undefined, { signal: stopping.signal, ref: false });

  async function sweep(): Promise<void> {
    let rows = 0;
    try {
      for (;;) {
        const removed = await storage.removeEnded(now());
        rows += removed;
        if (removed === 0) break;
        await pause(pauseMs);
      }
    } catch (cause) {
      if (!stopping.signal.aborted) onFailure(cause);
    } finally {
      if (rows > 0) onRemoved(rows);
    }
  }

  async function run(): Promise<void> {
    // Soon at first: some instances don't live long.
    let untilNext = everySeconds / 10;
    while (!stopping.signal.aborted) {
      await pause(untilNext * 1000).catch(() => {});
      if (!stopping.signal.aborted) await sweep();
      untilNext = everySeconds;
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
