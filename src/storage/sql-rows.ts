import type { Schema } from './sql-schema.ts';
import type { AccessTokenRecord, Link } from './stores.ts';

/** What a link itself is in its row. Every check of a token reads these, and no more. */
export const linkColumns = [
  'id',
  'client_id',
  'subject',
  'username',
  'scope',
  'redirect_host',
  'reference',
  'created_at',
  'alexa_links.expires_at',
  'last_used_at',
  'revoked_at',
] as const;

type LinkRow = Pick<
  Schema['alexa_links'],
  Exclude<(typeof linkColumns)[number], 'alexa_links.expires_at'> | 'expires_at'
>;

export function rowOf(link: Link): LinkRow {
  return {
    id: link.id,
    client_id: link.clientId,
    subject: link.subject,
    username: link.username,
    scope: link.scope,
    redirect_host: link.redirectHost,
    reference: link.reference,
    created_at: link.createdAt,
    expires_at: link.expiresAt ?? null,
    last_used_at: link.lastUsedAt ?? null,
    revoked_at: link.revokedAt ?? null,
  };
}

export function linkOf(row: LinkRow): Link {
  return {
    id: row.id,
    clientId: row.client_id,
    subject: row.subject,
    username: row.username,
    scope: row.scope,
    redirectHost: row.redirect_host,
    reference: row.reference,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}

export function rowOfToken(linkId: string, accessToken: AccessTokenRecord): Schema['alexa_access_tokens'] {
  return {
    digest: accessToken.digest,
    link_id: linkId,
    issued_at: accessToken.issuedAt,
    expires_at: accessToken.expiresAt ?? null,
  };
}
