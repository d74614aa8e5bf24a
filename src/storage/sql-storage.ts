import { type Kysely, sql } from 'kysely';
import type { Schema } from './sql-schema.ts';
import {
  type FailureStore,
  type Link,
  type LinkStore,
  type Storage,
  StorageUnavailableError,
} from './stores.ts';

/** Links in any SQL database that Kysely reaches, once its tables are there. */
export function createSqlStorage(db: Kysely<Schema>, failures: FailureStore): Storage {
  return {
    links: createSqlLinks(db),
    failures,
    async ping() {
      await confirmed(sql`select 1`.execute(db));
    },
    close: () => db.destroy(),
  };
}

function createSqlLinks(db: Kysely<Schema>): LinkStore {
  return {
    async create(link, accessToken) {
      await confirmed(
        db.transaction().execute(async (transaction) => {
          await transaction.insertInto('alexa_links').values(rowOf(link)).execute();
          await transaction
            .insertInto('alexa_access_tokens')
            .values({
              digest: accessToken.digest,
              link_id: link.id,
              issued_at: accessToken.issuedAt,
              expires_at: accessToken.expiresAt ?? null,
            })
            .execute();
        }),
      );
    },

    async findByAccessToken(digest) {
      const row = await confirmed(
        db
          .selectFrom('alexa_access_tokens')
          .innerJoin('alexa_links', 'alexa_links.id', 'alexa_access_tokens.link_id')
          .selectAll('alexa_links')
          .select(['issued_at', 'expires_at'])
          .where('digest', '=', digest)
          .executeTakeFirst(),
      );
      if (row === undefined) return undefined;
      const accessToken = { digest, issuedAt: row.issued_at, expiresAt: row.expires_at ?? undefined };
      return { link: linkOf(row), accessToken };
    },

    async revoke(linkId, at) {
      const { numUpdatedRows } = await confirmed(
        db
          .updateTable('alexa_links')
          .set({ revoked_at: at })
          .where('id', '=', linkId)
          .where('revoked_at', 'is', null)
          .executeTakeFirstOrThrow(),
      );
      return numUpdatedRows === 1n;
    },
  };
}

function rowOf(link: Link): Schema['alexa_links'] {
  return {
    id: link.id,
    client_id: link.clientId,
    subject: link.subject,
    username: link.username,
    scope: link.scope,
    redirect_host: link.redirectHost,
    reference: link.reference,
    created_at: link.createdAt,
    revoked_at: link.revokedAt ?? null,
  };
}

function linkOf(row: Schema['alexa_links']): Link {
  return {
    id: row.id,
    clientId: row.client_id,
    subject: row.subject,
    username: row.username,
    scope: row.scope,
    redirectHost: row.redirect_host,
    reference: row.reference,
    createdAt: row.created_at,
    revokedAt: row.revoked_at ?? undefined,
  };
}

async function confirmed<Result>(query: Promise<Result>): Promise<Result> {
  try {
    return await query;
  } catch (cause) {
    throw new StorageUnavailableError(cause);
  }
}
