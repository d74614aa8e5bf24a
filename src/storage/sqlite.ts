import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate, setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import { isBusy, nodeSqliteDialect, openSqlite } from '../sql/node-sqlite.ts';
import { createFailureStore, limiterOf } from './failure-store.ts';
import { migrate, openDatabase } from './sql-schema.ts';
import { createSqlStorage } from './sql-storage.ts';
import { confirmed, type FailureStore, type Run, type Storage } from './stores.ts';

/**
 * Links in a SQLite file, made with its folder where absent and readable to its owner alone.
 * Rejects when the file can't be opened, isn't a database, or belongs to another release.
 */
export async function openSqliteStorage(path: string): Promise<Storage> {
  const isNew = path !== ':memory:' && !existsSync(path);
  if (isNew) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = openSqlite(path);
  if (isNew) chmodSync(path, 0o600);
  const db = openDatabase(nodeSqliteDialect(database));
  try {
    await migrate(db);
  } catch (cause) {
    database.close();
    throw cause;
  }
  // From here on nobody waits in SQLite itself.
  database.exec('PRAGMA busy_timeout = 0');
  const run = createBusyRetry();
  const storage = createSqlStorage({ db, failures: createSqliteFailures(database, run), run: run(2500) });
  return {
    ...storage,
    async close() {
      try {
        // What was deleted is in the file beside it until then.
        if (database.isOpen) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } finally {
        await storage.close();
      }
    },
  };
}

const pauseMs = 20;

/** While SQLite works, everything else in this process waits. */
const longestTurnMs = 1;

/**
 * Runs one operation after the other. One that finds the database locked by another process has changed nothing, and is tried again for
 * `patienceMs`; everything else goes on meanwhile. After a millisecond of work, new connections get a turn, of which Node.js
 * takes one each time it has nothing else to do.
 */
function createBusyRetry(): (patienceMs: number) => Run {
  const oneAtATime = pLimit(1);
  let workedMs = 0;

  async function attempt<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (workedMs > longestTurnMs) {
      workedMs = 0;
      await setImmediate();
    }
    const startedAt = performance.now();
    try {
      return await operation();
    } finally {
      workedMs += performance.now() - startedAt;
    }
  }

  return (patienceMs) => (operation) =>
    confirmed(async () => {
      const until = performance.now() + patienceMs;
      for (;;) {
        try {
          return await oneAtATime(() => attempt(operation));
        } catch (error) {
          if (!isBusy(error) || performance.now() >= until) throw error;
        }
        await setTimeout(pauseMs);
      }
    });
}

/**
 * Counts may be lost with the power, and links may not: so a count does not wait for the disk, nor long for whoever holds
 * the database.
 */
function createSqliteFailures(
  database: DatabaseSync,
  retryBusy: ReturnType<typeof createBusyRetry>,
): FailureStore {
  const unhurried = (count: () => unknown) => () => {
    database.exec('PRAGMA synchronous = NORMAL');
    try {
      return count();
    } finally {
      database.exec('PRAGMA synchronous = FULL');
    }
  };
  const storeClient = { prepare: (sql: string) => database.prepare(sql), transaction: unhurried };
  const RateLimiterSQLite = limiterOf('RateLimiterSQLite');
  return createFailureStore(
    (options) =>
      new RateLimiterSQLite({
        ...options,
        storeClient,
        storeType: 'better-sqlite3',
        tableName: 'alexa_failures',
        tableCreated: true,
      }),
    retryBusy(200),
  );
}
