import type { RequestHandler } from 'express';
import type { PublicJwk } from '../oauth/jwt-access-token.ts';
import type { Answers } from './answers.ts';

/** How long others may keep the keys: a new one should be published for longer than this before it signs. */
const maxAgeSeconds = 300;

/** The JWK set (RFC 7517 5) with which a skill verifies JWT access tokens. */
export function createKeySetEndpoint(keys: readonly PublicJwk[], answers: Answers): RequestHandler {
  const headers = {
    'Content-Type': 'application/jwk-set+json',
    'Cache-Control': `public, max-age=${maxAgeSeconds}`,
  };
  return (_request, response) => answers.json(response, 200, { keys }, headers);
}
