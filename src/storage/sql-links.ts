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

/** All columns that a link has. */
const linkColumns = [
  'id',
  'clientId',
  'subject',
  'username',
  'scope',
  'redirectHost',
  'reference',
  'createdAt',
  'expiresAt',
  'lastUsedAt',
  'revokedAt',
  'codeDigest',
  'codeRedirectUri',
  'codeChallenge',
  'redeemedAt',
] as const satisfies readonly (keyof Link)[];

type LinkRow = Pick<Schema['alexaLinks'], (typeof linkColumns)[number]>;

/** Links of a subject are shown, a hundred at most and one to tell that there are more; others are listed by commands. */
const pageSizes = { ofSubject: 101, ofOthers: 500 };

/** Links and their access tokens in the tables of `sql-schema.ts`. Each operation goes through `run`. */
export function createSqlLinks(db: Kysely<Schema>, run: Run): LinkStore {
  const statements = prepareStatements(db);

  const insertLink = (connection: Kysely<Schema>, link: Link) =>
    statements.insertLink(connection, ...linkColumns.map((column) => link[column] ?? null));

  const insertToken = (connection: Kysely<Schema>, linkId: string, token: AccessTokenRecord) =>
    statements.insertToken(connection, token.digest, linkId, token.issuedAt, token.expiresAt ?? null);

  return {
    create: (link, accessToken) =>
      run(() =>
        db.transaction().execute(async (transaction) => {
          await insertLink(transaction, link);
          await insertToken(transaction, link.id, accessToken);
        }),
      ),

    async createWithCode(link) {
      await run(() => insertLink(db, link));
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

    async findByRefreshToken({ linkId, digest }) {
      const [row] = (await run(() => statements.findByRefreshToken(db, linkId, digest))).rows;
      return row && linkOf(row);
    },

    async find(linkId) {
      const finding = db.selectFrom('alexaLinks').select(linkColumns).where('id', '=', linkId);
      const row = await run(() => finding.executeTakeFirst());
      return row && linkOf(row);
    },

    async *list(filter) {
      const isOfSubject = filter.subject !== undefined;
      const size = isOfSubject ? pageSizes.ofSubject : pageSizes.ofOthers;
      const ordered = isOfSubject
        ? matchingRows(db, filter).orderBy('createdAt', 'desc').orderBy('id', 'desc')
        : matchingRows(db, filter).orderBy('id', 'desc');
      const page = ordered.limit(size);
      let rows = await run(() => page.execute());
      for (;;) {
        yield* rows.map(linkOf);
        const last = rows.at(-1);
        if (last === undefined || rows.length < size) return;
        const next = page.where((row) => {
          const isAfter = row('id', '<', last.id);
          const { createdAt } = last;
          return isOfSubject
            ? row.or([row('createdAt', '<', createdAt), row.and([row('createdAt', '=', createdAt), isAfter])])
            : isAfter;
        });
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
  const link = Object.fromEntries(linkColumns.map((column) => [column, ''])) as unknown as LinkRow;
  const newestTokens = db
    .selectFrom('alexaAccessTokens')
    .select('digest')
    .where('linkId', '=', '')
    .orderBy('issuedAt', 'desc')
    .limit(0);
  return {
    insertLink: prepare(db.insertInto('alexaLinks').values(link)),
    insertToken: prepare(
      db.insertInto('alexaAccessTokens').values({ digest: '', linkId: '', issuedAt: 0, expiresAt: 0 }),
    ),
    findByAccessToken: prepare(
      db
        .selectFrom('alexaAccessTokens')
        .innerJoin('alexaLinks', 'alexaLinks.id', 'alexaAccessTokens.linkId')
        .select(linkColumns.map((column) => `alexaLinks.${column}` as const))
        .select(['issuedAt', 'alexaAccessTokens.expiresAt as tokenExpiresAt'])
        .where('digest', '=', ''),
    ),
    findByRefreshToken: prepare(
      db.selectFrom('alexaLinks').select(linkColumns).where('id', '=', '').where('refreshDigest', '=', ''),
    ),
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

/** The link of a row: what is null there is left out. */
function linkOf(row: LinkRow): Link {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as Link;
}

function matchingRows(db: Kysely<Schema>, filter: LinkFilter) {
  const { subject, user, clientId, liveAt, unusedSince } = filter;
  return db
    .selectFrom('alexaLinks')
    .select(linkColumns)
    .where((row) =>
      row.and([
        ...(subject === undefined ? [] : [row('subject', '=', subject)]),
        ...(user === undefined ? [] : [row.or([row('subject', '=', user), row('username', '=', user)])]),
        ...(clientId === undefined ? [] : [row('clientId', '=', clientId)]),
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
