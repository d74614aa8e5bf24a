import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { Client } from 'ldapts';
import pLimit from 'p-limit';
import { deadlineSeconds, inTime, UnreachableError } from './user-store.ts';

export interface LdapConnectionOptions {
  /** `ldap://host:port` or `ldaps://host:port`, nothing behind it. */
  readonly url: string;
  /** Both empty: anonymous. */
  readonly bindDn: string;
  readonly bindPassword: string;
  readonly startTls: boolean;
  /** PEM; without it, the authorities that Node.js trusts. */
  readonly ca?: string | undefined;
  /** How many at most. */
  readonly connections: number;
}

/**
 * Does one piece of work with a connection that is bound as the service. Rejects with an `UnreachableError` when it takes
 * over 5 seconds, waiting included.
 */
export type WithConnection = <Result>(work: (client: Client) => Promise<Result>) => Promise<Result>;

/** A connection for each piece of work, so many at once. */
export function createLdapConnections(options: LdapConnectionOptions): WithConnection {
  const { url, bindDn, bindPassword, startTls, ca, connections } = options;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const tlsOptions = { ca, host, servername: /^[\d.]+$|:/.test(host) ? undefined : host };
  const oneOfFew = pLimit(connections);

  function createClient(): Client {
    return new Client({
      url,
      // Given at all, they would have ldap:// begin with TLS too.
      tlsOptions: url.startsWith('ldaps:') ? tlsOptions : undefined,
      timeout: deadlineSeconds * 1000,
      connectTimeout: deadlineSeconds * 1000,
      createConnection: onlyOnce(connect),
      createSecureConnection: onlyOnce(connectSecurely),
    });
  }

  async function doWork<Result>(client: Client, work: (client: Client) => Promise<Result>): Promise<Result> {
    try {
      if (startTls) await client.startTLS(tlsOptions);
      await client.bind(bindDn, bindPassword);
      return await work(client);
    } catch (error) {
      throw gotNoAnswer(error) ? new UnreachableError(error.message, { cause: error }) : error;
    }
  }

  return (work) => {
    const givenUp = new AbortController();
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => {});
    givenUp.signal.addEventListener('abort', () => lost.reject(givenUp.signal.reason));
    const working = oneOfFew(async () => {
      givenUp.signal.throwIfAborted();
      const client = createClient();
      try {
        // Work that is given up may never settle, and has to make room all the same.
        return await Promise.race([doWork(client, work), lost.promise]);
      } finally {
        await Promise.race([client.unbind(), lost.promise]).catch(() => {});
      }
    });
    return inTime(working, (error) => givenUp.abort(error));
  };
}

/** ldapts gives such errors no code. */
function gotNoAnswer(error: unknown): error is Error {
  return (
    error instanceof Error && /^(Connection|Socket)|timed out$/.test(error.message) && !('code' in error)
  );
}

/** A client that has lost its connection would connect again, without StartTLS and the bind. */
function onlyOnce<Connect extends (...parameters: never[]) => Socket>(open: Connect): Connect {
  let opened = false;
  const once = (...parameters: Parameters<Connect>) => {
    if (opened) throw new UnreachableError('the connection was lost');
    opened = true;
    return open(...parameters);
  };
  return once as Connect;
}
