/*
 * http: the only folder that knows Express. One file an endpoint; what an endpoint decides is oauth's, what users see is
 * made in pages, how it is asked and answered is here. It is handed stores and never names an implementation.
 */
import express, { type Express, type RequestHandler, Router } from 'express';
import createHttpError from 'http-errors';
import { describeAuthorizationServer, keySetPath } from '../oauth/metadata.ts';
import { createAuthorizeEndpoint } from './authorize-endpoint.ts';
import type { Deps } from './deps.ts';
import { answerJsonErrors, answerPageErrors } from './errors.ts';
import { answerHealth, createReadinessEndpoint } from './health-endpoints.ts';
import { createLinksEndpoint } from './links-endpoint.ts';
import { exactly, readForm } from './request.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './response.ts';
import {
  createIntrospectionEndpoint,
  createRevocationEndpoint,
  createTokenEndpoint,
  createUserinfoEndpoint,
} from './token-endpoints.ts';

/** The whole HTTP surface: what clients call, and what users open. */
export function createApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Parameters are read strictly and one by one; Express's own reading would forgive and merge them.
  app.set('query parser', false);
  app.set('trust proxy', deps.trustProxy);
  app.use(requestLog(deps), securityHeaders(deps.issuer));
  app.use(clientRoutes(deps), userRoutes(deps));
  if (deps.simulator !== undefined) app.use(deps.simulator);
  app.use(refuseUnknown, answerPageErrors(deps));
  return app;
}

function clientRoutes(deps: Deps): Router {
  const router = Router(exactly);
  const metadata = describeAuthorizationServer(deps.issuer, deps.keys.length > 0);
  router.route('/token').post(readForm, createTokenEndpoint(deps)).all(allowOnly('POST'));
  router.route('/introspect').post(readForm, createIntrospectionEndpoint(deps)).all(allowOnly('POST'));
  router.route('/revoke').post(readForm, createRevocationEndpoint(deps)).all(allowOnly('POST'));
  router.route('/userinfo').get(createUserinfoEndpoint(deps)).all(allowOnly('GET, HEAD'));
  router
    .route('/.well-known/oauth-authorization-server')
    .get((_request, response) => void response.json(metadata))
    .all(allowOnly('GET, HEAD'));
  router.route(keySetPath).get(sendKeySet(deps)).all(allowOnly('GET, HEAD'));
  router.route('/healthz').get(answerHealth).all(allowOnly('GET, HEAD'));
  router.route('/readyz').get(createReadinessEndpoint(deps)).all(allowOnly('GET, HEAD'));
  router.use(answerJsonErrors(deps));
  return router;
}

function userRoutes(deps: Deps): Router {
  const router = Router(exactly);
  const [authorize, links] = [createAuthorizeEndpoint(deps), createLinksEndpoint(deps)];
  router.route('/authorize').get(authorize.get).post(authorize.post).all(allowOnly('GET, HEAD, POST'));
  router.route('/links').get(links.get).post(links.post).all(allowOnly('GET, HEAD, POST'));
  return router;
}

/** How long others may keep the keys: a new one should be published for longer than this before it signs. */
const keySetSeconds = 300;

/** The JWK set (RFC 7517 5) with which a skill verifies JWT access tokens. */
function sendKeySet({ keys }: Deps): RequestHandler {
  return (_request, response) => {
    response.set('Cache-Control', `public, max-age=${keySetSeconds}`);
    response.type('application/jwk-set+json').json({ keys });
  };
}

function allowOnly(methods: string): RequestHandler {
  return () => {
    throw createHttpError(405, { headers: { Allow: methods } });
  };
}

/** 400 where the request target is no path at all. */
const refuseUnknown: RequestHandler = ({ path }) => {
  throw createHttpError(path.startsWith('/') ? 404 : 400);
};
