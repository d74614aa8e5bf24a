import { simulatedRedirectUris } from './alexa/simulator.ts';
import type { StorageLocation, UsersLocation } from './config/locations.ts';
import type { Config } from './config.ts';
import { randomId, randomToken } from './crypto/random.ts';
import { createDemo, type Demo } from './demo.ts';
import { createApp } from './http/app.ts';
import { createDrainingServer } from './http/http-server.ts';
import type { Clients } from './oauth/client.ts';
import type { Storage } from './storage/stores.ts';
import { createReport, type Report } from './telemetry/events.ts';
import type { Log } from './telemetry/log.ts';
import { createDemoUser } from './users/demo-user.ts';
import type { UserStore } from './users/user-store.ts';

/** The adapter of each `USERS` scheme, loaded when it is the one. */
const userStores: Record<
  UsersLocation['scheme'],
  (location: UsersLocation, report: Report) => Promise<UserStore>
> = {
  file: async ({ path }, report) =>
    (await import('./users/htpasswd-file.ts')).createHtpasswdFile({ path, report }),
};

/** The engine of each `STORAGE` scheme, loaded when it is the one. */
const storageEngines: Record<StorageLocation['scheme'], (location: StorageLocation) => Promise<Storage>> = {
  sqlite: async ({ path }) => (await import('./storage/sqlite.ts')).openSqliteStorage(path),
};

export interface AccountLinkingServer {
  readonly demo: Demo;
  /** Resolves once requests are answered; rejects when the address is taken or not allowed. */
  listen(): Promise<void>;
  /**
   * Finishes what is under way, then closes the stores: all within 25 seconds. Open connections may still bring
   * requests for `idleSeconds`.
   */
  stop(idleSeconds?: number): Promise<void>;
}

/**
 * Puts the server together from its configuration; nothing else names an implementation.
 * Rejects when users or links can't be reached at first.
 */
export async function createAccountLinkingServer(config: Config, log: Log): Promise<AccountLinkingServer> {
  const { production, publicUrl, trustProxy, host, port } = config;
  const report = createReport(log);
  const demo = createDemo();
  const [users, storage] = await Promise.all([
    config.users === undefined
      ? createDemoUser(demo.username, demo.password)
      : blaming(
          `USERS can’t be read from ${config.users.path}`,
          userStores[config.users.scheme](config.users, report),
        ),
    blaming(
      `STORAGE can’t be opened at ${config.storage.path}`,
      storageEngines[config.storage.scheme](config.storage),
    ),
  ]);
  const clients = config.clients ?? demo.clients;
  const context = { users, links: storage.links, now, randomToken, randomId };
  const server = createDrainingServer(
    (isDraining) =>
      createApp({
        publicUrl,
        trustProxy,
        clients: production ? clients : withSimulator(clients, publicUrl),
        storage,
        context,
        simulator: production
          ? undefined
          : { demoUser: config.users === undefined ? demo.username : undefined },
        isDraining,
        log,
        report,
      }),
    report,
  );

  return {
    demo,
    async listen() {
      await blaming(`PORT ${port} at HOST ${host} can’t be listened on`, server.listen(port, host));
      report('server.started', { public_url: publicUrl, host, port, clients: [...clients.keys()] });
    },
    async stop(idleSeconds = 1) {
      report('server.stopping');
      await server.drain(idleSeconds, 20);
      await Promise.all([users.close(), storage.close()]);
      report('server.stopped');
    },
  };
}

/** The server could not be put together or started; the message says what to look at. */
export class StartError extends Error {}

async function blaming<Result>(what: string, starting: Promise<Result>): Promise<Result> {
  try {
    return await starting;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const remedy = code === 'ERR_SQLITE_ERROR' ? `${message}; ${sqliteRemedy}` : (remedies[code] ?? message);
    throw new StartError(`${what}: ${remedy}`, { cause });
  }
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program is there already; stop it, or set another PORT',
  EADDRNOTAVAIL: 'this machine does not have that address; 0.0.0.0 means all that it has',
  EACCES: 'this user may not; choose another, or change the permissions',
};

const sqliteRemedy = 'it must be a SQLite file, or a new one in a folder that this user may write to';

/** Seconds since 1970. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Every client may be answered at the simulator too. */
function withSimulator(clients: Clients, publicUrl: string): Clients {
  const more = simulatedRedirectUris(publicUrl);
  return new Map(
    [...clients].map(([id, client]) => [
      id,
      { ...client, redirectUris: new Set([...client.redirectUris, ...more]) },
    ]),
  );
}
