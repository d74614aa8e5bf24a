import type { RequestHandler } from 'express';
import type { ClientAuthentication } from '../oauth/client-authentication.ts';
import { redeemCode } from '../oauth/code-redemption.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { requiredParameter, singleParameter } from '../oauth/parameters.ts';
import { refresh } from '../oauth/refresh.ts';
import type { TokenGrantContext } from '../oauth/token-grant.ts';
import { findLinkOfCode, findLinkOfToken } from '../oauth/token-lookup.ts';
import type { EventName, Report } from '../telemetry/events.ts';
import type { Answers } from './answers.ts';
import { clientCredentials } from './client-credentials.ts';
import { formParameters } from './form.ts';
import { noteReference } from './request-log.ts';

export interface TokenEndpointOptions {
  readonly authenticate: ClientAuthentication;
  readonly context: TokenGrantContext;
  readonly answers: Answers;
  readonly report: Report;
  /** Told when it could not be kept that an answer has gone out: what it replaced then works once more. */
  readonly onUnconfirmed: (cause: unknown) => void;
}

interface Grant {
  readonly issue: typeof refresh;
  readonly event: EventName;
}

/** By `grant_type` (RFC 6749 4.1.3, 6). */
const grants = {
  authorization_code: { issue: redeemCode, event: 'link.created' },
  refresh_token: { issue: refresh, event: 'token.refreshed' },
} as const satisfies Readonly<Record<string, Grant>>;

/**
 * The token endpoint (RFC 6749 3.2). No address is limited here: Alexa's are shared by all skills.
 */
export function createTokenEndpoint(options: TokenEndpointOptions): RequestHandler {
  const { authenticate, context, answers, report, onUnconfirmed } = options;
  return async (request, response) => {
    const form = formParameters(request);
    const client = await authenticate(clientCredentials(request, form), async () => {
      const code = singleParameter(form, 'code');
      const token = singleParameter(form, 'refresh_token');
      if (code !== undefined) return findLinkOfCode(context.links, code);
      return token === undefined ? undefined : findLinkOfToken(context.links, token);
    });
    const { issue, event } = findGrant(requiredParameter(form, 'grant_type'));
    const { link, response: body, confirm } = await issue(context, client, form);
    const { id, reference, clientId, redirectHost } = link;
    noteReference(response, reference);
    report(event, { reference, client_id: clientId, link_id: id, redirect_host: redirectHost });
    response.once('finish', () => void confirm().catch(onUnconfirmed));
    answers.json(response, 200, body, { Pragma: 'no-cache' });
  };
}

function findGrant(grantType: string): Grant {
  const found = Object.entries(grants).find(([name]) => name === grantType);
  if (found === undefined) {
    throw new OAuthError(
      'unsupported_grant_type',
      'The grant_type must be authorization_code or refresh_token.',
      `asked: ${grantType.slice(0, 200)}`,
    );
  }
  return found[1];
}
