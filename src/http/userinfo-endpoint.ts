import type { RequestHandler } from 'express';
import { describeUser, findActiveToken, type TokenContext } from '../oauth/introspection.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { Answers } from './answers.ts';
import { bearerChallenge } from './error-handlers.ts';

/** The person behind a Bearer token (RFC 6750): the simplest thing for a skill to call. */
export function createUserinfoEndpoint(context: TokenContext, answers: Answers): RequestHandler {
  return async (request, response) => {
    const header = request.get('Authorization');
    if (header === undefined || !/^Bearer\b/i.test(header)) {
      answers.empty(response, 401, { 'WWW-Authenticate': bearerChallenge() });
      return;
    }
    const active = await findActiveToken(context, bearerToken(header));
    if (active === undefined) {
      throw new OAuthError(
        'invalid_token',
        'The access token is unknown, expired or revoked: link the account again.',
      );
    }
    answers.json(response, 200, describeUser(active));
  };
}

/** Throws `invalid_request` for what is not one token of RFC 6750 2.1's form. */
function bearerToken(header: string): string {
  const token = /^Bearer +([\w~+./-]+=*) *$/i.exec(header)?.[1];
  if (token === undefined)
    throw new OAuthError('invalid_request', 'The Authorization header must be: Bearer, a space, the token.');
  return token;
}
