import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

const migrationTableName = 'alexa_migrations';

/**
 * Brings the tables to this release's version; several processes may do so at once.
 * Rejects, and changes nothing, where a newer release has already changed them.
 */
export async function migrate<Tables>(
  db: Kysely<Tables>,
  migrations: Record<string, Migration>,
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName,
    migrationLockTableName: 'alexa_migration_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = (await appliedMigrations(db)).filter((name) => !(name in migrations));
  if (unknown.length === 0) throw error;
  throw new Error(
    `a newer release has already changed the tables (${unknown.join(', ')}) and this one does not know them: ` +
      'start that release or a later one, or restore a copy from before the upgrade',
  );
}

async function appliedMigrations<Tables>(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(migrationTableName)}`.execute(db);
  return rows.map((row) => row.name);
}
