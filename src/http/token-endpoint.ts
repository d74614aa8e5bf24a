import type { RequestHandler } from 'express';
import { authenticateClient, type Clients } from '../oauth/client.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { requiredParameter } from '../oauth/parameters.ts';
import { redeemCode, refresh, type TokenGrantContext } from '../oauth/token-grants.ts';
import type { EventName, Report } from '../telemetry/events.ts';
import type { Answers } from './answers.ts';
import { clientCredentials } from './client-credentials.ts';
import { formParameters } from './form.ts';
import { noteReference } from './request-log.ts';

export interface TokenEndpointOptions {
  readonly clients: Clients;
  readonly context: TokenGrantContext;
  readonly answers: Answers;
  readonly report: Report;
}

interface GrantType {
  readonly grant: typeof refresh;
  readonly event: EventName;
}

/** By name (RFC 6749 4.1.3, 6). */
const grantTypes: Readonly<Record<string, GrantType>> = {
  authorization_code: { grant: redeemCode, event: 'link.created' },
  refresh_token: { grant: refresh, event: 'token.refreshed' },
};

/**
 * The token endpoint (RFC 6749 3.2). No address is limited here: Alexa's are shared by all skills.
 */
export function createTokenEndpoint(options: TokenEndpointOptions): RequestHandler {
  const { clients, context, answers, report } = options;
  return async (request, response) => {
    const form = formParameters(request);
    const client = authenticateClient(clients, clientCredentials(request, form));
    const { grant, event } = findGrantType(requiredParameter(form, 'grant_type'));
    const { link, response: body } = await grant(context, client, form);
    const { id, reference, clientId, redirectHost } = link;
    noteReference(response, reference);
    report(event, { reference, client_id: clientId, link_id: id, redirect_host: redirectHost });
    answers.json(response, 200, body, { Pragma: 'no-cache' });
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
