import type { Link, LinkStore } from '../storage/stores.ts';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { keyOfAccessToken } from './token.ts';

/**
 * Revokes the link that a token belongs to, and with it all its tokens (RFC 7009 2.1).
 * Gives the link that this call ended; `undefined` for a token that is unknown or was dead before, which is no error
 * (2.2). Another client's token throws `unauthorized_client`. Rejects when the storage can't answer.
 */
export async function revokeToken(
  links: LinkStore,
  client: Client,
  token: string,
  now: number,
): Promise<Link | undefined> {
  const found = await links.findByAccessToken(keyOfAccessToken(token));
  if (found === undefined) return undefined;
  if (found.link.clientId !== client.clientId) {
    throw new OAuthError('unauthorized_client', 'The token was issued to another client.');
  }
  return (await links.revoke(found.link.id, now)) ? found.link : undefined;
}
