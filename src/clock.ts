import { setTimeout as timeout } from 'node:timers/promises';

/** Seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Resolves after so many milliseconds, or once `signal` aborts. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, milliseconds);
  signal?.addEventListener('abort', end);
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
}

/** Resolves and rejects as `asking` does. Rejects with the error that `overdue` returns when that takes longer. */
export async function withDeadline<Result>(
  asking: Promise<Result>,
  milliseconds: number,
  overdue: () => Error,
): Promise<Result> {
  const done = new AbortController();
  const waiting = async () => {
    await timeout(milliseconds, undefined, { signal: done.signal });
    throw overdue();
  };
  try {
    return await Promise.race([asking, waiting()]);
  } finally {
    done.abort();
  }
}
