import { type Dialect, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';

/**
 * PostgreSQL with so many connections at most; TLS as the URL's `sslmode` and `sslrootcert` say. Connecting and each query
 * end after 5 seconds, and a connection that did not answer by then is not used again.
 */
export function postgresDialect(url: string, connections = 10): Dialect {
  const options = {
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'alexa-account-linking',
  };
  const pool = new pg.Pool(options);
  // A connection was lost, idle or not; who waits for it is told, and unheard, the events would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new PostgresDialect({ pool: { options, connect: () => reserve(pool), end: () => pool.end() } });
}

/** A connection that is closed when released, if a query ended otherwise than by the database's own answer. */
async function reserve(pool: pg.Pool): Promise<PostgresPoolClient> {
  const client = await pool.connect();
  let lost = false;
  const query = async (text: string, values: unknown[]): Promise<unknown> => {
    try {
      return await client.query(text, values);
    } catch (error) {
      lost ||= !(error instanceof pg.DatabaseError);
      throw error;
    }
  };
  const release = (discard?: boolean) => client.release(lost || discard);
  return { query, release } as PostgresPoolClient;
}
