import { readFileSync } from 'node:fs';
import { type Dialect, MysqlDialect, type MysqlPoolConnection, type MysqlQueryResult } from 'kysely';
import { createPool, type PoolConnection, type SslOptions } from 'mysql2';

/**
 * MySQL or MariaDB with so many connections at most; TLS as the URL's `ssl-mode` and `ssl-ca` say. Connecting and each query
 * end after 5 seconds, and a connection that did not answer by then is not used again.
 */
export function mysqlDialect(url: string, connections = 10): Dialect {
  const uri = new URL(url);
  const mode = uri.searchParams.get('ssl-mode');
  const caFile = uri.searchParams.get('ssl-ca');
  for (const name of ['ssl-mode', 'ssl-ca']) uri.searchParams.delete(name);
  const ca = caFile === null ? undefined : readFileSync(caFile, 'utf8');
  const pool = createPool({
    uri: uri.href,
    ssl: mode === null && ca === undefined ? undefined : { ...tlsModes[mode ?? 'VERIFY_CA'], ca },
    connectionLimit: connections,
    // Fewer than the limit, or none would ever be closed for being idle.
    maxIdle: connections - 1,
    idleTimeout: 10_000,
    connectTimeout: 5000,
    keepAliveInitialDelay: 10_000,
    supportBigNumbers: true,
  });
  return new MysqlDialect({
    pool: {
      getConnection: (callback) =>
        pool.getConnection((error, connection) => callback(error, connection && guarded(connection))),
      end: (callback) => pool.end(callback),
    },
  });
}

/** `ssl-mode` as MySQL's own programs take it. */
const tlsModes: Readonly<Record<string, SslOptions | undefined>> = {
  REQUIRED: { rejectUnauthorized: false },
  VERIFY_CA: {},
  VERIFY_IDENTITY: { verifyIdentity: true },
};

/** Sends values by the protocol's prepared statements, never in the text, and gives up what does not answer. */
function guarded(connection: PoolConnection): MysqlPoolConnection {
  const query = (
    sql: string,
    values: unknown[],
    callback: (error: unknown, result: MysqlQueryResult) => void,
  ) => {
    const overdue = setTimeout(() => {
      connection.destroy();
      answer(Object.assign(new Error('the database did not answer within 5 seconds'), { code: 'ETIMEDOUT' }));
    }, 5000);
    let answer = (error: unknown, result?: unknown) => {
      clearTimeout(overdue);
      answer = () => {};
      callback(error, result as MysqlQueryResult);
    };
    connection.execute(sql, values as string[], (error, result) => answer(error, result));
  };
  const { threadId } = connection;
  return { query, threadId, release: () => connection.release() } as MysqlPoolConnection;
}
