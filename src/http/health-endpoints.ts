import type { RequestHandler } from 'express';
import type { Storage } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import type { UserStore } from '../users/user-store.ts';
import type { Answers } from './answers.ts';

/** Alive: the process answers. Says nothing of what it depends on, so that no outage elsewhere gets it restarted. */
export function createHealthEndpoint(answers: Answers): RequestHandler {
  return (_request, response) => answers.json(response, 200, { status: 'ok' });
}

export interface ReadinessOptions {
  readonly storage: Storage;
  readonly users: UserStore;
  readonly isDraining: () => boolean;
  readonly report: Report;
  readonly answers: Answers;
}

/** Able to serve: storage and users answer, and the process is not about to stop. 503 names the part that doesn't. */
export function createReadinessEndpoint(options: ReadinessOptions): RequestHandler {
  const { storage, users, isDraining, report, answers } = options;
  const storageNow = lookingAt(storage, (err) => report('storage.unavailable', { err }));
  const usersNow = lookingAt(users, (err) => report('users.unavailable', { err }));
  return async (_request, response) => {
    const [storageState, usersState] = await Promise.all([storageNow(), usersNow()]);
    const ready = storageState === 'ok' && usersState === 'ok' && !isDraining();
    const status = isDraining() ? 'stopping' : ready ? 'ok' : 'unavailable';
    answers.json(response, ready ? 200 : 503, { status, storage: storageState, users: usersState });
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
