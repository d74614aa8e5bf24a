import type { Request, RequestHandler } from 'express';
import { authenticateClient, type Client, type ClientCredentials } from '../oauth/client.ts';
import { describeUser, findActiveToken, introspect, revokeToken } from '../oauth/introspection.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { requiredParameter, singleParameter } from '../oauth/parameters.ts';
import { redeemCode, refresh } from '../oauth/token-grants.ts';
import type { EventName } from '../telemetry/events.ts';
import type { Deps } from './deps.ts';
import { bearerChallenge } from './errors.ts';
import { formOf, queryOf } from './request.ts';

type GrantType = { readonly grant: typeof refresh; readonly event: EventName };

/** By name (RFC 6749 4.1.3, 6). */
const grantTypes: Readonly<Record<string, GrantType>> = {
  authorization_code: { grant: redeemCode, event: 'link.created' },
  refresh_token: { grant: refresh, event: 'token.refreshed' },
};

/** The token endpoint (RFC 6749 3.2). No address is limited here: Alexa's are shared by all skills. */
export function createTokenEndpoint(deps: Deps): RequestHandler {
  return async (request, response) => {
    const client = clientOf(request, deps);
    const form = formOf(request);
    const { grant, event } = findGrantType(requiredParameter(form, 'grant_type'));
    const { link, response: body } = await grant(deps, client, form);
    const { id, reference, clientId, redirectHost } = link;
    response.locals.reference = reference;
    deps.report(event, { reference, client_id: clientId, link_id: id, redirect_host: redirectHost });
    response.set('Pragma', 'no-cache').json(body);
  };
}

function findGrantType(name: string): GrantType {
  const found = Object.hasOwn(grantTypes, name) ? grantTypes[name] : undefined;
  if (found === undefined) {
    throw new OAuthError(
      'unsupported_grant_type',
      'The grant_type must be authorization_code or refresh_token.',
      // Only what is one: somebody may have put a secret there.
      /^([a-z_]{1,30}|urn:[\w:-]{1,100})$/.test(name) ? `asked: ${name}` : 'asked for no grant type at all',
    );
  }
  return found;
}

/** The introspection endpoint (RFC 7662 2): whose token is this, and is it active? */
export function createIntrospectionEndpoint(deps: Deps): RequestHandler {
  return async (request, response) => {
    const client = clientOf(request, deps);
    response.json(await introspect(deps, client, requiredParameter(formOf(request), 'token')));
  };
}

/** The revocation endpoint (RFC 7009 2): 200 also for a token that was dead before. */
export function createRevocationEndpoint(deps: Deps): RequestHandler {
  return async (request, response) => {
    const client = clientOf(request, deps);
    const link = await revokeToken(deps, client, requiredParameter(formOf(request), 'token'));
    if (link !== undefined) {
      const { reference, clientId, id } = link;
      response.locals.reference = reference;
      deps.report('link.revoked', { reference, client_id: clientId, link_id: id, by: 'client' });
    }
    // Not an empty body: simple-oauth2 and @fastify/oauth2 read every answer as JSON.
    response.json({});
  };
}

/** The user behind a Bearer token (RFC 6750): the simplest thing for a skill to call. */
export function createUserinfoEndpoint(deps: Deps): RequestHandler {
  return async (request, response) => {
    const header = request.get('Authorization');
    if (header === undefined || !/^Bearer\b/i.test(header)) {
      const { reference } = response.locals;
      const cause = hasTokenInQuery(request) ? 'the token is in the query' : 'no Bearer token';
      deps.report('token.refused', { reference, path: request.path, status: 401, cause });
      response.status(401).set('WWW-Authenticate', bearerChallenge()).end();
      return;
    }
    const token = /^Bearer +([\w~+./-]+=*) *$/i.exec(header)?.[1];
    if (token === undefined)
      throw invalidToken('The Authorization header must be: Bearer, a space, the token.', 'malformed');
    const found = await findActiveToken(deps, token);
    if ('inactive' in found) {
      const description = 'The access token is unknown, expired or revoked: link the account again.';
      throw invalidToken(description, found.inactive, found.link?.reference);
    }
    response.locals.reference = found.link.reference;
    response.json(describeUser(found));
  };
}

function invalidToken(description: string, cause: string, reference?: string): OAuthError {
  return new OAuthError('invalid_token', description, cause, reference);
}

function hasTokenInQuery(request: Request): boolean {
  return new URLSearchParams(queryOf(request)).has('access_token');
}

function clientOf(request: Request, { clients }: Deps): Client {
  return authenticateClient(clients, clientCredentials(request));
}

/**
 * The client credentials of a request: by HTTP Basic or in the body (RFC 6749 2.3.1), in each way that they may be
 * meant; none where there are none. Throws `invalid_request` for header and body at once, or that name two clients.
 */
function clientCredentials(request: Request): ClientCredentials[] {
  const header = request.get('Authorization');
  const clientId = singleParameter(formOf(request), 'client_id');
  const clientSecret = singleParameter(formOf(request), 'client_secret');
  if (header === undefined || header === '')
    return clientId === undefined || clientSecret === undefined ? [] : [{ clientId, clientSecret }];
  if (clientSecret !== undefined)
    throw new OAuthError(
      'invalid_request',
      'Send the client credentials in the header or in the body, not in both.',
    );
  const presented = basicCredentials(header);
  const others = presented.filter((each) => each.clientId !== clientId);
  if (clientId !== undefined && presented.length > 0 && others.length === presented.length)
    throw new OAuthError('invalid_request', 'The client_id in the body is not that of the header.');
  return presented;
}

/**
 * The RFC has both parts form-encoded before they are joined. Many clients leave that out, and a secret with a plus
 * or a percent sign then reads differently, so both readings count; either must match in full.
 */
function basicCredentials(header: string): ClientCredentials[] {
  const encoded = /^Basic +([\w+/-]+={0,2}) *$/i.exec(header)?.[1];
  const joined = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = joined.indexOf(':');
  if (colon === -1) return [];
  const clientId = joined.slice(0, colon);
  const clientSecret = joined.slice(colon + 1);
  const asSent = { clientId, clientSecret };
  try {
    return [{ clientId: formDecode(clientId), clientSecret: formDecode(clientSecret) }, asSent];
  } catch {
    return [asSent];
  }
}

function formDecode(value: string): string {
  return decodeURIComponent(value.replaceAll('+', ' '));
}
