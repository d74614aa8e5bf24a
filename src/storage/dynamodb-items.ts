import { type Item, keyAttribute, ttlAttribute } from './dynamodb-table.ts';
import {
  type AccessTokenRecord,
  type CodeRecord,
  type Link,
  type RefreshTokenRecord,
  recordSeconds,
  StorageUnavailableError,
  unredeemedSeconds,
} from './stores.ts';

type Tokens = Readonly<Record<string, Omit<AccessTokenRecord, 'digest'>>>;

/** What an item holds beside the link's own members, which have the names that they have in `Link`. */
interface LinkItem {
  /** By digest. */
  readonly tokens: Tokens;
  readonly code?: CodeRecord;
  readonly refreshToken?: RefreshTokenRecord;
}

export const prefix = 'link#';
export const keyOf = (linkId: string) => `${prefix}${linkId}`;

export function itemOf({ id, ...members }: Link, tokens: Tokens, code?: CodeRecord): Item {
  return {
    [keyAttribute]: keyOf(id),
    ...members,
    tokens,
    code,
    [ttlAttribute]:
      members.expiresAt && members.expiresAt + (code === undefined ? recordSeconds : unredeemedSeconds),
  };
}

export function linkOf(item: Item): Link {
  const {
    [keyAttribute]: key,
    [ttlAttribute]: _ttl,
    tokens: _tokens,
    code: _code,
    refreshToken: _refreshToken,
    ...members
  } = item;
  return { id: String(key).slice(prefix.length), ...members } as unknown as Link;
}

export function tokensOf(item: Item): Tokens {
  return (item as unknown as LinkItem).tokens;
}

export function codeGrantOf(item: Item): Pick<LinkItem, 'code' | 'refreshToken'> {
  return item as unknown as LinkItem;
}

export function isThereAlready({ id }: Link): StorageUnavailableError {
  return new StorageUnavailableError(new Error(`there is a link ${id} already`));
}
