import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { nodeSqliteDialect, openSqlite } from '../sql/node-sqlite.ts';
import { migrate } from './sql-migrate.ts';
import { migrations, type Schema } from './sql-schema.ts';
import { createSqlStorage } from './sql-storage.ts';
import type { Storage } from './stores.ts';

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
  return createSqlStorage(db);
}
