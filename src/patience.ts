import { openUsers, reachUsers, StartError } from './adapters.ts';
import { sleep } from './clock.ts';
import type { UsersLocation } from './config/users-options.ts';
import type { Report } from './telemetry/events.ts';
import type { UserStore } from './users/user-store.ts';

export interface Patience {
  readonly report: Report;
  /** Aborts when the server stops. */
  readonly signal: AbortSignal;
}

/** How long a start waits for what can't be reached. */
const patienceMs = 60_000;

/** Between two attempts. */
const againMs = 5000;

/** Between two reminders, once the server has started without users. */
const remindMs = 30_000;

/**
 * Opens something. Where it can't be reached, tries again every few seconds, with a line in the log each time. Rejects
 * with the last `StartError`: at once, where something answered and the answer was wrong.
 */
export async function patiently<Result>(open: () => Promise<Result>, { report }: Patience): Promise<Result> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const left = Math.round((until - performance.now()) / 1000);
      if (!mayPass(error) || left <= 0) throw error;
      report('server.waiting', { message: error.message, seconds_left: left });
    }
    await sleep(againMs);
  }
}

/**
 * Opens the user store, and waits until it can be reached. Where that takes too long it resolves all the same: the server
 * starts, is not ready, and says so in the log until users are there. Rejects where the store can't even be opened.
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

/** Says every 30 seconds that users can't be reached yet. */
async function remind(reach: () => Promise<unknown>, { report, signal }: Patience): Promise<void> {
  while (!signal.aborted) {
    try {
      await reach();
      report('users.reached');
      return;
    } catch (error) {
      report('users.unavailable', { message: (error as Error).message });
    }
    await sleep(remindMs, signal);
  }
}

function mayPass(error: unknown): error is StartError {
  return error instanceof StartError && error.mayPass;
}
