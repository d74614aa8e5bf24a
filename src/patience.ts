import { setTimeout } from 'node:timers/promises';
import { openUsers, reachUsers, StartError } from './adapters.ts';
import type { UsersLocation } from './config/users-location.ts';
import type { Report } from './telemetry/events.ts';
import type { UserStore } from './users/user-store.ts';

export interface Patience {
  /** How long a start waits for what can't be reached. */
  readonly seconds: number;
  readonly report: Report;
  /** Aborts when the server stops. */
  readonly signal: AbortSignal;
}

/** How many times it tries again. */
const times = 12;

/**
 * Opens something. Where it can't be reached, tries again every few seconds, with a line in the log each time. Rejects with the last
 * `StartError`: at once, where something answered and the answer was wrong.
 */
export async function patiently<Result>(
  open: () => Promise<Result>,
  { seconds, report }: Patience,
): Promise<Result> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const left = Math.round((until - performance.now()) / 1000);
      if (!mayPass(error) || left <= 0) throw error;
      report('server.waiting', { message: error.message, seconds_left: left });
    }
    await setTimeout((seconds * 1000) / times);
  }
}

/**
 * Opens the user store, and waits until it can be reached. Where that takes too long it resolves all the same: the server starts, is not
 * ready, and the log says so until users are there. A store that can't even be opened rejects.
 */
export async function openUsersPatiently(location: UsersLocation, patience: Patience): Promise<UserStore> {
  let store: UserStore | undefined;
  async function reach(): Promise<UserStore> {
    store ??= await openUsers(location, patience.report);
    await reachUsers(location, store);
    return store;
  }
  try {
    return await patiently(reach, patience);
  } catch (error) {
    if (store !== undefined && mayPass(error)) {
      remind(reach, patience);
      return store;
    }
    await store?.close();
    throw error;
  }
}

/** Says twice as often as a start waits that users can't be reached yet: every 30 seconds. */
async function remind(reach: () => Promise<unknown>, { seconds, report, signal }: Patience): Promise<void> {
  while (!signal.aborted) {
    try {
      await reach();
      report('users.reached');
      return;
    } catch (error) {
      report('users.unavailable', { message: (error as Error).message });
    }
    await setTimeout((seconds * 1000) / 2, undefined, { signal, ref: false }).catch(() => {});
  }
}

function mayPass(error: unknown): error is StartError {
  return error instanceof StartError && error.mayPass;
}
