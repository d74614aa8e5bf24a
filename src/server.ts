import { blaming, openStorage, StartError, signInsAtOnce } from './adapters.ts';
import { simulatedRedirectUris } from './alexa/simulator.ts';
import { parseSigningKeys } from './config/signing-keys.ts';
import type { Config } from './config.ts';
import { createFairQueue } from './crypto/fair-queue.ts';
import { randomText } from './crypto/random.ts';
import { generateSigningKey } from './crypto/signing-key.ts';
import { createDemo, type Demo } from './demo.ts';
import { createApp } from './http/app.ts';
import { createDrainingServer } from './http/http-server.ts';
import { createMetricsServer } from './http/metrics-server.ts';
import { createBudgets } from './oauth/budgets.ts';
import type { Clients } from './oauth/client.ts';
import type { SigningKeys } from './oauth/jwt-access-token.ts';
import { type AccessTokenFormat, createOpaqueFormat } from './oauth/token.ts';
import { createUseRecorder } from './oauth/use-recorder.ts';
import { openViews, ViewsError } from './pages/own-views.ts';
import type { Views } from './pages/views.ts';
import { openUsersPatiently, type Patience, patiently } from './patience.ts';
import { withMemory } from './storage/memory-attempts.ts';
import { createSweeper } from './storage/sweeper.ts';
import { createReport, type Report } from './telemetry/events.ts';
import type { Log } from './telemetry/log.ts';
import { createDemoUser } from './users/demo-user.ts';
import { createKnownUsers } from './users/known-users.ts';
import type { Users } from './users/user-store.ts';

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

/** What takes its time on purpose. */
export interface Timing {
  /** How long a refused sign-in takes at least. */
  readonly refusalSeconds: number;
  /** How long the user store's answer about a user is kept. */
  readonly rememberSeconds: number;
  /** How long a start waits for users and storage that can't be reached. */
  readonly patienceSeconds: number;
  /** Between two sweeps of what has ended. */
  readonly sweepSeconds: number;
}

/** Whoever is gone shall be so within a minute, and a file of users is looked at a little late. */
export const usualTiming: Timing = {
  refusalSeconds: 1,
  rememberSeconds: 55,
  patienceSeconds: 60,
  sweepSeconds: 600,
};

/**
 * Puts the server together from its configuration. Waits a minute for users and storage that can't be reached. Rejects with a
 * `StartError`; what is open by then stays open.
 */
export async function createAccountLinkingServer(
  config: Config,
  log: Log,
  timing = usualTiming,
): Promise<AccountLinkingServer> {
  const { production, publicUrl, trustProxy, host, port } = config;
  const demo = createDemo();
  const views = await viewsOf(config);
  const metrics = await openMetrics(config);
  const report = createReport(log, metrics?.onEvent);
  const stopping = new AbortController();
  const patience = { seconds: timing.patienceSeconds, report, signal: stopping.signal };
  const [users, storage] = await Promise.all([
    openKnownUsers(config, demo, patience, timing),
    patiently(() => openStorage(config.storage), patience),
  ]);
  const attempts = withMemory(storage.attempts, (err) => report('storage.unavailable', { err }));
  const signingKeys = config.signingKeys ?? keysOfOneRun(config, report);
  const clients = config.clients ?? demo.clients;
  const context = {
    users,
    budgets: createBudgets(attempts, now),
    queue: createFairQueue(signInsAtOnce(config.users), metrics?.onTurn),
    refusalSeconds: timing.refusalSeconds,
    links: storage.links,
    accessTokens: await accessTokensOf(config, signingKeys),
    now,
    randomText,
  };
  const onUse = createUseRecorder({
    links: storage.links,
    now,
    later: setImmediate,
    onFailure: (err) => report('link.use_unrecorded', { err }),
  });
  const server = createDrainingServer(
    (isDraining) =>
      createApp({
        publicUrl,
        trustProxy,
        clients: production ? clients : withSimulator(clients, publicUrl),
        views,
        storage,
        context,
        onUse,
        keys: signingKeys?.published ?? [],
        simulator: production
          ? undefined
          : {
              demoUser: config.users === undefined ? demo.username : undefined,
              demoSecret: config.clients === undefined ? demo.clientSecret : undefined,
            },
        isDraining,
        log,
        report,
        metrics,
      }),
    report,
  );
  const sweeper = createSweeper({
    storage,
    now,
    onRemoved: (rows) => report('links.removed', { rows }),
    onFailure: (err) => report('storage.unavailable', { err }),
    everySeconds: timing.sweepSeconds,
  });

  return {
    demo,
    async listen() {
      await metrics?.listen();
      await blaming(`PORT ${port} at HOST ${host} can’t be listened on`, server.listen(port, host));
      sweeper.start();
      report('server.started', { public_url: publicUrl, host, port, clients: [...clients.keys()] });
    },
    async stop(idleSeconds = 1) {
      report('server.stopping');
      stopping.abort();
      await Promise.all([server.drain(idleSeconds, 20), sweeper.stop()]);
      const closed = await Promise.allSettled([users.close(), storage.close(), metrics?.close()]);
      for (const part of closed)
        if (part.status === 'rejected') report('server.unclosed', { err: part.reason });
      report('server.stopped');
    },
  };
}

async function viewsOf({ views }: Config): Promise<Views> {
  try {
    return await openViews(views);
  } catch (error) {
    throw error instanceof ViewsError ? new StartError(error.message) : error;
  }
}

/** Users as the server asks for them: answers about a user are kept for a while. */
async function openKnownUsers(
  { users }: Config,
  demo: Demo,
  patience: Patience,
  { rememberSeconds: seconds }: Timing,
): Promise<Users> {
  const { report } = patience;
  const store =
    users === undefined
      ? await createDemoUser(demo.username, demo.password)
      : await openUsersPatiently(users, patience);
  if (users !== undefined && store.findById === undefined) {
    const remedy = users.scheme === 'sql' ? 'set USERS_BY_ID_QUERY' : 'revoke them';
    const message = `nothing tells when a user is gone or disabled, so their tokens go on working: ${remedy}`;
    report('config.warning', { message });
  }
  return createKnownUsers({ store, seconds, onUnavailable: (err) => report('users.unavailable', { err }) });
}

/** In development, keys that nobody has set: JWTs of this run can then be verified as long as it lasts. */
function keysOfOneRun({ accessTokenFormat }: Config, report: Report): SigningKeys | undefined {
  if (accessTokenFormat === 'opaque') return undefined;
  const message =
    'SIGNING_KEYS is not set, so a key was made for this run: skills can’t verify its tokens after it';
  report('config.warning', { message });
  return parseSigningKeys(JSON.stringify({ keys: [generateSigningKey('development')] }), () => {});
}

/** The format that new tokens get; what signs JWTs is loaded when it is needed. */
async function accessTokensOf(
  { publicUrl, accessTokenFormat }: Config,
  keys: SigningKeys | undefined,
): Promise<AccessTokenFormat> {
  if (accessTokenFormat === 'opaque' || keys === undefined) return createOpaqueFormat(randomText);
  const { createJwtFormat } = await import('./oauth/jwt-access-token.ts');
  return createJwtFormat(publicUrl, keys, randomText);
}

/** The metrics and their server, loaded when there is a port for them. */
async function openMetrics({ metricsPort, host }: Config) {
  if (metricsPort === undefined) return undefined;
  const { createMetrics } = await import('./telemetry/metrics.ts');
  const metrics = createMetrics();
  const { listen, close } = createMetricsServer(metrics);
  const address = `METRICS_PORT ${metricsPort} at HOST ${host}`;
  return {
    ...metrics,
    listen: () => blaming(`${address} can’t be listened on`, listen(metricsPort, host)),
    close,
  };
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
