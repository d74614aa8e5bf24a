import { setTimeout } from 'node:timers/promises';
import { UnreachableError } from './user-store.ts';

/** How long a back-end may take before it counts as unreachable. */
export const deadlineSeconds = 5;

/** Rejects when `asking` takes longer; what it was doing is then for `giveUp` to end. */
export async function withDeadline<Result>(
  asking: Promise<Result>,
  giveUp: () => void = () => {},
): Promise<Result> {
  const done = new AbortController();
  const overdue = async () => {
    await setTimeout(deadlineSeconds * 1000, undefined, { signal: done.signal });
    giveUp();
    throw new UnreachableError(`no answer within ${deadlineSeconds} seconds`);
  };
  try {
    return await Promise.race([asking, overdue()]);
  } finally {
    done.abort();
  }
}
