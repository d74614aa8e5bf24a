import type { RequestHandler } from 'express';
import type { Deps } from './deps.ts';

/** Alive: the process answers. Says nothing of what it depends on, so that no outage elsewhere gets it restarted. */
export const answerHealth: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** Able to serve: storage and users answer, and the process is not about to stop. 503 names the part that doesn't. */
export function createReadinessEndpoint({ storage, users, stopping, report }: Deps): RequestHandler {
  const storageNow = lookingAt(storage, (err) => report('storage.unavailable', { err }));
  const usersNow = lookingAt(users, (err) => report('users.unavailable', { err }));
  return async (_request, response) => {
    const [storageState, usersState] = await Promise.all([storageNow(), usersNow()]);
    const ready = storageState === 'ok' && usersState === 'ok' && !stopping.aborted;
    const status = stopping.aborted ? 'stopping' : ready ? 'ok' : 'unavailable';
    response.status(ready ? 200 : 503).json({ status, storage: storageState, users: usersState });
  };
}

type State = 'ok' | 'unavailable';

/** Looks every ten seconds at most, whoever asks how often: anybody may. */
function lookingAt(part: { ping(): Promise<void> }, failed: (cause: unknown) => void): () => Promise<State> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let state: Promise<State> | undefined;
  async function look(): Promise<State> {
    try {
      await part.ping();
      return 'ok';
    } catch (cause) {
      failed(cause);
      return 'unavailable';
    }
  }
  return () => {
    const now = performance.now();
    if (state === undefined || now - lookedAt >= 10_000) {
      state = look();
      lookedAt = now;
    }
    return state;
  };
}
