import { createDynamoCodeGrants } from './dynamodb-code-grants.ts';
import { isThereAlready, itemOf, keyOf, linkOf, prefix, tokensOf } from './dynamodb-items.ts';
import { type DynamoTable, type Expression, keyAttribute, ttlAttribute } from './dynamodb-table.ts';
import { type LinkFilter, type LinkStore, matches, recordSeconds } from './stores.ts';

/** Links as one item each, with their access tokens in it by digest. */
export function createDynamoLinks(table: DynamoTable): LinkStore {
  async function* pagesOf({ subject, ...filter }: LinkFilter) {
    if (subject === undefined) yield* table.scan(matching(filter));
    else yield* table.findBySubject(subject);
  }

  return {
    ...createDynamoCodeGrants(table),

    async create(link, { digest, ...token }) {
      const item = itemOf(link, { [digest]: token });
      // The same again is no other: so the client may try twice where an answer was lost.
      const isNew = 'attribute_not_exists(#key) OR attribute_exists(#tokens.#digest)';
      const names = { key: keyAttribute, tokens: 'tokens', digest };
      if (!(await table.put(item, { text: isNew, names }))) throw isThereAlready(link);
    },

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
      for await (const page of pagesOf(filter))
        yield* page.map(linkOf).filter((link) => matches(link, filter));
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
        values: { ':at': at, ':until': at + recordSeconds },
      }),

    erase: async (linkId) => (await table.delete(keyOf(linkId))) !== undefined,

    async countEnding(from, until) {
      let count = 0;
      const ending = {
        text: '#expiresAt > :from AND #expiresAt <= :until AND attribute_not_exists(#revokedAt)',
        names: { expiresAt: 'expiresAt', revokedAt: 'revokedAt' },
        values: { ':from': from, ':until': until },
      };
      for await (const page of table.scan(ending)) count += page.length;
      return count;
    },
  };
}

/** What DynamoDB itself can sort out, so that less travels; `matches` decides. */
function matching({ clientId, user }: LinkFilter): Expression {
  const conditions = ['begins_with(#key, :prefix)'];
  if (clientId !== undefined) conditions.push('#clientId = :clientId');
  if (user !== undefined) conditions.push('(#subject = :user OR #username = :user)');
  return {
    text: conditions.join(' AND '),
    names: {
      key: keyAttribute,
      ...(clientId !== undefined && { clientId: 'clientId' }),
      ...(user !== undefined && { subject: 'subject', username: 'username' }),
    },
    values: {
      ':prefix': prefix,
      ...(clientId !== undefined && { ':clientId': clientId }),
      ...(user !== undefined && { ':user': user }),
    },
  };
}
