import { openStorage, openViews, signInsAtOnce, withStartError } from './adapters.ts';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/network.ts';
import { createApp } from './http/app.ts';
import { createDrainingServer, createMetricsServer } from './http/http-server.ts';
import { createPagesFor } from './http/language.ts';
import { createBudgets } from './oauth/budgets.ts';
import { type AccessTokenFormat, opaqueFormat } from './oauth/token.ts';
import { createUseRecorder } from './oauth/use-recorder.ts';
import { createPages } from './pages/pages.ts';
import { createFairQueue } from './passwords/fair-queue.ts';
import { openUsersPatiently, type Patience, patiently } from './patience.ts';
import { withMemory } from './storage/memory-attempts.ts';
import { sweepUntil } from './storage/sweeper.ts';
import { createReport } from './telemetry/events.ts';
import type { Log } from './telemetry/log.ts';
import { createKnownUsers } from './users/known-users.ts';
import type { Users } from './users/user-store.ts';

export type AccountLinkingServer = Awaited<ReturnType<typeof createAccountLinkingServer>>;

/**
 * Puts the server together from its configuration. Waits a minute for users and storage that can't be reached. Rejects
 * with a `StartError`; the process is then expected to end.
 */
export async function createAccountLinkingServer(config: Config, log: Log) {
  const { publicUrl, host, port } = config;
  const views = openViews(config.views);
  const simulator = config.production ? undefined : await openSimulatorFor(config);
  const clients = simulator?.clients ?? config.clients;
  const metrics = await openMetrics(config);
  const report = createReport(log, metrics?.onEvent);
  const stopping = new AbortController();
  const patience = { report, signal: stopping.signal };
  const [users, storage] = await Promise.all([
    createUsers(config, patience),
    patiently(() => openStorage(config.storage), patience),
  ]);
  const { links, tickets } = storage;
  const app = createApp({
    issuer: publicUrl,
    clients,
    users,
    budgets: createBudgets(withMemory(storage.attempts, report)),
    queue: createFairQueue(signInsAtOnce(config.users), metrics?.onTurn),
    links,
    tickets,
    storage,
    accessTokens: await accessTokensOf(config),
    recordUse: createUseRecorder(links, report),
    keys: config.signingKeys?.published ?? [],
    pagesFor: createPagesFor(createPages(views, [...clients.values()])),
    trustProxy: config.trustProxy,
    simulator: simulator?.routes,
    stopping: stopping.signal,
    report,
    onRequest: metrics?.onRequest,
  });
  const server = createDrainingServer(app, config.keepAliveSeconds, stopping.signal, report);
  let sweeping: Promise<void> | undefined;

  return {
    /** Resolves once requests are answered; rejects when the address is taken or not allowed. */
    async listen(): Promise<void> {
      await metrics?.listen();
      await withPortError('PORT', config, server.listen(port, host));
      sweeping = sweepUntil(stopping.signal, storage, report);
      report('server.started', { public_url: publicUrl, host, port, clients: [...clients.keys()] });
    },
    /**
     * Finishes what is under way, then closes the stores: all within 25 seconds. Open connections may still bring
     * requests for `idleSeconds`.
     */
    async stop(idleSeconds = 1): Promise<void> {
      report('server.stopping');
      stopping.abort();
      await Promise.all([server.drain(idleSeconds, 20), sweeping]);
      const closed = await Promise.allSettled([users.close(), storage.close(), metrics?.close()]);
      for (const part of closed)
        if (part.status === 'rejected') report('server.unclosed', { err: part.reason });
      report('server.stopped');
    },
  };
}

/** The Alexa app's side, loaded in development alone. */
async function openSimulatorFor({ clients, publicUrl, demo }: Config) {
  const { openSimulator } = await import('./simulator/routes.ts');
  // Elsewhere a server is meant for others too, and those are told by whoever started it.
  const shown = isLoopback(new URL(publicUrl)) ? demo : { username: demo.username };
  return openSimulator(clients, publicUrl, shown);
}

/**
 * Users as the server asks for them. From the inside out: the store that `USERS` says; its answers, kept for a while; and
 * for a sign-in the queue and the budgets, in `oauth/sign-in.ts`.
 */
async function createUsers({ users }: Config, patience: Patience): Promise<Users> {
  const { report } = patience;
  const store = await openUsersPatiently(users, patience);
  if (store.findById === undefined) {
    const remedy = users.scheme === 'sql' ? 'set USERS_BY_ID_QUERY' : 'revoke them';
    const message = `nothing tells when a user is gone or disabled, so their tokens go on working: ${remedy}`;
    report('config.warning', { message });
  }
  return createKnownUsers(store, report);
}

/** The format that new tokens get; what signs JWTs is loaded when it is needed. */
async function accessTokensOf({
  publicUrl,
  accessTokenFormat,
  signingKeys,
}: Config): Promise<AccessTokenFormat> {
  if (accessTokenFormat === 'opaque' || signingKeys === undefined) return opaqueFormat;
  const { createJwtFormat } = await import('./oauth/jwt-access-token.ts');
  return createJwtFormat(publicUrl, signingKeys);
}

/** The metrics and their server, loaded when there is a port for them. */
async function openMetrics(config: Config) {
  const { metricsPort, host } = config;
  if (metricsPort === undefined) return undefined;
  const { createMetrics } = await import('./telemetry/metrics.ts');
  const metrics = createMetrics();
  const { listen, close } = createMetricsServer(metrics);
  return {
    ...metrics,
    listen: () => withPortError('METRICS_PORT', config, listen(metricsPort, host)),
    close,
  };
}

function withPortError(setting: 'PORT' | 'METRICS_PORT', config: Config, listening: Promise<unknown>) {
  const port = setting === 'PORT' ? config.port : config.metricsPort;
  return withStartError(setting, `${port} at HOST ${config.host} can’t be listened on`, listening);
}
