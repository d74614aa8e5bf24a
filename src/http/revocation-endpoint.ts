import type { RequestHandler } from 'express';
import type { ClientAuthentication } from '../oauth/client-authentication.ts';
import { revokeToken } from '../oauth/introspection.ts';
import { requiredParameter } from '../oauth/parameters.ts';
import { findLinkOfToken } from '../oauth/token-lookup.ts';
import type { LinkStore } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import type { Answers } from './answers.ts';
import { clientCredentials } from './client-credentials.ts';
import { formParameters } from './form.ts';

export interface RevocationEndpointOptions {
  readonly authenticate: ClientAuthentication;
  readonly links: LinkStore;
  readonly now: () => number;
  readonly report: Report;
  readonly answers: Answers;
}

/** The revocation endpoint (RFC 7009 2): 200 also for a token that was dead before. */
export function createRevocationEndpoint(options: RevocationEndpointOptions): RequestHandler {
  const { authenticate, links, now, report, answers } = options;
  return async (request, response) => {
    const form = formParameters(request);
    const client = await authenticate(clientCredentials(request, form), () =>
      findLinkOfToken(links, requiredParameter(form, 'token')),
    );
    const link = await revokeToken(links, client, requiredParameter(form, 'token'), now());
    if (link !== undefined) {
      const { reference, clientId, id } = link;
      report('link.revoked', { reference, client_id: clientId, link_id: id, by: 'client' });
    }
    // Not an empty body: simple-oauth2 and @fastify/oauth2 read every answer as JSON.
    answers.json(response, 200, {});
  };
}
