import type { RequestHandler } from 'express';
import { authenticateClient, type Clients } from '../oauth/client.ts';
import { introspect, type TokenContext } from '../oauth/introspection.ts';
import { requiredParameter } from '../oauth/parameters.ts';
import type { Answers } from './answers.ts';
import { clientCredentials } from './client-credentials.ts';
import { formParameters } from './form.ts';

export interface IntrospectionEndpointOptions {
  readonly clients: Clients;
  readonly tokens: TokenContext;
  readonly issuer: string;
  readonly answers: Answers;
}

/** The introspection endpoint (RFC 7662 2): whose token is this, and does it still hold? */
export function createIntrospectionEndpoint(options: IntrospectionEndpointOptions): RequestHandler {
  const { clients, tokens, issuer, answers } = options;
  return async (request, response) => {
    const form = formParameters(request);
    const client = authenticateClient(clients, clientCredentials(request, form));
    answers.json(response, 200, await introspect(tokens, issuer, client, requiredParameter(form, 'token')));
  };
}
