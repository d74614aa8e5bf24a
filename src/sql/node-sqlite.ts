/*
 * sql: what Kysely needs to reach databases. A leaf: used for links and for the operator's users alike, and
 * knows of neither.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SqliteAdapter, SqliteDialect } from 'kysely';
import { LRUCache } from 'lru-cache';

const nothing = { changes: 0, lastInsertRowid: 0 };

/** Statements that stay prepared. There are some 30; those with a list have one for each length of it. */
const mostPrepared = 100;

/**
 * Kysely's SQLite dialect on Node's own SQLite. Each statement is prepared once. A transaction takes the write lock when
 * it begins: two processes then wait for each other instead of failing.
 */
export function nodeSqliteDialect(database: DatabaseSync): SqliteDialect {
  const prepared = new LRUCache<string, ReturnType<typeof prepare>>({
    max: mostPrepared,
    memoMethod: prepare,
  });

  function prepare(sql: string) {
    const statement = database.prepare(sql === 'begin' ? 'begin immediate' : sql);
    const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
      // SQLite has rolled back by itself where a disk is full; the error about that is the one to tell.
      run: (parameters: readonly unknown[]) =>
        sql === 'rollback' && !database.isTransaction ? nothing : statement.run(...values(parameters)),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
    };
  }

  const dialect = new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (sql) => prepared.memo(sql),
    },
  });
  // SQLite changes tables in transactions as it changes rows; Kysely alone does not rely on it.
  const adapter = Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true });
  dialect.createAdapter = () => adapter;
  return dialect;
}

/**
 * Opens a file for one writer and many readers, every commit on disk before it is confirmed, what is deleted
 * overwritten. Waits a minute for others that write, unless told otherwise, which is for the caller to change.
 */
export function openSqlite(path: string, waitMs = 60_000): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: waitMs });
  useWal(database, performance.now() + waitMs);
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;');
  return database;
}

/**
 * Several processes may create the same file at once. SQLite does not wait for this change: it fails at once when another process
 * holds the lock. A transaction waits for the lock; after that, the change has usually been made.
 */
function useWal(database: DatabaseSync, until: number): void {
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
      database.exec('BEGIN IMMEDIATE; ROLLBACK');
    }
  }
}

/** Whether another process has the lock (SQLITE_BUSY, in any of its extended forms). */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 255) === 5;
}

/**
 * Opens a file that others write. Reading it waits half a second for them at most, since everything else waits too. Whole
 * numbers come as bigint, since ids may be longer than a number holds.
 */
export function openSqliteToRead(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: 500, readBigInts: true });
}
