import { type Entry, EqualityFilter, type Filter } from 'ldapts';
import type { Profile } from './user-store.ts';

/** What each kind of directory calls the id that stays for good: OpenLDAP and most others, and Active Directory. */
export const usualIds = ['entryUUID', 'objectGUID'];

/** Active Directory's is bytes. */
export const binaryAttributes = ['objectGUID'];

/** What tells that somebody was switched off, in Active Directory, OpenLDAP's ppolicy, 389 DS and eDirectory. */
const disabledBy: Readonly<Record<string, (value: string) => boolean>> = {
  userAccountControl: (flags) => (Number(flags) & 2) !== 0,
  pwdAccountLockedTime: (time) => time === '000001010000Z',
  nsAccountLock: (locked) => locked.toLowerCase() === 'true',
  loginDisabled: (disabled) => disabled.toLowerCase() === 'true',
};

/** All that is asked for, beside the id. */
export const profileAttributes = ['displayName', 'cn', 'mail', ...Object.keys(disabledBy)];

export function isDisabled(entry: Entry): boolean {
  return Object.entries(disabledBy).some(([name, tells]) => tells(textOf(entry, name) ?? ''));
}

/** Throws when the entry has no id. */
export function profileOf(entry: Entry, ids: readonly string[]): Profile {
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
export function idFilters(id: string, ids: readonly string[]): Filter[] {
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
