import {
  AndFilter,
  type Client,
  ConstraintViolationError,
  type Entry,
  EqualityFilter,
  Filter,
  FilterParser,
  InappropriateAuthError,
  InvalidCredentialsError,
  NoSuchObjectError,
  OrFilter,
  UnwillingToPerformError,
} from 'ldapts';
import type { Report } from '../telemetry/events.ts';
import { createLdapConnections, type LdapConnectionOptions } from './ldap-connection.ts';
import type { Profile, Refused, UserStore } from './user-store.ts';

export interface LdapUsersOptions extends LdapConnectionOptions {
  /** DN under which users are, at any depth. */
  readonly base: string;
  /** RFC 4515, with `{username}` where the name goes. */
  readonly filter: string;
  /** What the subject is; without it `entryUUID` or `objectGUID`, whichever the directory has. */
  readonly idAttribute?: string | undefined;
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
  const withConnection = createLdapConnections(options);
  const ids = idAttribute === undefined ? usualIds : [idAttribute];
  const filterOf = (username: string) => filter.replaceAll('{username}', () => username);

  async function find(client: Client, condition: string | Filter): Promise<Entry | string> {
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
      return withConnection<Profile | Refused>(async (client) => {
        const entry = await find(client, filterOf(Filter.escape(username)));
        if (typeof entry === 'string') return { refused: entry };
        try {
          await client.bind(entry.dn, password);
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
      const entry = await withConnection((client) => find(client, condition));
      return typeof entry === 'string' ? undefined : profileOf(entry, ids);
    },
    async ping() {
      try {
        await withConnection((client) => client.search(base, { scope: 'base', attributes: ['1.1'] }));
      } catch (cause) {
        if (cause instanceof NoSuchObjectError) throw new Error(`the directory has no ${base}`, { cause });
        if (cause instanceof InvalidCredentialsError)
          throw new Error('USERS_LDAP_BIND_DN or USERS_LDAP_BIND_PASSWORD is wrong', { cause });
        throw cause;
      }
    },
    async close() {},
  };
}

/** What each kind of directory calls the id that stays for good: OpenLDAP and most others, and Active Directory. */
const usualIds = ['entryUUID', 'objectGUID'];

/** Active Directory's is bytes. */
const binaryAttributes = ['objectGUID'];

/** What tells that somebody was switched off, in Active Directory, OpenLDAP's ppolicy, 389 DS and eDirectory. */
const disabledBy: Readonly<Record<string, (value: string) => boolean>> = {
  userAccountControl: (flags) => (Number(flags) & 2) !== 0,
  pwdAccountLockedTime: (time) => time === '000001010000Z',
  nsAccountLock: (locked) => locked.toLowerCase() === 'true',
  loginDisabled: (disabled) => disabled.toLowerCase() === 'true',
};

/** All that is asked for, beside the id. */
const profileAttributes = ['displayName', 'cn', 'mail', ...Object.keys(disabledBy)];

function isDisabled(entry: Entry): boolean {
  return Object.entries(disabledBy).some(([name, tells]) => tells(textOf(entry, name) ?? ''));
}

/** Throws when the entry has no id. */
function profileOf(entry: Entry, ids: readonly string[]): Profile {
  const id = ids.map((name) => textOf(entry, name)).find((text) => text !== undefined);
  if (id === undefined) {
    const problem = `an entry has no ${ids.join(' and no ')}`;
    throw new Error(
      `${problem}: set USERS_LDAP_ID_ATTRIBUTE to an attribute that all have, and that is text`,
    );
  }
  return { id, name: textOf(entry, 'displayName') ?? textOf(entry, 'cn'), email: textOf(entry, 'mail') };
}

/** The filters that an entry with this id may meet. */
function idFilters(id: string, ids: readonly string[]): Filter[] {
  return ids.flatMap((attribute) => {
    const value = binaryAttributes.includes(attribute) ? bytesOfGuid(id) : id;
    return value === undefined ? [] : [new EqualityFilter({ attribute, value })];
  });
}

/** The first value. Names of attributes come as the directory writes them. */
function textOf(entry: Entry, name: string): string | undefined {
  const key = Object.keys(entry).find((each) => each.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : [entry[key]].flat()[0];
  if (value instanceof Uint8Array) return name === 'objectGUID' ? guidOfBytes(value) : undefined;
  return value === '' ? undefined : value;
}

/** In which order a GUID's bytes are written: the first three parts are little-endian. */
const guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

function guidOfBytes(bytes: Uint8Array): string {
  const digits = Buffer.from(guidOrder.map((index) => bytes[index] ?? 0)).toString('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function bytesOfGuid(guid: string): Buffer | undefined {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid)) return undefined;
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return Buffer.from(guidOrder.map((index) => bytes[index] ?? 0));
}
