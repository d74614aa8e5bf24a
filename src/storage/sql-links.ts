import type { Kysely } from 'kysely';
import { createSqlCodeGrants } from './sql-code-grants.ts';
import { linkColumns, linkOf, rowOf, rowOfToken } from './sql-rows.ts';
import type { Schema } from './sql-schema.ts';
import type { LinkFilter, LinkStore, Run } from './stores.ts';

const pageSize = 500;

/** Links and their access tokens in the tables of `sql-schema.ts`; each operation goes through `run`. */
export function createSqlLinks(db: Kysely<Schema>, run: Run): LinkStore {
  return {
    ...createSqlCodeGrants(db, run),

    create: (link, accessToken) =>
      run(() =>
        db.transaction().execute(async (transaction) => {
          await transaction.insertInto('alexa_links').values(rowOf(link)).execute();
          await transaction
            .insertInto('alexa_access_tokens')
            .values(rowOfToken(link.id, accessToken))
            .execute();
        }),
      ),

    async findByAccessToken({ digest }) {
      const finding = db
        .selectFrom('alexa_access_tokens')
        .innerJoin('alexa_links', 'alexa_links.id', 'alexa_access_tokens.link_id')
        .select(linkColumns)
        .select(['issued_at', 'alexa_access_tokens.expires_at as token_expires_at'])
        .where('digest', '=', digest);
      const row = await run(() => finding.executeTakeFirst());
      if (row === undefined) return undefined;
      const expiresAt = row.token_expires_at ?? undefined;
      return { link: linkOf(row), accessToken: { digest, issuedAt: row.issued_at, expiresAt } };
    },

    async find(linkId) {
      const finding = db.selectFrom('alexa_links').select(linkColumns).where('id', '=', linkId);
      const row = await run(() => finding.executeTakeFirst());
      return row && linkOf(row);
    },

    async *list(filter) {
      const matching = matchingRows(db, filter).orderBy('id').limit(pageSize);
      let rows = await run(() => matching.execute());
      while (rows.length > 0) {
        yield* rows.map(linkOf);
        const last = rows.at(-1)?.id ?? '';
        rows = rows.length < pageSize ? [] : await run(() => matching.where('id', '>', last).execute());
      }
    },

    async recordUse(linkId, at, notSince) {
      const recording = db
        .updateTable('alexa_links')
        .set({ last_used_at: at })
        .where('id', '=', linkId)
        .where((row) =>
          row.or([
            row('last_used_at', 'is', null),
            row('last_used_at', '<=', notSince),
            row('last_used_at', '>', at),
          ]),
        );
      await run(() => recording.execute());
    },

    async revoke(linkId, at) {
      const revoking = db
        .updateTable('alexa_links')
        .set({ revoked_at: at })
        .where('id', '=', linkId)
        .where('revoked_at', 'is', null);
      return (await run(() => revoking.executeTakeFirstOrThrow())).numUpdatedRows === 1n;
    },

    erase: (linkId) =>
      run(() => db.transaction().execute((transaction) => deleteLinks(transaction, [linkId]))),

    async countEnding(from, until) {
      const counting = db
        .selectFrom('alexa_links')
        .select((row) => row.fn.countAll<number>().as('count'))
        .where('expires_at', '>', from)
        .where('expires_at', '<=', until)
        .where('revoked_at', 'is', null);
      return (await run(() => counting.executeTakeFirstOrThrow())).count;
    },
  };
}

/** Takes links out with their tokens; whether there were some. */
export async function deleteLinks(transaction: Kysely<Schema>, ids: readonly string[]): Promise<boolean> {
  // Changes nothing, but whoever is about to add a token then waits for it and finds the link gone.
  await transaction
    .updateTable('alexa_links')
    .set((row) => ({ revoked_at: row.ref('revoked_at') }))
    .where('id', 'in', ids)
    .execute();
  await transaction.deleteFrom('alexa_access_tokens').where('link_id', 'in', ids).execute();
  const deleting = transaction.deleteFrom('alexa_links').where('id', 'in', ids);
  return (await deleting.executeTakeFirstOrThrow()).numDeletedRows > 0n;
}

function matchingRows(db: Kysely<Schema>, filter: LinkFilter) {
  const { subject, user, clientId, liveAt, unusedSince } = filter;
  return db
    .selectFrom('alexa_links')
    .select(linkColumns)
    .where((row) =>
      row.and([
        ...(subject === undefined ? [] : [row('subject', '=', subject)]),
        ...(user === undefined ? [] : [row.or([row('subject', '=', user), row('username', '=', user)])]),
        ...(clientId === undefined ? [] : [row('client_id', '=', clientId)]),
        ...(liveAt === undefined
          ? []
          : [
              row('revoked_at', 'is', null),
              row.or([row('expires_at', 'is', null), row('expires_at', '>', liveAt)]),
            ]),
        ...(unusedSince === undefined
          ? []
          : [
              row('created_at', '<', unusedSince),
              row.or([row('last_used_at', 'is', null), row('last_used_at', '<', unusedSince)]),
            ]),
      ]),
    );
}
