import { simulatedRedirectUris } from './alexa/simulator.ts';
import type { StorageLocation } from './config/locations.ts';
import { nameOfUsers, type UsersLocation } from './config/users-location.ts';
import type { Config } from './config.ts';
import { randomId, randomToken } from './crypto/random.ts';
import { createDemo, type Demo } from './demo.ts';
import { createApp } from './http/app.ts';
import { createDrainingServer } from './http/http-server.ts';
import type { Clients } from './oauth/client.ts';
import { createGuessLimits } from './oauth/guess-limits.ts';
import type { Storage } from './storage/stores.ts';
import { createReport, type Report } from './telemetry/events.ts';
import type { Log } from './telemetry/log.ts';
import { createDemoUser } from './users/demo-user.ts';
import { withSlowRefusals } from './users/slow-refusals.ts';
import type { UserStore } from './users/user-store.ts';

/** The adapter of each kind of `USERS`, loaded when it is the one. */
const userStores: {
  [Scheme in UsersLocation['scheme']]: (
    location: Extract<UsersLocation, { scheme: Scheme }>,
    report: Report,
  ) => Promise<UserStore>;
} = {
  file: async (location, report) =>
    (await import('./users/htpasswd-file.ts')).createHtpasswdFile({ ...location, report }),
  sql: async (location, report) => {
    const dialect = await sqlDialects[location.engine](location.address, location.connections);
    return (await import('./users/sql-users.ts')).createSqlUsers({ ...location, dialect, report });
  },
  ldap: async (location, report) =>
    (await import('./users/ldap-users.ts')).createLdapUsers({ ...location, report }),
  http: async (location) => (await import('./users/http-users.ts')).createHttpUsers(location),
  module: async (location, report) =>
    (await import('./users/own-module.ts')).createOwnUsers({ ...location, report }),
};

/** How each kind of database is reached for its users, to read alone. */
const sqlDialects = {
  sqlite: async (path: string) => {
    const { nodeSqliteDialect, openSqliteToRead } = await import('./sql/node-sqlite.ts');
    return nodeSqliteDialect(openSqliteToRead(path));
  },
  postgres: async (url: string, connections: number) =>
    (await import('./sql/postgres.ts')).postgresDialect(url, connections),
  mysql: async (url: string, connections: number) =>
    (await import('./sql/mysql.ts')).mysqlDialect(url, connections),
};

/**
 * The user store that `USERS` says; whoever is refused waits for `refusalSeconds`.
 * Rejects with a `StartError` when users can't be reached at first.
 */
export async function openUsers<Scheme extends UsersLocation['scheme']>(
  location: Extract<UsersLocation, { scheme: Scheme }>,
  report: Report,
  refusalSeconds: number,
): Promise<UserStore> {
  const opening = userStores[location.scheme as Scheme](location, report);
  const store = await blaming(`USERS can’t be used at ${nameOfUsers(location)}`, opening);
  return withSlowRefusals(store, refusalSeconds);
}

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
export async function createAccountLinkingServer(
  config: Config,
  log: Log,
  refusalSeconds = 1,
): Promise<AccountLinkingServer> {
  const { production, publicUrl, trustProxy, host, port } = config;
  const report = createReport(log);
  const demo = createDemo();
  const [users, storage] = await Promise.all([
    config.users === undefined
      ? createDemoUser(demo.username, demo.password)
      : openUsers(config.users, report, refusalSeconds),
    blaming(
      `STORAGE can’t be opened at ${config.storage.path}`,
      storageEngines[config.storage.scheme](config.storage),
    ),
  ]);
  if (users.findById === undefined) {
    const remedy = config.users?.scheme === 'sql' ? 'set USERS_BY_ID_QUERY' : 'revoke them';
    const message = `nothing tells when a person is gone or disabled, so their tokens go on working: ${remedy}`;
    report('config.warning', { message });
  }
  const clients = config.clients ?? demo.clients;
  const limits = createGuessLimits(storage.failures);
  const context = { users, limits, links: storage.links, now, randomToken, randomId };
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
      const closed = await Promise.allSettled([users.close(), storage.close()]);
      for (const part of closed)
        if (part.status === 'rejected') report('server.unclosed', { err: part.reason });
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
    const { code = '', message }: NodeJS.ErrnoException =
      cause instanceof Error ? cause : new Error(String(cause));
    const remedy = remedies[code] ?? (code === 'ERR_SQLITE_ERROR' ? `${message}; ${sqliteRemedy}` : message);
    throw new StartError(`${what}: ${remedy}`, { cause });
  }
}

const certificateRemedy =
  'nobody here knows who made its certificate; name that authority, as docs/users.md says';

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program is there already; stop it, or set another PORT',
  EADDRNOTAVAIL: 'this machine does not have that address; 0.0.0.0 means all that it has',
  EACCES: 'this user may not; choose another, or change the permissions',
  ECONNREFUSED: 'nothing listens there; start it, or correct host and port',
  ENOTFOUND: 'there is no such host; correct it',
  SELF_SIGNED_CERT_IN_CHAIN: certificateRemedy,
  DEPTH_ZERO_SELF_SIGNED_CERT: certificateRemedy,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificateRemedy,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificateRemedy,
  ERR_MODULE_NOT_FOUND: 'it, or something that it imports, is not there; correct the name, or install it',
};

const sqliteRemedy =
  'it must be a SQLite file that this user may read, and for STORAGE write, also a new one';

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
