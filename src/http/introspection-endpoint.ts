import type { RequestHandler } from 'express';
import { authenticateClient, type Clients } from '../oauth/client.ts';
import { introspect, type TokenContext } from '../oauth/introspection.ts';
import { requiredParameter } from '../oauth/parameters.ts';
import { clientCredentials } from './client-credentials.ts';
import { formParameters } from './form.ts';

/** The introspection endpoint (RFC 7662 2): whose token is this, and does it still hold? */
export function createIntrospectionEndpoint(
  clients: Clients,
  context: TokenContext,
  issuer: string,
): RequestHandler {
  return async (request, response) => {
    const form = formParameters(request);
    const client = authenticateClient(clients, clientCredentials(request, form));
    response.json(await introspect(context, issuer, client, requiredParameter(form, 'token')));
  };
}
