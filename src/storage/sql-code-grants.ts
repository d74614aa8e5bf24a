import type { ExpressionBuilder, Kysely } from 'kysely';
import { linkColumns, linkOf, rowOf, rowOfToken } from './sql-rows.ts';
import type { Schema } from './sql-schema.ts';
import type { CodeRecord, LinkStore, RefreshTokenRecord, Run } from './stores.ts';

type CodeGrants = Pick<LinkStore, 'createWithCode' | 'findCodeGrant' | 'renew' | 'markAnswered'>;

/** What the code grant keeps of a link, in the link's own row: so a change of it is one statement with its conditions. */
export function createSqlCodeGrants(db: Kysely<Schema>, run: Run): CodeGrants {
  return {
    async createWithCode(link, code) {
      const row = {
        ...rowOf(link),
        code_digest: code.digest,
        code_redirect_uri: code.redirectUri,
        code_challenge: code.codeChallenge ?? null,
      };
      await run(() => db.insertInto('alexa_links').values(row).execute());
    },

    async findCodeGrant(linkId) {
      const finding = db
        .selectFrom('alexa_links')
        .select(linkColumns)
        .select([...codeColumns, ...refreshColumns])
        .where('id', '=', linkId);
      const row = await run(() => finding.executeTakeFirst());
      const code = row && codeOf(row);
      return code && { link: linkOf(row), code, refreshToken: refreshTokenOf(row) };
    },

    renew: (linkId, found, { refreshToken, accessToken, expiresAt, usedAt }) =>
      run(() =>
        db.transaction().execute(async (transaction) => {
          const renewing = transaction
            .updateTable('alexa_links')
            .set({
              ...(refreshToken !== undefined && rowOfRefreshToken(refreshToken)),
              expires_at: expiresAt,
            })
            .$if(usedAt !== undefined, (update) => update.set({ last_used_at: usedAt ?? null }))
            .where('id', '=', linkId)
            .where('code_digest', 'is not', null)
            .where('revoked_at', 'is', null)
            .where((row) =>
              refreshToken === undefined ? row('refresh_digest', 'is not', null) : isStill(row, found),
            );
          const { numUpdatedRows } = await renewing.executeTakeFirstOrThrow();
          if (numUpdatedRows === 0n) return false;
          await transaction
            .deleteFrom('alexa_access_tokens')
            .where('link_id', '=', linkId)
            .where('expires_at', '<=', accessToken.issuedAt)
            .execute();
          await transaction
            .insertInto('alexa_access_tokens')
            .values(rowOfToken(linkId, accessToken))
            .execute();
          return true;
        }),
      ),

    async markAnswered(linkId, refreshTokenDigest) {
      const marking = db
        .updateTable('alexa_links')
        .set({ refresh_answered: 1 })
        .where('id', '=', linkId)
        .where('refresh_digest', '=', refreshTokenDigest);
      await run(() => marking.execute());
    },
  };
}

/** Whether the refresh token is the one that was found. */
function isStill(row: ExpressionBuilder<Schema, 'alexa_links'>, found: RefreshTokenRecord | undefined) {
  if (found === undefined) return row('refresh_digest', 'is', null);
  return row.and({ refresh_digest: found.digest, refresh_issued_at: found.issuedAt });
}

const codeColumns = ['code_digest', 'code_redirect_uri', 'code_challenge'] as const;
const refreshColumns = [
  'refresh_family',
  'refresh_digest',
  'refresh_issued_at',
  'refresh_answered',
  'refresh_predecessors',
] as const;

type Row = Schema['alexa_links'];

function codeOf(row: Pick<Row, (typeof codeColumns)[number]>): CodeRecord | undefined {
  if (row.code_digest === null) return undefined;
  const redirectUri = row.code_redirect_uri ?? '';
  return { digest: row.code_digest, redirectUri, codeChallenge: row.code_challenge ?? undefined };
}

function refreshTokenOf(row: Pick<Row, (typeof refreshColumns)[number]>): RefreshTokenRecord | undefined {
  if (row.refresh_digest === null) return undefined;
  return {
    familyDigest: row.refresh_family ?? '',
    digest: row.refresh_digest,
    issuedAt: row.refresh_issued_at ?? 0,
    answered: row.refresh_answered === 1,
    predecessors: JSON.parse(row.refresh_predecessors ?? '[]'),
  };
}

function rowOfRefreshToken(token: RefreshTokenRecord): Pick<Row, (typeof refreshColumns)[number]> {
  return {
    refresh_family: token.familyDigest,
    refresh_digest: token.digest,
    refresh_issued_at: token.issuedAt,
    refresh_answered: Number(token.answered),
    refresh_predecessors: JSON.stringify(token.predecessors),
  };
}
