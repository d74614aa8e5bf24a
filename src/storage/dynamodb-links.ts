import {
  type DynamoTable,
  type Expression,
  type Item,
  keyAttribute,
  ttlAttribute,
} from './dynamodb-table.ts';
import {
  type AccessTokenRecord,
  type Link,
  type LinkStore,
  matches,
  mostAccessTokens,
  type Renewal,
  retentionSeconds,
} from './stores.ts';

/** Access tokens by their digest. */
type Tokens = Readonly<Record<string, Omit<AccessTokenRecord, 'digest'>>>;

const prefix = 'link#';
const keyOf = (linkId: string) => `${prefix}${linkId}`;

/** Links as one item each, with the access tokens and the digest of the refresh token in it. */
export function createDynamoLinks(table: DynamoTable): LinkStore {
  /** Adds an access token to a link that is not revoked, and where `condition` holds. */
  async function renew(
    linkId: string,
    { accessToken: { digest, ...token }, expiresAt }: Renewal,
    changes: string,
    condition: Expression & { readonly values: Item },
  ): Promise<boolean> {
    const item = await table.get(keyOf(linkId));
    if (item === undefined) return false;
    const old = oldTokens(item, token.issuedAt);
    const remove = old.map((_, index) => `#tokens.#old${index}`).join(', ');
    const set = `SET #tokens.#digest = :token, #expiresAt = :expiresAt, #ttl = :until, ${changes}`;
    return table.update(keyOf(linkId), remove === '' ? set : `${set} REMOVE ${remove}`, {
      text: `attribute_not_exists(#revokedAt) AND ${condition.text}`,
      names: {
        ...condition.names,
        ...Object.fromEntries(old.map((each, index) => [`old${index}`, each])),
        tokens: 'tokens',
        digest,
        expiresAt: 'expiresAt',
        ttl: ttlAttribute,
        revokedAt: 'revokedAt',
      },
      values: {
        ...condition.values,
        ':token': token,
        ':expiresAt': expiresAt,
        ':until': expiresAt + retentionSeconds,
      },
    });
  }

  const all = {
    text: 'begins_with(#key, :prefix)',
    names: { key: keyAttribute },
    values: { ':prefix': prefix },
  };

  return {
    create(link, accessTokens) {
      const tokens = Object.fromEntries(accessTokens.map(({ digest, ...token }) => [digest, token]));
      const isNew = { text: 'attribute_not_exists(#key)', names: { key: keyAttribute } };
      return table.put(itemOf(link, tokens), isNew);
    },

    redeemCode: (linkId, refreshDigest, renewal) =>
      renew(linkId, renewal, '#refreshDigest = :refreshDigest, #redeemedAt = :redeemedAt', {
        // The same again is no other: so the client may try twice where an answer was lost.
        text: 'attribute_exists(#codeDigest) AND (attribute_not_exists(#redeemedAt) OR #refreshDigest = :refreshDigest)',
        names: { codeDigest: 'codeDigest', redeemedAt: 'redeemedAt', refreshDigest: 'refreshDigest' },
        values: { ':refreshDigest': refreshDigest, ':redeemedAt': renewal.accessToken.issuedAt },
      }),

    addAccessToken: (linkId, renewal) =>
      renew(linkId, renewal, '#lastUsedAt = :usedAt', {
        text: 'attribute_exists(#redeemedAt)',
        names: { redeemedAt: 'redeemedAt', lastUsedAt: 'lastUsedAt' },
        values: { ':usedAt': renewal.accessToken.issuedAt },
      }),

    async findByAccessToken({ linkId, digest }) {
      const item = await table.get(keyOf(linkId));
      const token = item && tokensOf(item)[digest];
      return token && { link: linkOf(item), accessToken: { digest, ...token } };
    },

    async find(linkId) {
      const item = await table.get(keyOf(linkId));
      return item && linkOf(item);
    },

    async *list(filter) {
      const { subject } = filter;
      const pages = subject === undefined ? table.scan(all) : table.findBySubject(subject);
      for await (const page of pages) yield* page.map(linkOf).filter((link) => matches(link, filter));
    },

    async recordUse(linkId, at, notSince) {
      await table.update(keyOf(linkId), 'SET #lastUsedAt = :at', {
        text: 'attribute_exists(#key) AND (attribute_not_exists(#lastUsedAt) OR #lastUsedAt <= :notSince OR #lastUsedAt > :at)',
        names: { key: keyAttribute, lastUsedAt: 'lastUsedAt' },
        values: { ':at': at, ':notSince': notSince },
      });
    },

    revoke: (linkId, at) =>
      table.update(keyOf(linkId), 'SET #revokedAt = :at, #ttl = :until', {
        text: 'attribute_exists(#key) AND attribute_not_exists(#revokedAt)',
        names: { key: keyAttribute, revokedAt: 'revokedAt', ttl: ttlAttribute },
        values: { ':at': at, ':until': at + retentionSeconds },
      }),

    erase: (linkId) => table.delete(keyOf(linkId)),

    async export(linkId) {
      const item = await table.get(keyOf(linkId));
      if (item === undefined) return undefined;
      const accessTokens = Object.entries(tokensOf(item)).map(([digest, token]) => ({ digest, ...token }));
      return { link: linkOf(item), accessTokens };
    },
  };
}

function itemOf({ id, ...members }: Link, tokens: Tokens): Item {
  const end = members.revokedAt ?? members.expiresAt;
  const until = end && end + retentionSeconds;
  return { [keyAttribute]: keyOf(id), ...members, tokens, [ttlAttribute]: until };
}

function linkOf(item: Item): Link {
  const { [keyAttribute]: key, [ttlAttribute]: _ttl, tokens: _tokens, ...members } = item;
  return { id: String(key).slice(prefix.length), ...members } as unknown as Link;
}

function tokensOf(item: Item): Tokens {
  return item['tokens'] as Tokens;
}

/** Digests of access tokens that have expired, and of the oldest where there are too many. */
function oldTokens(item: Item, now: number): string[] {
  const newestFirst = Object.entries(tokensOf(item)).sort(([, a], [, b]) => b.issuedAt - a.issuedAt);
  const isOver = ({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt <= now;
  return newestFirst
    .filter(([, token], index) => isOver(token) || index >= mostAccessTokens - 1)
    .map(([digest]) => digest);
}
