import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The tables as the newest migration leaves them; prefixed, because they may share a database with the operator's
 * own. Instants are whole seconds since 1970.
 */
export interface Schema {
  readonly alexa_links: {
    readonly id: string;
    readonly client_id: string;
    readonly subject: string;
    readonly username: string;
    readonly scope: string;
    readonly redirect_host: string;
    readonly reference: string;
    readonly created_at: number;
    readonly expires_at: number | null;
    readonly last_used_at: number | null;
    readonly revoked_at: number | null;
    readonly code_digest: string | null;
    readonly code_redirect_uri: string | null;
    readonly code_challenge: string | null;
    readonly refresh_family: string | null;
    readonly refresh_digest: string | null;
    readonly refresh_issued_at: number | null;
    readonly refresh_answered: number | null;
    readonly refresh_predecessors: string | null;
  };
  readonly alexa_access_tokens: {
    readonly digest: string;
    readonly link_id: string;
    readonly issued_at: number;
    readonly expires_at: number | null;
  };
  readonly alexa_tickets: {
    readonly digest: string;
    readonly subject: string;
    readonly username: string;
    readonly expires_at: number;
    readonly change: string | null;
    readonly used_at: number | null;
  };
  /** Its columns are as `rate-limiter-flexible` has them; `expire` alone is in milliseconds. */
  readonly alexa_failures: {
    readonly key: string;
    readonly points: number;
    readonly expire: number;
  };
}

/**
 * Every change of the tables since the first release, in the order of their names. One that was released is
 * never edited: people's links are in it. Each works on all SQL engines.
 */
export const migrations: Record<string, Migration> = {
  '0001_links': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('alexa_links')
        .addColumn('id', 'text', (column) => column.primaryKey())
        // The skill that the person linked.
        .addColumn('client_id', 'text', (column) => column.notNull())
        // The person's id in the operator's user store.
        .addColumn('subject', 'text', (column) => column.notNull())
        // What they signed in as, for the skill and for the operator's lists.
        .addColumn('username', 'text', (column) => column.notNull())
        // What was granted, space separated.
        .addColumn('scope', 'text', (column) => column.notNull())
        // Whose answer it was: shows the region of the Alexa account.
        .addColumn('redirect_host', 'text', (column) => column.notNull())
        // The attempt's reference, as on the page and in the log.
        .addColumn('reference', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        // Null while the link lives; its tokens die with it.
        .addColumn('revoked_at', 'bigint')
        .execute();
      await db.schema
        .createTable('alexa_access_tokens')
        // SHA-256 of the token, base64url. The token itself is nowhere.
        .addColumn('digest', 'text', (column) => column.primaryKey())
        .addColumn('link_id', 'text', (column) => column.notNull().references('alexa_links.id'))
        .addColumn('issued_at', 'bigint', (column) => column.notNull())
        // Null: as long as the link.
        .addColumn('expires_at', 'bigint')
        .execute();
    },
  },
  '0002_failures': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('alexa_failures')
        // Digest of whom the failures are about: a username, an address, or both.
        .addColumn('key', 'varchar(255)', (column) => column.primaryKey())
        .addColumn('points', 'integer', (column) => column.notNull())
        // When the count is forgotten, milliseconds since 1970.
        .addColumn('expire', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('alexa_failures_expire').on('alexa_failures').column('expire').execute();
    },
  },
  '0003_lasting_links': {
    async up(db: Kysely<Schema>) {
      // When the last of the link's tokens ends; null where it doesn't by itself.
      await db.schema.alterTable('alexa_links').addColumn('expires_at', 'bigint').execute();
      // When a token of it was last found to hold, to the hour.
      await db.schema.alterTable('alexa_links').addColumn('last_used_at', 'bigint').execute();
      // Before what follows, which looks at the tokens of each link.
      await index(db, 'alexa_access_tokens', 'link_id');
      await db
        .updateTable('alexa_links')
        .set((select) => ({
          expires_at: select
            .selectFrom('alexa_access_tokens')
            .whereRef('link_id', '=', 'alexa_links.id')
            .select((token) => token.fn.max('expires_at').as('last')),
        }))
        .execute();
      await db.schema
        .createTable('alexa_tickets')
        // SHA-256 of the ticket that is in the page.
        .addColumn('digest', 'text', (column) => column.primaryKey())
        // Whose links it lets change.
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('username', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      await index(db, 'alexa_links', 'subject');
      // For what is taken out when it has ended, so only of what ends.
      for (const [table, column] of ends) await index(db, table, column, true);
    },
  },
  '0004_code_grant': {
    async up(db: Kysely<Schema>) {
      // All null where a link began without a code. One statement each: SQLite adds no more at once.
      const add = (column: string, type: 'text' | 'bigint') =>
        db.schema.alterTable('alexa_links').addColumn(column, type).execute();
      // SHA-256 of the authorization code.
      await add('code_digest', 'text');
      // Where it was sent.
      await add('code_redirect_uri', 'text');
      // The code challenge (S256), where the request had one.
      await add('code_challenge', 'text');
      // SHA-256 of what all refresh tokens of the link have in common.
      await add('refresh_family', 'text');
      // SHA-256 of the refresh token; null until the code is redeemed.
      await add('refresh_digest', 'text');
      await add('refresh_issued_at', 'bigint');
      // 1 when the answer with it has gone out, 0 before.
      await add('refresh_answered', 'bigint');
      // JSON: digest, salt and first use of those that it came from and that may be sent again.
      await add('refresh_predecessors', 'text');
      // For those that are taken out because nobody came for their tokens.
      await db.schema
        .createIndex('alexa_links_unredeemed')
        .on('alexa_links')
        .column('expires_at')
        .where(sql.ref('code_digest'), 'is not', null)
        .where(sql.ref('refresh_digest'), 'is', null)
        .execute();
      // Tokens that have ended are kept with their link, which can be revoked by them.
      await db.schema.dropIndex('alexa_access_tokens_expires_at').execute();
    },
  },
  '0005_repeated_changes': {
    async up(db: Kysely<Schema>) {
      // SHA-256 of what the ticket was used for; null until then.
      await db.schema.alterTable('alexa_tickets').addColumn('change', 'text').execute();
      // When that was first asked for.
      await db.schema.alterTable('alexa_tickets').addColumn('used_at', 'bigint').execute();
    },
  },
};

const ends = [
  ['alexa_links', 'revoked_at'],
  ['alexa_links', 'expires_at'],
  ['alexa_access_tokens', 'expires_at'],
  ['alexa_tickets', 'expires_at'],
] as const;

async function index(db: Kysely<Schema>, table: string, column: string, partial = false): Promise<void> {
  const creating = db.schema.createIndex(`${table}_${column}`).on(table).column(column);
  await (partial ? creating.where(sql.ref(column), 'is not', null) : creating).execute();
}
