import { type Dialect, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';

export interface PostgresOptions {
  /** At most so many; ten unless given. */
  readonly connections?: number;
  /** How long a query may take; 5 seconds unless given. */
  readonly queryTimeoutMs?: number;
  /** Whether the server, too, gives up what takes longer, so that nothing happens after the answer was that it didn't. */
  readonly cancels?: boolean;
  /** Whether a bigint comes as a number. Ids of the operator's may be longer than one holds, and then come as text. */
  readonly bigintAsNumber?: boolean;
}

/**
 * Connections to PostgreSQL, so many at most; TLS as the URL's `sslmode` and `sslrootcert` say. Connecting and each query
 * end after 5 seconds.
 */
export function openPostgres(url: string, options: PostgresOptions = {}): pg.Pool {
  const { connections = 10, queryTimeoutMs = 5000, cancels = false, bigintAsNumber = false } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'alexa-account-linking',
    ...(bigintAsNumber && { types: { getTypeParser: parserWithNumbers } }),
  });
  // A connection was lost, idle or not; who waits for it is told, and unheard, the events would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
    // Not as parameters of the connection, which poolers refuse.
    const limit = queryTimeoutMs - 500;
    const limits = `set statement_timeout = ${limit}; set idle_in_transaction_session_timeout = ${2 * queryTimeoutMs}`;
    if (cancels) client.query(limits).catch(() => {});
  });
  return pool;
}

/** Kysely's dialect on connections of its own. */
export function postgresDialect(url: string, connections?: number): Dialect {
  return dialectOn(openPostgres(url, { connections }));
}

/** Kysely's dialect on connections that may serve others too. */
export function dialectOn(pool: pg.Pool): Dialect {
  const connect = async () => (await reserve(pool)) as unknown as PostgresPoolClient;
  return new PostgresDialect({ pool: { options: pool.options, connect, end: () => pool.end() } });
}

/** A connection that is closed when released, if a query ended in a way after which it can't be used. */
async function reserve(pool: pg.Pool) {
  const client = await pool.connect().catch(throwWithCode);
  let lost = false;
  return {
    async query(query: string | pg.QueryConfig, values?: unknown[]) {
      try {
        return await client.query(query, values);
      } catch (error) {
        lost ||= !isUsableAfter(error);
        return throwWithCode(error);
      }
    },
    release: (discard?: boolean) => client.release(lost || discard),
  };
}

/** pg gives no code to a connection that was lost or took too long. */
function throwWithCode(error: unknown): never {
  const isOwn = error instanceof Error && !('code' in error);
  throw isOwn && /timeout|terminated|not queryable/.test(error.message)
    ? Object.assign(error, { code: 'ECONNABORTED' })
    : error;
}

/**
 * After the database's own answer, unless that was that it shuts down (57P), or that what was a primary is a standby now
 * and only reads (25006).
 */
function isUsableAfter(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(57P|25006)/.test(error.code ?? '');
}

const bigintOid = 20;

function parserWithNumbers(oid: number, format?: 'text' | 'binary') {
  return oid === bigintOid ? Number : pg.types.getTypeParser(oid, format);
}
