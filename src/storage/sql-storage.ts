import { type Kysely, type RawBuilder, sql } from 'kysely';
import { createSqlLinks, deleteLinks } from './sql-links.ts';
import type { Schema } from './sql-schema.ts';
import {
  confirmed,
  type FailureStore,
  type Run,
  recordSeconds,
  type Storage,
  type TicketStore,
  unredeemedSeconds,
} from './stores.ts';

export interface SqlStorageOptions {
  readonly db: Kysely<Schema>;
  readonly failures: FailureStore;
  /** Whether rows that another instance is taking out can be left to it, instead of being waited for. */
  readonly skipsLocked?: boolean;
  /** How operations are run, where not just once. */
  readonly run?: Run;
}

/** Links in any SQL database that Kysely reaches, once its tables are there. */
export function createSqlStorage(options: SqlStorageOptions): Storage {
  const { db, failures, skipsLocked = false, run = confirmed } = options;
  return {
    links: createSqlLinks(db, run),
    tickets: createSqlTickets(db, run),
    failures,
    removeEnded: (now) => run(() => removeEnded(db, now, skipsLocked)),
    async ping() {
      await run(() => sql`select 1`.execute(db));
    },
    close: () => db.destroy(),
  };
}

function createSqlTickets(db: Kysely<Schema>, run: Run): TicketStore {
  return {
    async keep(digest, { subject, username, expiresAt }) {
      const row = { digest, subject, username, expires_at: expiresAt, change: null, used_at: null };
      await run(() => db.insertInto('alexa_tickets').values(row).execute());
    },

    async consume(digest, change, at) {
      const consuming = db
        .updateTable('alexa_tickets')
        .set((row) => ({ change, used_at: row.fn.coalesce('used_at', row.val(at)) }))
        .where('digest', '=', digest)
        .where((row) => row.or([row('change', 'is', null), row('change', '=', change)]))
        .returningAll();
      const row = await run(() => consuming.executeTakeFirst());
      if (row === undefined) return undefined;
      const { subject, username, expires_at: expiresAt, used_at: usedAt } = row;
      return { subject, username, expiresAt, usedAt: usedAt ?? at };
    },

    async erase(user) {
      const erasing = db
        .deleteFrom('alexa_tickets')
        .where((row) => row.or([row('subject', '=', user), row('username', '=', user)]));
      await run(() => erasing.execute());
    },
  };
}

/** Rows that one statement takes out: so few that it is over in some milliseconds. */
const batchSize = 200;

async function removeEnded(db: Kysely<Schema>, now: number, skipsLocked: boolean): Promise<number> {
  const tickets = await removeRows(db, 'alexa_tickets', 'digest', sql`expires_at <= ${now}`, skipsLocked);
  const failures = await removeRows(db, 'alexa_failures', 'key', sql`expire <= ${now * 1000}`, skipsLocked);
  return tickets + failures + (await removeLinks(db, now, skipsLocked));
}

/** Which rows go is read once, before: PostgreSQL would read a subquery again for each row, and the limit would not hold. */
async function removeRows(
  db: Kysely<Schema>,
  table: keyof Schema,
  key: string,
  hasEnded: RawBuilder<unknown>,
  skipsLocked: boolean,
): Promise<number> {
  const [from, by, lock] = [
    sql.table(table),
    sql.ref(key),
    sql.raw(skipsLocked ? 'for update skip locked' : ''),
  ];
  const { numAffectedRows = 0n } = await sql`
    with ended as (select ${by} from ${from} where ${hasEnded} limit ${sql.lit(batchSize)} ${lock})
    delete from ${from} where ${by} in (select ${by} from ended)`.execute(db);
  return Number(numAffectedRows);
}

async function removeLinks(db: Kysely<Schema>, now: number, skipsLocked: boolean): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const old = now - recordSeconds;
    const some = transaction
      .selectFrom('alexa_links')
      .select('id')
      .limit(batchSize)
      .$if(skipsLocked, (select) => select.forUpdate().skipLocked());
    const ended = some.where((row) => row.or([row('revoked_at', '<=', old), row('expires_at', '<=', old)]));
    const unredeemed = some
      .where('expires_at', '<=', now - unredeemedSeconds)
      .where('code_digest', 'is not', null)
      .where('refresh_digest', 'is', null)
      .where('revoked_at', 'is', null);
    const found = [...(await ended.execute()), ...(await unredeemed.execute())];
    const ids = [...new Set(found.map(({ id }) => id))];
    if (ids.length > 0) await deleteLinks(transaction, ids);
    return ids.length;
  });
}
