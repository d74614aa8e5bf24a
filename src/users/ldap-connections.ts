import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { Client, ResultCodeError } from 'ldapts';
import pLimit from 'p-limit';
import { deadlineSeconds, withDeadline } from './deadline.ts';
import { UnreachableError } from './user-store.ts';

export interface LdapConnectionsOptions {
  /** `ldap://host:port` or `ldaps://host:port`, nothing behind it. */
  readonly url: string;
  /** Both empty: anonymous. */
  readonly bindDn: string;
  readonly bindPassword: string;
  readonly startTls: boolean;
  /** PEM; without it, the authorities that Node.js trusts. */
  readonly ca?: string;
  /** At most so many; ten unless given. */
  readonly connections?: number;
}

interface Connection {
  readonly client: Client;
  /** StartTLS is done, where it is asked for. */
  secured: boolean;
  /** Bound as the service, and not as somebody who signed in. */
  asService: boolean;
  /** Of the socket below TLS, where there is any: the client itself does not notice that one close. */
  open: boolean;
}

interface Loan {
  connection?: Connection;
  overdue: boolean;
}

export interface LdapConnections {
  /** Lends a connection that is bound as the service. */
  use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Connections to a directory, so many at most, kept while they work. One whose last answer was not a result of LDAP's is
 * dropped; it never connects again by itself, which would leave out StartTLS and the bind.
 */
export function createLdapConnections(options: LdapConnectionsOptions): LdapConnections {
  const { url, bindDn, bindPassword, startTls, ca, connections = 10 } = options;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const tlsOptions = { ca, host, servername: /^[\d.]+$|:/.test(host) ? undefined : host };
  const idle: Connection[] = [];
  const oneOfFew = pLimit(connections);

  function open(): Connection {
    const state = { secured: false, asService: false, open: true };
    const closed = () => {
      state.open = false;
    };
    const client = new Client({
      url,
      // Given at all, they would have ldap:// begin with TLS too.
      tlsOptions: url.startsWith('ldaps:') ? tlsOptions : undefined,
      timeout: deadlineSeconds * 1000,
      connectTimeout: deadlineSeconds * 1000,
      createConnection: onlyOnce(connect, closed),
      createSecureConnection: onlyOnce(connectSecurely, closed),
    });
    return Object.assign(state, { client });
  }

  function take(): Connection | undefined {
    let connection = idle.pop();
    while (connection !== undefined && !connection.open) connection = idle.pop();
    return connection;
  }

  async function lend<Result>(
    loan: Loan,
    work: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    if (loan.overdue) throw new UnreachableError('no connection was free in time');
    const connection = take() ?? open();
    loan.connection = connection;
    let usable = false;
    try {
      if (startTls && !connection.secured) await connection.client.startTLS(tlsOptions);
      connection.secured = true;
      if (!connection.asService) await connection.client.bind(bindDn, bindPassword);
      connection.asService = true;
      const result = await work(connection);
      usable = true;
      return result;
    } catch (error) {
      usable = error instanceof ResultCodeError;
      throw gotNoAnswer(error) ? new UnreachableError(error.message, { cause: error }) : error;
    } finally {
      if (usable && !loan.overdue) idle.push(connection);
      else drop(connection);
    }
  }

  return {
    use(work) {
      const loan: Loan = { overdue: false };
      const givenUp = Promise.withResolvers<never>();
      givenUp.promise.catch(() => {});
      // Work that is given up may never settle, so it must release its place.
      const working = oneOfFew(() => Promise.race([lend(loan, work), givenUp.promise]));
      return withDeadline(working, () => {
        loan.overdue = true;
        if (loan.connection !== undefined) drop(loan.connection);
        givenUp.reject(new UnreachableError(`no answer within ${deadlineSeconds} seconds`));
      });
    },
    async close() {
      idle.splice(0).forEach(drop);
    },
  };
}

/** ldapts gives such errors no code. */
function gotNoAnswer(error: unknown): error is Error {
  return (
    error instanceof Error && /^(Connection|Socket)|timed out$/.test(error.message) && !('code' in error)
  );
}

function drop({ client }: Connection): void {
  client.unbind().catch(() => {});
}

function onlyOnce<Connect extends (...parameters: never[]) => Socket>(
  open: Connect,
  onClose: () => void,
): Connect {
  let opened = false;
  const once = (...parameters: Parameters<Connect>) => {
    if (opened) throw new UnreachableError('the connection was lost');
    opened = true;
    // So that it is noticed when a firewall has dropped an idle one.
    return open(...parameters)
      .setKeepAlive(true, 10_000)
      .once('close', onClose);
  };
  return once as Connect;
}
