import {
  AndFilter,
  type Client,
  ConstraintViolationError,
  type Entry,
  Filter,
  FilterParser,
  InappropriateAuthError,
  InvalidCredentialsError,
  NoSuchObjectError,
  OrFilter,
  UnwillingToPerformError,
} from 'ldapts';
import type { Report } from '../telemetry/events.ts';
import { createLdapConnections, type LdapConnectionsOptions } from './ldap-connections.ts';
import {
  binaryAttributes,
  idFilters,
  isDisabled,
  profileAttributes,
  profileOf,
  usualIds,
} from './ldap-entry.ts';
import type { Profile, RefusalCause, Refused, UserStore } from './user-store.ts';

export interface LdapUsersOptions extends LdapConnectionsOptions {
  /** DN under which people are, at any depth. */
  readonly base: string;
  /** RFC 4515, with `{username}` where the name goes. */
  readonly filter: string;
  /** What the subject is; without it `entryUUID` or `objectGUID`, whichever the directory has. */
  readonly idAttribute?: string;
  readonly report: Report;
}

/** What a directory answers when it does not let this user in, whatever the password: there is none, or it is locked. */
const refusals = [InappropriateAuthError, UnwillingToPerformError, ConstraintViolationError];

/**
 * Users in a directory: searched for by the service, then bound as themselves, so that the directory alone judges the
 * password. Referrals are not followed. Throws where the filter is none.
 */
export function createLdapUsers(options: LdapUsersOptions): UserStore {
  const { base, filter, idAttribute, report } = options;
  const connections = createLdapConnections(options);
  const ids = idAttribute === undefined ? usualIds : [idAttribute];
  const filterOf = (username: string) => filter.replaceAll('{username}', () => username);

  async function find(client: Client, condition: string | Filter): Promise<Entry | RefusalCause> {
    const { searchEntries } = await client.search(base, {
      filter: condition,
      attributes: [...ids, ...profileAttributes],
      explicitBufferAttributes: binaryAttributes,
      sizeLimit: 2,
      derefAliases: 'never',
    });
    const [entry, another] = searchEntries;
    if (entry === undefined) return 'unknown_user';
    if (another !== undefined) {
      report('users.ambiguous', { problem: 'USERS_LDAP_FILTER finds several, so nobody is signed in' });
      return 'several_entries';
    }
    return isDisabled(entry) ? 'disabled' : entry;
  }

  try {
    FilterParser.parseString(filterOf('x'));
  } catch (cause) {
    throw new Error(`USERS_LDAP_FILTER is no filter: ${(cause as Error).message}`, { cause });
  }
  return {
    async authenticate(username, password) {
      // A bind without a password succeeds for every name (RFC 4513 5.1.2).
      if (password === '' || username === '') return { refused: 'unknown_user' };
      return connections.use<Profile | Refused>(async (connection) => {
        const entry = await find(connection.client, filterOf(Filter.escape(username)));
        if (typeof entry === 'string') return { refused: entry };
        connection.asService = false;
        try {
          await connection.client.bind(entry.dn, password);
        } catch (error) {
          if (error instanceof InvalidCredentialsError) return { refused: 'wrong_password' };
          if (refusals.some((refusal) => error instanceof refusal))
            return { refused: 'refused_by_directory' };
          throw error;
        }
        return profileOf(entry, ids);
      });
    },
    async findById(id) {
      const withId = idFilters(id, ids);
      if (id === '' || withId.length === 0) return undefined;
      // What the filter demands beside the name goes for everybody who is found.
      const demanded = FilterParser.parseString(filterOf('*'));
      const condition = new AndFilter({ filters: [demanded, new OrFilter({ filters: withId })] });
      const entry = await connections.use(({ client }) => find(client, condition));
      return typeof entry === 'string' ? undefined : profileOf(entry, ids);
    },
    async ping() {
      try {
        await connections.use(({ client }) => client.search(base, { scope: 'base', attributes: ['1.1'] }));
      } catch (cause) {
        if (cause instanceof NoSuchObjectError) throw new Error(`the directory has no ${base}`, { cause });
        if (cause instanceof InvalidCredentialsError)
          throw new Error('USERS_LDAP_BIND_DN or USERS_LDAP_BIND_PASSWORD is wrong', { cause });
        throw cause;
      }
    },
    close: connections.close,
  };
}
