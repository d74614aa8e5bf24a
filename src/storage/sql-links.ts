import type { Compilable, Kysely } from 'kysely';
import type { Schema } from './sql-schema.ts';
import {
  type AccessTokenRecord,
  type Link,
  type LinkFilter,
  type LinkStore,
  mostAccessTokens,
  type Run,
} from './stores.ts';

/** Links of a subject are shown, a hundred at most and one to tell that there are more; others are listed by commands. */
const pageSizes = { ofSubject: 101, ofOthers: 500 };

/** Links and their access tokens in the tables of `sql-schema.ts`. Each operation goes through `run`. */
export function createSqlLinks(db: Kysely<Schema>, run: Run): LinkStore {
  const statements = prepareStatements(db);

  const insertToken = (connection: Kysely<Schema>, linkId: string, token: AccessTokenRecord) =>
    statements.insertToken(connection, token.digest, linkId, token.issuedAt, token.expiresAt ?? null);

  return {
    create(link, accessTokens) {
      async function insert(connection: Kysely<Schema>): Promise<boolean> {
        const inserting = connection
          .insertInto('alexaLinks')
          .values(link as LinkRow)
          .onConflict((conflict) => conflict.column('id').doNothing());
        if ((await inserting.executeTakeFirstOrThrow()).numInsertedOrUpdatedRows !== 1n) return false;
        for (const token of accessTokens) await insertToken(connection, link.id, token);
        return true;
      }
      return run(() => (accessTokens.length === 0 ? insert(db) : db.transaction().execute(insert)));
    },

    redeemCode: (linkId, refreshDigest, { accessToken, expiresAt }) =>
      run(() =>
        db.transaction().execute(async (transaction) => {
          const redeeming = transaction
            .updateTable('alexaLinks')
            .set({ refreshDigest, redeemedAt: accessToken.issuedAt, expiresAt })
            .where('id', '=', linkId)
            .where('codeDigest', 'is not', null)
            .where('redeemedAt', 'is', null)
            .where('revokedAt', 'is', null);
          const { numUpdatedRows } = await redeeming.executeTakeFirstOrThrow();
          if (numUpdatedRows === 1n) await insertToken(transaction, linkId, accessToken);
          return numUpdatedRows === 1n;
        }),
      ),

    addAccessToken: (linkId, { accessToken, expiresAt }) =>
      run(() =>
        db.transaction().execute(async (transaction) => {
          const { issuedAt } = accessToken;
          const { numAffectedRows } = await statements.renew(transaction, issuedAt, expiresAt, linkId);
          if (numAffectedRows === 0n) return false;
          await statements.deleteOldTokens(transaction, linkId, issuedAt, linkId, mostAccessTokens - 1);
          await insertToken(transaction, linkId, accessToken);
          return true;
        }),
      ),

    async findByAccessToken({ digest }) {
      const [row] = (await run(() => statements.findByAccessToken(db, digest))).rows;
      if (row === undefined) return undefined;
      const { issuedAt, tokenExpiresAt, ...link } = row;
      const accessToken = { digest, issuedAt, expiresAt: tokenExpiresAt ?? undefined };
      return { link: linkOf(link), accessToken };
    },

    async find(linkId) {
      const [row] = (await run(() => statements.find(db, linkId))).rows;
      return row && linkOf(row);
    },

    async *list(filter) {
      const size = filter.subject === undefined ? pageSizes.ofOthers : pageSizes.ofSubject;
      // As the index on subject and creation has them.
      const page = matchingRows(db, filter)
        .orderBy('subject', 'desc')
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(size);
      let rows = await run(() => page.execute());
      for (;;) {
        yield* rows.map(linkOf);
        const last = rows.at(-1);
        if (last === undefined || rows.length < size) return;
        const { subject, createdAt, id } = last;
        const next = page.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('subject', 'createdAt', 'id'), '<', tuple(subject, createdAt, id)),
        );
        rows = await run(() => next.execute());
      }
    },

    async recordUse(linkId, at, notSince) {
      const recording = db
        .updateTable('alexaLinks')
        .set({ lastUsedAt: at })
        .where('id', '=', linkId)
        .where((row) =>
          row.or([
            row('lastUsedAt', 'is', null),
            row('lastUsedAt', '<=', notSince),
            row('lastUsedAt', '>', at),
          ]),
        );
      await run(() => recording.execute());
    },

    async revoke(linkId, at) {
      const revoking = db
        .updateTable('alexaLinks')
        .set({ revokedAt: at })
        .where('id', '=', linkId)
        .where('revokedAt', 'is', null);
      return (await run(() => revoking.executeTakeFirstOrThrow())).numUpdatedRows === 1n;
    },

    async erase(linkId) {
      const erasing = db.deleteFrom('alexaLinks').where('id', '=', linkId);
      return (await run(() => erasing.executeTakeFirstOrThrow())).numDeletedRows === 1n;
    },

    async export(linkId) {
      const finding = db
        .selectFrom('alexaAccessTokens')
        .select(['digest', 'issuedAt', 'expiresAt'])
        .where('linkId', '=', linkId);
      const accessTokens = (await run(() => finding.execute())).map(withoutNulls<AccessTokenRecord>);
      // Read last, so that a code that is redeemed meanwhile is copied with its refresh token.
      const [row] = (await run(() => statements.find(db, linkId))).rows;
      return row && { link: linkOf(row), accessTokens };
    },
  };
}

/** A statement that is compiled once; each run has its own parameters, in the order in which they stand in it. */
function prepare<Row>(statement: Compilable<Row>) {
  const compiled = statement.compile();
  return (connection: Kysely<Schema>, ...parameters: unknown[]) =>
    connection.executeQuery<Row>({ ...compiled, parameters });
}

/**
 * The statements of sign-ins, token checks and refreshes: to compile one takes longer than SQLite takes to run it. The values in
 * them only hold the places of parameters.
 */
function prepareStatements(db: Kysely<Schema>) {
  const newestTokens = db
    .selectFrom('alexaAccessTokens')
    .select('digest')
    .where('linkId', '=', '')
    .orderBy('issuedAt', 'desc')
    .limit(0);
  return {
    insertToken: prepare(
      db.insertInto('alexaAccessTokens').values({ digest: '', linkId: '', issuedAt: 0, expiresAt: 0 }),
    ),
    findByAccessToken: prepare(
      db
        .selectFrom('alexaAccessTokens')
        .innerJoin('alexaLinks', 'alexaLinks.id', 'alexaAccessTokens.linkId')
        .selectAll('alexaLinks')
        .select(['issuedAt', 'alexaAccessTokens.expiresAt as tokenExpiresAt'])
        .where('digest', '=', ''),
    ),
    find: prepare(db.selectFrom('alexaLinks').selectAll().where('id', '=', '')),
    renew: prepare(
      db
        .updateTable('alexaLinks')
        .set({ lastUsedAt: 0, expiresAt: 0 })
        .where('id', '=', '')
        .where('redeemedAt', 'is not', null)
        .where('revokedAt', 'is', null),
    ),
    deleteOldTokens: prepare(
      db
        .deleteFrom('alexaAccessTokens')
        .where('linkId', '=', '')
        .where((row) => row.or([row('expiresAt', '<=', 0), row('digest', 'not in', newestTokens)])),
    ),
  };
}

type LinkRow = Schema['alexaLinks'];

const linkOf = (row: LinkRow) => withoutNulls<Link>(row);

/** The object of a row: what is null there is left out. */
function withoutNulls<Stored>(row: object): Stored {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Stored;
}

function matchingRows(db: Kysely<Schema>, filter: LinkFilter) {
  const { liveAt, unusedSince, ...equal } = filter;
  return db
    .selectFrom('alexaLinks')
    .selectAll()
    .where((row) =>
      row.and([
        ...(Object.keys(equal) as (keyof typeof equal)[]).flatMap((name) => {
          const value = equal[name];
          return value === undefined ? [] : [row(name, '=', value)];
        }),
        ...(liveAt === undefined
          ? []
          : [
              row('revokedAt', 'is', null),
              row.or([row('expiresAt', 'is', null), row('expiresAt', '>', liveAt)]),
            ]),
        ...(unusedSince === undefined
          ? []
          : [
              row('createdAt', '<', unusedSince),
              row.or([row('lastUsedAt', 'is', null), row('lastUsedAt', '<', unusedSince)]),
            ]),
      ]),
    );
}
