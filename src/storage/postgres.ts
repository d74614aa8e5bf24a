import { dialectOn, openPostgres } from '../sql/postgres.ts';
import { migrate, openDatabase } from './sql-schema.ts';
import { createSqlStorage } from './sql-storage.ts';
import type { OpenMode, Storage } from './stores.ts';

/**
 * Links in PostgreSQL, in the schema that the URL's user finds first; its tables are made or upgraded before. Rejects
 * when the database can't be reached, or belongs to another release.
 */
export async function openPostgresStorage(url: string, mode?: OpenMode): Promise<Storage> {
  await migratePostgres(url, mode);
  const db = openDatabase(dialectOn(openPostgres(url, { bigintAsNumber: true, cancels: true })));
  return createSqlStorage({ db, skipsLocked: true });
}

/** Instances that start together wait for each other here, and tables may be large: so a query may take an hour. */
async function migratePostgres(url: string, mode?: OpenMode): Promise<void> {
  const pool = openPostgres(url, { connections: 1, queryTimeoutMs: 3_600_000 });
  const db = openDatabase(dialectOn(pool));
  try {
    await migrate(db, mode);
  } finally {
    await db.destroy();
  }
}
