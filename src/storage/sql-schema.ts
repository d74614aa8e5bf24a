import { CamelCasePlugin, type Dialect, Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { AccessTokenRecord, Link, OpenMode, Ticket } from './stores.ts';

/** A row has null where the object leaves a member out. */
type Row<Stored> = {
  readonly [Name in keyof Stored]-?: undefined extends Stored[Name]
    ? Exclude<Stored[Name], undefined> | null
    : Stored[Name];
};

/**
 * The tables. Their names begin with `alexa_`, because they may share a database with the operator's own. Kysely's
 * `CamelCasePlugin` writes each name with underscores. Instants are whole seconds since 1970.
 */
export interface Schema {
  readonly alexaLinks: Row<Link>;
  readonly alexaAccessTokens: Row<AccessTokenRecord> & { readonly linkId: string };
  readonly alexaTickets: Row<Ticket> & { readonly digest: string; readonly uses: number };
  readonly alexaAttempts: { readonly key: string; readonly count: number; readonly expiresAt: number };
}

export function openDatabase(dialect: Dialect): Kysely<Schema> {
  return new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] });
}

/**
 * Every change of the tables since the first release, in the order of their names. One that was released is never
 * edited: users' links are in it. Each works on all SQL engines.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '1_first_release': {
    async up(db: Kysely<Schema>) {
      await db.schema
        .createTable('alexaLinks')
        .addColumn('id', 'text', (column) => column.primaryKey())
        // The skill that the user linked.
        .addColumn('clientId', 'text', (column) => column.notNull())
        // The user's id in the operator's user store.
        .addColumn('subject', 'text', (column) => column.notNull())
        // For the skill and for the operator's lists.
        .addColumn('username', 'text', (column) => column.notNull())
        // What was granted, space separated.
        .addColumn('scope', 'text', (column) => column.notNull())
        // Where the answer went: shows the region of the Alexa account.
        .addColumn('redirectHost', 'text', (column) => column.notNull())
        // The sign-in's reference, as on the page and in the log.
        .addColumn('reference', 'text', (column) => column.notNull())
        .addColumn('createdAt', 'bigint', (column) => column.notNull())
        // When the last of the link's tokens ends; null: never.
        .addColumn('expiresAt', 'bigint')
        // When a token of it was last used, to the hour.
        .addColumn('lastUsedAt', 'bigint')
        // Null while the link lives; its tokens end with it.
        .addColumn('revokedAt', 'bigint')
        // From here on all null where a link began without a code. SHA-256 of the authorization code.
        .addColumn('codeDigest', 'text')
        // Where it was sent.
        .addColumn('codeRedirectUri', 'text')
        // The code challenge (S256), where the request had one.
        .addColumn('codeChallenge', 'text')
        // When the refresh token was issued; null until then.
        .addColumn('redeemedAt', 'bigint')
        // SHA-256 of the refresh token.
        .addColumn('refreshDigest', 'text')
        .execute();
      await db.schema
        .createTable('alexaAccessTokens')
        // SHA-256 of the token, base64url. The token itself is nowhere.
        .addColumn('digest', 'text', (column) => column.primaryKey())
        .addColumn('linkId', 'text', (column) =>
          column.notNull().references('alexaLinks.id').onDelete('cascade'),
        )
        .addColumn('issuedAt', 'bigint', (column) => column.notNull())
        // Null: as long as the link.
        .addColumn('expiresAt', 'bigint')
        .execute();
      await db.schema
        .createTable('alexaTickets')
        // SHA-256 of the ticket that is in the page.
        .addColumn('digest', 'text', (column) => column.primaryKey())
        // Whose links it lets change.
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('username', 'text', (column) => column.notNull())
        .addColumn('expiresAt', 'bigint', (column) => column.notNull())
        // How often it was used.
        .addColumn('uses', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('alexaAttempts')
        // Digest of whom the attempts are about, like a username, a network, or both, and of the time window.
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('count', 'integer', (column) => column.notNull())
        // When the window ends.
        .addColumn('expiresAt', 'bigint', (column) => column.notNull())
        .execute();
      const index = (name: string) => db.schema.createIndex(name);
      await index('alexaLinksSubject').on('alexaLinks').columns(['subject', 'createdAt']).execute();
      await index('alexaAccessTokensLinkId').on('alexaAccessTokens').column('linkId').execute();
      // For what is deleted some time after its end.
      for (const ends of ['revokedAt', 'expiresAt'])
        await index(`alexaLinks_${ends}`)
          .on('alexaLinks')
          .column(ends)
          .where(sql.ref(ends), 'is not', null)
          .execute();
      await index('alexaTicketsExpiresAt').on('alexaTickets').column('expiresAt').execute();
      await index('alexaAttemptsExpiresAt').on('alexaAttempts').column('expiresAt').execute();
    },
  },
};

export const noTables =
  'nothing of this server is there: set STORAGE as the server has it, or make it ready with "alexa-link migrate"';

/**
 * Creates or upgrades the tables; several processes may do so at once. Rejects, and changes nothing, where another release
 * made tables that this one does not know, or where there are none and `mode` is `existing`.
 */
export async function migrate(
  db: Kysely<Schema>,
  mode: OpenMode = 'create',
  known = migrations,
): Promise<void> {
  if (mode === 'existing' && (await db.introspection.getTables()).every(({ name }) => name !== 'alexa_links'))
    throw new Error(noTables);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => known },
    migrationTableName: 'alexa_migrations',
    migrationLockTableName: 'alexa_migration_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error && /previously executed migration/.test(error.message))
    throw new Error(
      `another release made its tables (${error.message}): start that release or a later one, or restore a backup from before the upgrade`,
      { cause: error },
    );
  if (error !== undefined) throw error;
}
