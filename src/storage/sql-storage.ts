import { type Kysely, sql } from 'kysely';
import { createSqlLinks, deleteLinks } from './sql-links.ts';
import type { Schema } from './sql-schema.ts';
import {
  confirmed,
  type FailureStore,
  type Run,
  recordSeconds,
  type Storage,
  type TicketStore,
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
      const row = { digest, subject, username, expires_at: expiresAt };
      await run(() => db.insertInto('alexa_tickets').values(row).execute());
    },

    async consume(digest) {
      const consuming = db.deleteFrom('alexa_tickets').where('digest', '=', digest).returningAll();
      const row = await run(() => consuming.executeTakeFirst());
      return row && { subject: row.subject, username: row.username, expiresAt: row.expires_at };
    },
  };
}

/** Rows that one statement takes out: so few that it is over in some milliseconds. */
const batchSize = 200;

/** A statement that deletes reads which rows before, once: PostgreSQL would read a subquery again for each row. */
async function removeEnded(db: Kysely<Schema>, now: number, skipsLocked: boolean): Promise<number> {
  const tickets = await db
    .with('ended', (from) =>
      from
        .selectFrom('alexa_tickets')
        .select('digest')
        .where('expires_at', '<=', now)
        .limit(batchSize)
        .$if(skipsLocked, (select) => select.forUpdate().skipLocked()),
    )
    .deleteFrom('alexa_tickets')
    .where('digest', 'in', (from) => from.selectFrom('ended').select('ended.digest'))
    .executeTakeFirstOrThrow();
  const tokens = await db
    .with('ended', (from) =>
      from
        .selectFrom('alexa_access_tokens')
        .select('digest')
        .where('expires_at', '<=', now)
        .limit(batchSize)
        .$if(skipsLocked, (select) => select.forUpdate().skipLocked()),
    )
    .deleteFrom('alexa_access_tokens')
    .where('digest', 'in', (from) => from.selectFrom('ended').select('ended.digest'))
    .executeTakeFirstOrThrow();
  return Number(tickets.numDeletedRows + tokens.numDeletedRows) + (await removeLinks(db, now, skipsLocked));
}

async function removeLinks(db: Kysely<Schema>, now: number, skipsLocked: boolean): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const old = now - recordSeconds;
    const ended = await transaction
      .selectFrom('alexa_links')
      .select('id')
      .where((row) => row.or([row('revoked_at', '<=', old), row('expires_at', '<=', old)]))
      .limit(batchSize)
      .$if(skipsLocked, (select) => select.forUpdate().skipLocked())
      .execute();
    if (ended.length > 0)
      await deleteLinks(
        transaction,
        ended.map(({ id }) => id),
      );
    return ended.length;
  });
}
