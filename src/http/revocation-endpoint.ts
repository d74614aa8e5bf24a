import type { RequestHandler } from 'express';
import { authenticateClient, type Clients } from '../oauth/client.ts';
import { revokeToken } from '../oauth/introspection.ts';
import { requiredParameter } from '../oauth/parameters.ts';
import type { LinkStore } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import type { Answers } from './answers.ts';
import { clientCredentials } from './client-credentials.ts';
import { formParameters } from './form.ts';

export interface RevocationEndpointOptions {
  readonly clients: Clients;
  readonly links: LinkStore;
  readonly now: () => number;
  readonly report: Report;
  readonly answers: Answers;
}

/** The revocation endpoint (RFC 7009 2): 200 also for a token that was dead before. */
export function createRevocationEndpoint(options: RevocationEndpointOptions): RequestHandler {
  const { clients, links, now, report, answers } = options;
  return async (request, response) => {
    const form = formParameters(request);
    const client = authenticateClient(clients, clientCredentials(request, form));
    const link = await revokeToken(links, client, requiredParameter(form, 'token'), now());
    if (link !== undefined) {
      const { reference, clientId, id } = link;
      report('link.revoked', { reference, client_id: clientId, link_id: id, by: 'client' });
    }
    // Not an empty body: simple-oauth2 and @fastify/oauth2 read every answer as JSON.
    answers.json(response, 200, {});
  };
}
