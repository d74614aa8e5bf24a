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
      : blaming('USERS', userStores[config.users.scheme](config.users, report)),
    blaming('STORAGE', storageEngines[config.storage.scheme](config.storage)),
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
      await blaming('PORT', server.listen(port, host));
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

/** The server could not be put together or started; the message names the variable to look at. */
export class StartError extends Error {}

async function blaming<Result>(variable: string, starting: Promise<Result>): Promise<Result> {
  try {
    return await starting;
  } catch (cause) {
    throw new StartError(`${variable}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

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
