import { fileOf } from './locations.ts';
import { isLoopback } from './network.ts';
import type { AddProblem } from './problem.ts';
import { parseConnections, type UsersSettings } from './users-settings.ts';

/** Users in a directory, and how to find them. */
export interface LdapUsersLocation {
  readonly scheme: 'ldap';
  /** Without the base. */
  readonly url: string;
  readonly base: string;
  /** Empty, as the password: anonymous. */
  readonly bindDn: string;
  readonly bindPassword: string;
  readonly filter: string;
  readonly idAttribute?: string;
  readonly startTls: boolean;
  readonly ca?: string;
  readonly connections: number;
}

export function parseLdapUsers(settings: UsersSettings): LdapUsersLocation {
  const { value, variables, production, readFile, addProblem } = settings;
  const url = URL.parse(value);
  const base = url === null ? '' : decode(url.pathname.slice(1));
  if (url === null || url.hostname === '' || base === '' || url.username + url.search + url.hash !== '')
    addProblem(
      'USERS',
      'must be like ldaps://host/dc=example,dc=com: a host, and the base under which people are',
    );
  const startTls = parseSwitch('USERS_LDAP_START_TLS', variables.USERS_LDAP_START_TLS, addProblem);
  const encrypted = startTls || url?.protocol === 'ldaps:';
  if (startTls && url?.protocol === 'ldaps:')
    addProblem('USERS_LDAP_START_TLS', 'is for ldap:// alone: ldaps:// is encrypted from the beginning');
  if (production && !encrypted && url !== null && !isLoopback(url))
    addProblem('USERS', 'would send passwords in the clear: use ldaps://, or set USERS_LDAP_START_TLS=true');
  const { USERS_LDAP_BIND_DN: bindDn = '', USERS_LDAP_BIND_PASSWORD: bindPassword = '' } = variables;
  if ((bindDn === '') !== (bindPassword === ''))
    addProblem(
      'USERS_LDAP_BIND_DN',
      'and USERS_LDAP_BIND_PASSWORD must be given both, or neither to search anonymously',
    );
  const filter = variables.USERS_LDAP_FILTER ?? '(uid={username})';
  if (!/^\(.*\{username\}.*\)$/s.test(filter))
    addProblem('USERS_LDAP_FILTER', 'must stand in ( and ) and have {username} where the name goes');
  const caFile = variables.USERS_LDAP_CA_FILE;
  const ca = caFile && fileOf('USERS_LDAP_CA_FILE', caFile, 'name a PEM file', readFile, addProblem);
  const idAttribute = variables.USERS_LDAP_ID_ATTRIBUTE?.replace(/^objectguid$/i, 'objectGUID');
  if (idAttribute !== undefined && !/^[A-Za-z][\w-]*$/.test(idAttribute))
    addProblem('USERS_LDAP_ID_ATTRIBUTE', 'must be the name of one attribute, like entryUUID');
  const connections = parseConnections(settings);
  const address = `${url?.protocol}//${url?.host}`;
  return {
    scheme: 'ldap',
    url: address,
    base,
    bindDn,
    bindPassword,
    filter,
    idAttribute,
    startTls,
    ca,
    connections,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseSwitch(name: string, value: string | undefined, addProblem: AddProblem): boolean {
  if (value !== undefined && value !== 'true' && value !== 'false') addProblem(name, 'must be true or false');
  return value === 'true';
}
