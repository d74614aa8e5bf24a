import { codeGrantOf, isThereAlready, itemOf, keyOf, linkOf, tokensOf } from './dynamodb-items.ts';
import {
  type DynamoTable,
  type Expression,
  type Item,
  keyAttribute,
  ttlAttribute,
} from './dynamodb-table.ts';
import { type LinkStore, type RefreshTokenRecord, recordSeconds } from './stores.ts';

type CodeGrants = Pick<LinkStore, 'createWithCode' | 'findCodeGrant' | 'renew' | 'markAnswered'>;

/** What the code grant keeps of a link, in the link's own item. */
export function createDynamoCodeGrants(table: DynamoTable): CodeGrants {
  return {
    async createWithCode(link, code) {
      // The same again is no other: so the client may try twice where an answer was lost.
      const condition = {
        text: 'attribute_not_exists(#key) OR #code.#digest = :digest',
        names: { key: keyAttribute, code: 'code', digest: 'digest' },
        values: { ':digest': code.digest },
      };
      if (!(await table.put(itemOf(link, {}, code), condition))) throw isThereAlready(link);
    },

    async findCodeGrant(linkId) {
      const item = await table.get(keyOf(linkId));
      if (item === undefined) return undefined;
      const { code, refreshToken } = codeGrantOf(item);
      return code && { link: linkOf(item), code, refreshToken };
    },

    async renew(linkId, found, { refreshToken, accessToken: { digest, ...token }, expiresAt, usedAt }) {
      const item = await table.get(keyOf(linkId));
      if (item === undefined) return false;
      const old = superfluousTokens(item, token.issuedAt);
      const { text, names, values } = isStill(found, refreshToken);
      const setting = [
        ...(refreshToken === undefined ? [] : ['#refreshToken = :refreshToken']),
        '#tokens.#new = :token',
        '#expiresAt = :expiresAt',
        '#ttl = :until',
        ...(usedAt === undefined ? [] : ['#lastUsedAt = :usedAt']),
      ];
      const removing = old.map((_, index) => `#tokens.#old${index}`);
      const remove = removing.length === 0 ? '' : ` REMOVE ${removing.join(', ')}`;
      return table.update(keyOf(linkId), `SET ${setting.join(', ')}${remove}`, {
        text: `attribute_not_exists(#revokedAt) AND (${text})`,
        names: {
          ...names,
          tokens: 'tokens',
          new: digest,
          expiresAt: 'expiresAt',
          ttl: ttlAttribute,
          revokedAt: 'revokedAt',
          ...(usedAt !== undefined && { lastUsedAt: 'lastUsedAt' }),
          ...Object.fromEntries(old.map((each, index) => [`old${index}`, each])),
        },
        values: {
          ...values,
          ...(refreshToken !== undefined && { ':refreshToken': refreshToken }),
          ':token': token,
          ':expiresAt': expiresAt,
          ':until': expiresAt + recordSeconds,
          ...(usedAt !== undefined && { ':usedAt': usedAt }),
        },
      });
    },

    async markAnswered(linkId, refreshTokenDigest) {
      await table.update(keyOf(linkId), 'SET #refreshToken.#answered = :yes', {
        text: '#refreshToken.#digest = :digest',
        names: { refreshToken: 'refreshToken', answered: 'answered', digest: 'digest' },
        values: { ':yes': true, ':digest': refreshTokenDigest },
      });
    },
  };
}

/** Whether the refresh token is the one that was found; with nothing to replace it, whether there is any. */
function isStill(found: RefreshTokenRecord | undefined, next: RefreshTokenRecord | undefined): Expression {
  const names = { refreshToken: 'refreshToken' };
  if (next === undefined) return { text: 'attribute_exists(#refreshToken)', names, values: {} };
  const isFound =
    found === undefined
      ? 'attribute_exists(#code) AND attribute_not_exists(#refreshToken)'
      : '#refreshToken.#digest = :foundDigest AND #refreshToken.#issuedAt = :foundIssuedAt';
  // The same again is no other, as above; but not when there was another since, which it would undo.
  const isDone =
    '#refreshToken.#digest = :digest AND #refreshToken.#issuedAt = :issuedAt AND attribute_exists(#tokens.#new)';
  return {
    text: `(${isFound}) OR (${isDone})`,
    names: {
      ...names,
      digest: 'digest',
      issuedAt: 'issuedAt',
      ...(found === undefined && { code: 'code' }),
    },
    values: {
      ':digest': next.digest,
      ':issuedAt': next.issuedAt,
      ...(found !== undefined && { ':foundDigest': found.digest, ':foundIssuedAt': found.issuedAt }),
    },
  };
}

/** An item may have 400 KB at most, and each reading of it is paid by its size; so many may be removed at once. */
const mostTokens = 100;

/** Digests of access tokens that have expired, and of the oldest where there are very many. */
function superfluousTokens(item: Item, now: number): string[] {
  const tokens = Object.entries(tokensOf(item)).sort(([, a], [, b]) => b.issuedAt - a.issuedAt);
  const isOver = ({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt <= now;
  const superfluous = tokens.filter(([, token], index) => isOver(token) || index >= mostTokens);
  return superfluous.map(([digest]) => digest).slice(-mostTokens);
}
