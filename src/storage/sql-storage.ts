import { type Kysely, type RawBuilder, sql } from 'kysely';
import { createSqlLinks } from './sql-links.ts';
import type { Schema } from './sql-schema.ts';
import {
  type AttemptStore,
  confirmed,
  type Run,
  retentionSeconds,
  type Storage,
  type TicketStore,
} from './stores.ts';

export interface SqlStorageOptions {
  readonly db: Kysely<Schema>;
  /** Whether rows that another instance is deleting can be left to it, instead of being waited for. */
  readonly skipsLocked?: boolean;
  /** How operations are run, where not just once. */
  readonly run?: Run;
  /** How counts of attempts are run, where not as the rest. */
  readonly runCount?: Run;
}

/** Links in any SQL database that Kysely reaches, once its tables are there. */
export function createSqlStorage(options: SqlStorageOptions): Storage {
  const { db, skipsLocked = false, run = confirmed, runCount = run } = options;
  return {
    links: createSqlLinks(db, run),
    tickets: createSqlTickets(db, run),
    attempts: createSqlAttempts(db, runCount),
    removeEnded: (now) => run(() => removeEnded(db, now, skipsLocked)),
    async ping() {
      await run(() => sql`select 1`.execute(db));
    },
    close: () => db.destroy(),
  };
}

function createSqlTickets(db: Kysely<Schema>, run: Run): TicketStore {
  return {
    async create(digest, ticket) {
      const row = { ...ticket, digest, uses: 0 };
      await run(() => db.insertInto('alexaTickets').values(row).execute());
    },

    async use(digest, mostUses) {
      const using = db
        .updateTable('alexaTickets')
        .set((row) => ({ uses: row('uses', '+', 1) }))
        .where('digest', '=', digest)
        .where('uses', '<', mostUses)
        .returning(['subject', 'username', 'expiresAt']);
      return run(() => using.executeTakeFirst());
    },
  };
}

function createSqlAttempts(db: Kysely<Schema>, run: Run): AttemptStore {
  return {
    async add(counters, by) {
      const rows = counters
        .map(({ key, endsAt }) => ({ key, count: by, expiresAt: endsAt }))
        // Always in the same order, or two statements could each wait for the other.
        .sort((one, other) => (one.key < other.key ? -1 : 1));
      const adding = db
        .insertInto('alexaAttempts')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet((row) => ({ count: row('alexaAttempts.count', '+', by) })),
        )
        .returning(['key', 'count']);
      const counted = await run(() => adding.execute());
      const counts = new Map(counted.map(({ key, count }) => [key, count]));
      return counters.map(({ key }) => counts.get(key) ?? 0);
    },
  };
}

async function removeEnded(db: Kysely<Schema>, now: number, skipsLocked: boolean): Promise<number> {
  const old = now - retentionSeconds;
  const removing = [
    removeRows('alexaTickets', 'digest', sql`expires_at <= ${now}`, skipsLocked),
    removeRows('alexaAttempts', 'key', sql`expires_at <= ${now}`, skipsLocked),
    // Access tokens go with their link.
    removeRows('alexaLinks', 'id', sql`revoked_at <= ${old} or expires_at <= ${old}`, skipsLocked),
  ];
  let removed = 0n;
  for (const statement of removing) removed += (await statement.execute(db)).numAffectedRows ?? 0n;
  return Number(removed);
}

/** Rows that one statement deletes: so few that it ends after some milliseconds. */
const batchSize = 200;

/** Which rows go is read once, before: PostgreSQL would read a subquery again for each row, and the limit would not hold. */
function removeRows(
  table: keyof Schema,
  key: string,
  hasEnded: RawBuilder<unknown>,
  skipsLocked: boolean,
): RawBuilder<unknown> {
  const [from, by, lock] = [
    sql.table(table),
    sql.ref(key),
    sql.raw(skipsLocked ? 'for update skip locked' : ''),
  ];
  return sql`
    with ended as (select ${by} from ${from} where ${hasEnded} limit ${sql.lit(batchSize)} ${lock})
    delete from ${from} where ${by} in (select ${by} from ended)`;
}
