import type { RequestHandler } from 'express';
import type { Storage } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import type { UserStore } from '../users/user-store.ts';

/** Alive: the process answers. Says nothing of what it depends on, so that no outage elsewhere gets it restarted. */
export const health: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

export interface ReadinessOptions {
  readonly storage: Storage;
  readonly users: UserStore;
  readonly isDraining: () => boolean;
  readonly report: Report;
}

/** Able to serve: storage and users answer, and the process is not about to stop. 503 names the part that doesn't. */
export function createReadinessEndpoint({
  storage,
  users,
  isDraining,
  report,
}: ReadinessOptions): RequestHandler {
  return async (_request, response) => {
    const [storageState, usersState] = await Promise.all([
      stateOf(storage, (err) => report('storage.unavailable', { err })),
      stateOf(users, (err) => report('users.unavailable', { err })),
    ]);
    const ready = storageState === 'ok' && usersState === 'ok' && !isDraining();
    response.status(ready ? 200 : 503).json({
      status: isDraining() ? 'stopping' : ready ? 'ok' : 'unavailable',
      storage: storageState,
      users: usersState,
    });
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
