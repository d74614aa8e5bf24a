import { nameOfDatabase } from './database-url.ts';
import type { Values } from './settings.ts';
import type { UsersAddress } from './users-location.ts';

/** A user store with all that it needs to find the users. */
export type UsersLocation = ReturnType<typeof locateUsers>;

/** Puts `USERS` and the variables beside it together, once they are checked. */
export function locateUsers(address: UsersAddress, settings: Values) {
  const { USERS_PEPPER: pepper, USERS_CONNECTIONS: connections } = settings;
  switch (address.scheme) {
    case 'file':
      return { ...address, pepper };
    case 'sql': {
      const { USERS_QUERY: query = '', USERS_BY_ID_QUERY: byIdQuery } = settings;
      return { ...address, query, byIdQuery, pepper, connections };
    }
    case 'ldap':
      return {
        ...address,
        /** Empty, as the password: anonymous. */
        bindDn: settings.USERS_LDAP_BIND_DN ?? '',
        bindPassword: settings.USERS_LDAP_BIND_PASSWORD ?? '',
        filter: settings.USERS_LDAP_FILTER,
        idAttribute: settings.USERS_LDAP_ID_ATTRIBUTE?.replace(/^objectguid$/i, 'objectGUID'),
        startTls: settings.USERS_LDAP_START_TLS === 'true' && address.url.startsWith('ldap:'),
        ca: settings.USERS_LDAP_CA_FILE,
        connections,
      };
    case 'http':
      return { ...address, token: settings.USERS_HTTP_TOKEN, connections };
    case 'demo':
    case 'module':
      return address;
  }
}

/** A location as an operator may be told it, without name and password. */
export function nameOfUsers(location: UsersLocation): string {
  switch (location.scheme) {
    case 'demo':
      return 'the demo';
    case 'file':
      return location.path;
    case 'module':
      return location.module;
    case 'sql':
      return nameOfDatabase(location.address);
    default:
      return nameOfDatabase(location.url);
  }
}
