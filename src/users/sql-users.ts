import { type Dialect, Kysely, type RawBuilder, sql } from 'kysely';
import { type PasswordHash, parsePasswordHash } from '../crypto/password-hash.ts';
import { splitAtParameter } from '../sql/named-parameter.ts';
import type { Report } from '../telemetry/events.ts';
import { inTime } from './deadline.ts';
import { createPasswordCheck } from './password-check.ts';
import { isUnreachable, type Profile, type Refused, type UserStore } from './user-store.ts';

export interface SqlUsersOptions {
  readonly dialect: Dialect;
  /** `USERS_QUERY`: gives one row with `id`, `password_hash` and perhaps more for `:username`. */
  readonly query: string;
  /** `USERS_BY_ID_QUERY`: the same for `:id`. */
  readonly byIdQuery?: string;
  /** What the application appends to passwords before bcrypt. */
  readonly pepper?: string;
  readonly report: Report;
}

const optionalColumns = ['username', 'name', 'email', 'disabled'] as const;

type Row = Readonly<Record<string, unknown>>;

/**
 * Users in a database, asked with the operator's own statements. The first call that reaches the database finds out which
 * columns there are; it rejects when the database refuses a statement, or lacks a column, which the message names.
 */
export function createSqlUsers(options: SqlUsersOptions): UserStore {
  const { dialect, query, byIdQuery, pepper, report } = options;
  const db = new Kysely<unknown>({ dialect });
  const check = createPasswordCheck();

  async function rowsOf(statement: RawBuilder<unknown>): Promise<Row[]> {
    const { rows } = await inTime(statement.execute(db));
    return rows as Row[];
  }

  /** The statement with the columns that it has; an error that names a required one that it lacks. */
  async function prepare(variable: string, text: string, parameter: string, required: readonly string[]) {
    const statement = statementOf(text, parameter);
    const columns: string[] = [];
    for (const column of ['*', ...required, ...optionalColumns])
      try {
        await rowsOf(selecting(statement, [column], 0)('')).catch(unlessData);
        columns.push(column);
      } catch (cause) {
        if (isUnreachable(cause)) throw cause;
        if (column === '*' || !isMissingColumn(cause))
          throw new Error(`${variable}: ${cause instanceof Error ? cause.message : cause}`, { cause });
        if (required.includes(column))
          throw new Error(`${variable} gives no column ${column}: name it with AS`, { cause });
      }
    return selecting(statement, columns.slice(1));
  }

  /** At most two rows; none where the value could not be in the database at all. */
  async function find(select: Statement, value: string): Promise<readonly Row[]> {
    // No text of a database holds it, and some take it for the end.
    return value.includes('\0') ? [] : rowsOf(select(value)).catch(unlessData);
  }

  function hashOf(row: Row): PasswordHash | Refused {
    const stored = textOf(row['password_hash']);
    // Who signs in elsewhere has none.
    if (stored === undefined || stored === '') return { refused: 'no_password' };
    const parsed = parsePasswordHash(stored, pepper);
    if ('problem' in parsed) {
      report('users.hash_unusable', { problem: parsed.problem });
      return { refused: 'hash_unusable' };
    }
    if (parsed.hash.weakness !== undefined) report('users.weak_hash', { format: parsed.hash.weakness });
    return parsed.hash;
  }

  /** The one user that a name leads to, with the hash; or why there is none. */
  function findHash(rows: readonly Row[]): { readonly row: Row; readonly hash: PasswordHash } | Refused {
    const [row, another] = rows;
    if (row === undefined) return { refused: 'no_rows' };
    if (another !== undefined) {
      report('users.ambiguous', { problem: 'USERS_QUERY gives several rows for one name' });
      return { refused: 'several_rows' };
    }
    const hash = hashOf(row);
    return 'refused' in hash ? hash : { row, hash };
  }

  async function prepareBoth() {
    return {
      byName: await prepare('USERS_QUERY', query, 'username', ['id', 'password_hash']),
      byId: byIdQuery && (await prepare('USERS_BY_ID_QUERY', byIdQuery, 'id', ['id'])),
    };
  }

  let preparing: ReturnType<typeof prepareBoth> | undefined;
  /** Once; again, where the last time failed. */
  function prepared() {
    preparing ??= prepareBoth().catch((error) => {
      preparing = undefined;
      throw error;
    });
    return preparing;
  }

  return {
    async authenticate(username, password) {
      const { byName } = await prepared();
      const found = findHash(await find(byName, username));
      const matches = await check('hash' in found ? found.hash : undefined, password);
      if ('refused' in found) return found;
      if (!matches) return { refused: 'wrong_password' };
      return isDisabled(found.row) ? { refused: 'disabled' } : profileOf(found.row);
    },
    findById:
      byIdQuery === undefined
        ? undefined
        : async (id) => {
            const { byId } = await prepared();
            const [row, another] = byId ? await find(byId, id) : [];
            if (another !== undefined) throw new Error('USERS_BY_ID_QUERY gives several rows for one id');
            // MySQL takes '12x' for 12.
            const profile = row && profileOf(row);
            return row !== undefined && profile?.id === id && !isDisabled(row) ? profile : undefined;
          },
    async ping() {
      const { byName } = await prepared();
      await find(byName, '');
    },
    close: () => db.destroy(),
  };
}

/** An operator's statement, given the value of its one parameter. */
type Statement = (value: string) => RawBuilder<unknown>;

/** Binds the value by the database's own protocol: it never becomes a part of the text. */
export function statementOf(text: string, parameter: string): Statement {
  const pieces = splitAtParameter(text, parameter) ?? [text];
  return (value) =>
    sql.join(
      pieces.map((piece, index) => (index === 0 ? sql.raw(piece) : sql`${value}${sql.raw(piece)}`)),
      sql``,
    );
}

/** Just these columns, and never more rows than tell one from many. */
function selecting(statement: Statement, columns: readonly string[], limit = 2): Statement {
  const list = sql.raw(columns.map((column) => `alexa_users.${column}`).join(', '));
  return (value) => sql`select ${list} from (${statement(value)}) as alexa_users limit ${sql.lit(limit)}`;
}

function profileOf(row: Row): Profile {
  const id = textOf(row['id']);
  if (id === undefined || id === '')
    throw new Error('the id of a user must be text or a number, and not empty');
  const optional = (column: string) => textOf(row[column]) || undefined;
  return { id, username: optional('username'), name: optional('name'), email: optional('email') };
}

/** Text and numbers as text; MySQL gives text that is compared by its bytes as bytes. */
function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) {
    try {
      return utf8.decode(value);
    } catch {
      throw new Error(
        "a column holds bytes that are no text: write hex(id), or in PostgreSQL encode(id, 'hex')",
      );
    }
  }
  return ['string', 'number', 'bigint'].includes(typeof value) ? String(value) : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Anything but null, false, 0 and words for no: so `deleted_at AS disabled` does what it says. */
function isDisabled({ disabled }: Row): boolean {
  if (disabled instanceof Uint8Array) return disabled.some((byte) => byte !== 0);
  // MySQL's date of zeros.
  if (disabled instanceof Date) return !Number.isNaN(disabled.valueOf());
  const text = String(disabled ?? '').toLowerCase();
  return !['false', 'f', 'no', 'n'].includes(text) && Number(text) !== 0;
}

/** Nobody, where the value can't be compared with the column: no number, or a letter that it can't hold. */
function unlessData(error: unknown): never[] {
  if (/^22(P02|P05|003|021)$|^ER_CANT_AGGREGATE|^ER_CANNOT_CONVERT/.test(codeOf(error))) return [];
  throw error;
}

function isMissingColumn(error: unknown): boolean {
  return (
    /^42703$|^ER_BAD_FIELD/.test(codeOf(error)) || /^no such column/.test(String((error as Error).message))
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
