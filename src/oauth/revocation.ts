import type { Link, LinkStore } from '../storage/stores.ts';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import { findLinkOfToken } from './token-lookup.ts';

/**
 * Revokes the link that an access token or refresh token belongs to, and with it all its tokens (RFC 7009 2.1). Gives the
 * link that this call ended; `undefined` for a token that is unknown or was dead before, which is no error (2.2). Another
 * client's token throws `unauthorized_client`. Rejects when the storage can't answer.
 */
export async function revokeToken(
  links: LinkStore,
  client: Client,
  token: string,
  now: number,
): Promise<Link | undefined> {
  const link = await findLinkOfToken(links, token);
  if (link === undefined) return undefined;
  if (link.clientId !== client.clientId) {
    throw new OAuthError('unauthorized_client', 'The token was issued to another client.');
  }
  return (await links.revoke(link.id, now)) ? link : undefined;
}
