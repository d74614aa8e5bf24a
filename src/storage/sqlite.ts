import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { Kysely } from 'kysely';
import pLimit from 'p-limit';
import { isBusy, nodeSqliteDialect, openSqlite } from '../sql/node-sqlite.ts';
import { createFailureStore, limiterOf } from './failure-store.ts';
import { migrate } from './sql-migrate.ts';
import { migrations, type Schema } from './sql-schema.ts';
import { createSqlStorage } from './sql-storage.ts';
import { confirmed, type FailureStore, type Run, type Storage } from './stores.ts';

/** How long what finds the database locked is tried again, with pauses in which everything else goes on: Alexa waits 4.5 seconds in all. */
const patienceMs = 2500;
const patienceOfCountsMs = 200;
const pauseMs = 20;

/**
 * Links in a SQLite file, made with its folder where absent and readable to its owner alone.
 * Rejects when the file can't be opened, isn't a database, or belongs to a newer release.
 */
export async function openSqliteStorage(path: string): Promise<Storage> {
  const isNew = path !== ':memory:' && !existsSync(path);
  if (isNew) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = openSqlite(path);
  if (isNew) chmodSync(path, 0o600);
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database) });
  try {
    await migrate(db, migrations);
  } catch (cause) {
    database.close();
    throw cause;
  }
  // From here on nobody waits in SQLite itself.
  database.exec('PRAGMA busy_timeout = 0');
  const storage = createSqlStorage({
    db,
    failures: createSqliteFailures(database),
    run: createPatience(patienceMs),
  });
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

/**
 * Tries again what found the database locked, and so changed nothing. One at a time does, and the others wait behind it, each
 * for so long at most.
 */
function createPatience(patienceMs: number): Run {
  const inTurn = createTurns();
  const oneAtATime = pLimit(1);
  return (operation) =>
    confirmed(async () => {
      const until = performance.now() + patienceMs;
      try {
        return await inTurn(operation);
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      return oneAtATime(async () => {
        for (;;) {
          try {
            return await inTurn(operation);
          } catch (error) {
            if (!isBusy(error) || performance.now() >= until) throw error;
            await setTimeout(pauseMs);
          }
        }
      });
    });
}

/** While SQLite works, everything else in this process waits. */
const longestTurnMs = 1;

/**
 * Runs operations one after the other, in the order in which they came. After so long, what else there is to do has its
 * turn: above all new connections, of which Node.js takes one at a time, when it has nothing else to do.
 */
function createTurns(): Run {
  const oneAtATime = pLimit(1);
  let spent = 0;
  return (operation) =>
    oneAtATime(async () => {
      if (spent > longestTurnMs) {
        spent = 0;
        await setImmediate();
      }
      const startedAt = performance.now();
      try {
        return await operation();
      } finally {
        spent += performance.now() - startedAt;
      }
    });
}

/**
 * Counts may be lost with the power, and links may not: so a count does not wait for the disk, nor long for whoever holds
 * the database.
 */
function createSqliteFailures(database: DatabaseSync): FailureStore {
  const unhurried = (count: () => unknown) => () => {
    // Within the transaction of a link, a count becomes a part of it.
    if (database.isTransaction) return count();
    database.exec('PRAGMA synchronous = NORMAL');
    try {
      return count();
    } finally {
      database.exec('PRAGMA synchronous = FULL');
    }
  };
  const storeClient = { prepare: (sql: string) => database.prepare(sql), transaction: unhurried };
  const storeType = 'better-sqlite3';
  const RateLimiterSQLite = limiterOf('RateLimiterSQLite');
  return createFailureStore(
    (options) =>
      new RateLimiterSQLite({
        ...options,
        storeClient,
        storeType,
        tableName: 'alexa_failures',
        tableCreated: true,
      }),
    createPatience(patienceOfCountsMs),
  );
}
