/*
 * http: the only folder that knows Express. One file an endpoint; what an endpoint decides is oauth's, what people see is
 * made in pages, how it is asked and answered is here. It is handed stores and never names an implementation.
 */
import express, { type Express, type RequestHandler } from 'express';
import createHttpError from 'http-errors';
import type { Clients } from '../oauth/client.ts';
import type { GrantContext } from '../oauth/grants.ts';
import type { TokenContext } from '../oauth/introspection.ts';
import type { PublicJwk } from '../oauth/jwt-access-token.ts';
import { describeAuthorizationServer, keySetPath } from '../oauth/metadata.ts';
import type { TokenGrantContext } from '../oauth/token-grants.ts';
import { createPages } from '../pages/pages.ts';
import type { Views } from '../pages/views.ts';
import type { Storage } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAnswers } from './answers.ts';
import { createAuthorizeEndpoint } from './authorize-endpoint.ts';
import { type Endpoint, mount } from './endpoint.ts';
import { createErrorHandlers } from './error-handlers.ts';
import { createHealthEndpoint, createReadinessEndpoint } from './health-endpoints.ts';
import { createIntrospectionEndpoint } from './introspection-endpoint.ts';
import { createKeySetEndpoint } from './key-set-endpoint.ts';
import { createPagesFor } from './language.ts';
import { createLinksEndpoint } from './links-endpoint.ts';
import { noticeProxy } from './proxy-notice.ts';
import { requestLog } from './request-log.ts';
import { createRevocationEndpoint } from './revocation-endpoint.ts';
import { type SimulatorSettings, simulatorEndpoints } from './simulator-endpoints.ts';
import { createTokenEndpoint } from './token-endpoint.ts';
import { createUserinfoEndpoint } from './userinfo-endpoint.ts';

export interface AppOptions {
  readonly publicUrl: string;
  /** As Express's `trust proxy` takes it. */
  readonly trustProxy: false | number | readonly string[];
  readonly clients: Clients;
  readonly views: Views;
  readonly storage: Storage;
  readonly context: GrantContext;
  readonly onUse: TokenContext['onUse'];
  /** What JWT access tokens are verified with; empty where none are issued. */
  readonly keys: readonly PublicJwk[];
  /** Absent in production, where nothing of the simulator is mounted. */
  readonly simulator: SimulatorSettings | undefined;
  readonly isDraining: () => boolean;
  readonly log: Log;
  readonly report: Report;
  readonly metrics: Metrics | undefined;
}

/** The whole HTTP surface, as one table of endpoints. */
export function createApp(options: AppOptions): Express {
  const { publicUrl, clients, views, storage, context, keys, report, isDraining } = options;
  const answers = createAnswers(publicUrl);
  const pagesFor = createPagesFor(createPages(views, [...clients.values()]));
  const errors = createErrorHandlers(answers, pagesFor, report);
  const tokens: TokenContext = { ...context, onUse: options.onUse };
  const onReuse: TokenGrantContext['onReuse'] = ({ id, reference, clientId }) => {
    const fields = { reference, client_id: clientId, link_id: id };
    report('token.reused', { ...fields, reused: 'code' });
    report('link.revoked', { ...fields, by: 'reuse' });
  };
  const metadata = describeAuthorizationServer(publicUrl, keys.length > 0);

  const endpoints: Endpoint[] = [
    {
      path: '/authorize',
      ...createAuthorizeEndpoint({ clients, context, answers, pagesFor, publicUrl, report }),
      errors: errors.page,
    },
    {
      path: '/token',
      post: createTokenEndpoint({
        clients,
        context: { ...context, onReuse },
        answers,
        report,
      }),
      errors: errors.json,
    },
    {
      path: '/introspect',
      post: createIntrospectionEndpoint({ clients, tokens, issuer: publicUrl, answers }),
      errors: errors.json,
    },
    { path: '/userinfo', get: createUserinfoEndpoint(tokens, answers), errors: errors.bearer },
    {
      path: '/revoke',
      post: createRevocationEndpoint({ clients, ...context, report, answers }),
      errors: errors.json,
    },
    {
      path: '/.well-known/oauth-authorization-server',
      get: (_request, response) => answers.json(response, 200, metadata),
      errors: errors.json,
    },
    { path: keySetPath, get: createKeySetEndpoint(keys, answers), errors: errors.json },
    {
      path: '/links',
      ...createLinksEndpoint({
        context: { ...context, tickets: storage.tickets },
        answers,
        pagesFor,
        publicUrl,
        report,
      }),
      errors: errors.page,
    },
    { path: '/healthz', get: createHealthEndpoint(answers), errors: errors.json },
    {
      path: '/readyz',
      get: createReadinessEndpoint({ storage, users: context.users, isDraining, report, answers }),
      errors: errors.json,
    },
  ];
  if (options.simulator !== undefined) {
    endpoints.push(
      ...simulatorEndpoints({
        clients,
        publicUrl,
        views,
        answers,
        errors: errors.page,
        ...options.simulator,
      }),
    );
  }

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Parameters are read strictly and one by one; Express's own reading would forgive and merge them.
  app.set('query parser', false);
  app.set('trust proxy', options.trustProxy);
  const notice = options.trustProxy === false ? noticeProxy(report) : undefined;
  app.use(requestLog(options.log, notice, options.metrics?.onRequest));
  for (const endpoint of endpoints) mount(app, endpoint);
  app.use(refuseUnknown, errors.page);
  return app;
}

const refuseUnknown: RequestHandler = (_request, _response, next) => next(createHttpError(404));
