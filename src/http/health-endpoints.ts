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
  return async (_request, response) => {
    const [storageState, usersState] = await Promise.all([
      stateOf(storage, (err) => report('storage.unavailable', { err })),
      stateOf(users, (err) => report('users.unavailable', { err })),
    ]);
    const ready = storageState === 'ok' && usersState === 'ok' && !isDraining();
    const status = isDraining() ? 'stopping' : ready ? 'ok' : 'unavailable';
    answers.json(response, ready ? 200 : 503, { status, storage: storageState, users: usersState });
  };
}

async function stateOf(
  part: { ping(): Promise<void> },
  failed: (cause: unknown) => void,
): Promise<'ok' | 'unavailable'> {
  try {
    await part.ping();
    return 'ok';
  } catch (cause) {
    failed(cause);
    return 'unavailable';
  }
}
