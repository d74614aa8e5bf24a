import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import { isBusy, nodeSqliteDialect, openSqlite, openSqliteToRead } from '../sql/node-sqlite.ts';
import { migrate, noTables, openDatabase } from './sql-schema.ts';
import { createSqlStorage } from './sql-storage.ts';
import { confirmed, type OpenMode, type Run, type Storage } from './stores.ts';

/**
 * Links in a SQLite file, made with its folder where absent and readable to its owner alone.
 * Rejects when the file can't be opened, isn't a database, or belongs to another release.
 */
export async function openSqliteStorage(path: string, mode?: OpenMode): Promise<Storage> {
  const isNew = path !== ':memory:' && !existsSync(path);
  if (mode === 'existing' && (isNew || !hasLinks(path))) throw new Error(noTables);
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
  // Counts may be lost with the power, and links may not: so a count does not wait for the disk.
  const runCount: Run = (operation) =>
    run(async () => {
      database.exec('PRAGMA synchronous = NORMAL');
      try {
        return await operation();
      } finally {
        database.exec('PRAGMA synchronous = FULL');
      }
    });
  const storage = createSqlStorage({ db, run, runCount });
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

/** Looks without changing anything: the file may be another program's. */
function hasLinks(path: string): boolean {
  const database = openSqliteToRead(path);
  try {
    return database.prepare("select 1 from sqlite_master where name = 'alexa_links'").get() !== undefined;
  } finally {
    database.close();
  }
}

const patienceMs = 2500;
const pauseMs = 20;

/** While SQLite works, everything else in this process waits. */
const longestTurnMs = 1;

/**
 * Runs one operation after the other. One that finds the database locked by another process has changed nothing, and is tried again for
 * 2.5 seconds; everything else goes on meanwhile. After a millisecond of work, new connections get a turn, of which Node.js
 * takes one each time it has nothing else to do.
 */
function createBusyRetry(): Run {
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

  return (operation) =>
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
