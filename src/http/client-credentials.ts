import type { Request } from 'express';
import type { ClientCredentials } from '../oauth/client.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { type Parameters, singleParameter } from '../oauth/parameters.ts';

/**
 * The client credentials of a request: by HTTP Basic or in the body (RFC 6749 2.3.1), in each way that they may be
 * meant; none where there are none. Throws `invalid_request` for header and body at once, or that name two clients.
 */
export function clientCredentials(request: Request, form: Parameters): ClientCredentials[] {
  const header = request.get('Authorization');
  const clientId = singleParameter(form, 'client_id');
  const clientSecret = singleParameter(form, 'client_secret');
  if (header === undefined || header === '') {
    return clientId === undefined || clientSecret === undefined ? [] : [{ clientId, clientSecret }];
  }
  if (clientSecret !== undefined) {
    throw new OAuthError(
      'invalid_request',
      'Send the client credentials in the header or in the body, not in both.',
    );
  }
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
