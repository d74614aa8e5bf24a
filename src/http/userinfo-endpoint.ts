import type { RequestHandler } from 'express';
import { describeUser, findActiveToken, type TokenContext } from '../oauth/introspection.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { challenge } from './error-handler.ts';

/** The person behind a Bearer token (RFC 6750): the simplest thing for a skill to call. */
export function createUserinfoEndpoint(context: TokenContext): RequestHandler {
  return async (request, response) => {
    const header = request.get('Authorization');
    if (header === undefined || !/^Bearer\b/i.test(header)) {
      response.status(401).set('WWW-Authenticate', challenge('Bearer')).end();
      return;
    }
    const active = await findActiveToken(context, bearerToken(header));
    if (active === undefined) {
      throw new OAuthError(
        'invalid_token',
        'The access token is unknown, expired or revoked: link the account again.',
      );
    }
    response.json(describeUser(active));
  };
}

/** Throws `invalid_request` for what is not one token of RFC 6750 2.1's form. */
function bearerToken(header: string): string {
  const token = /^Bearer +([\w~+./-]+=*) *$/i.exec(header)?.[1];
  if (token === undefined)
    throw new OAuthError('invalid_request', 'The Authorization header must be: Bearer, a space, the token.');
  return token;
}
