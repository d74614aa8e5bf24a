import { type Dialect, Kysely, type RawBuilder, sql } from 'kysely';
import { type PasswordHash, parsePasswordHash } from '../passwords/password-hash.ts';
import { splitAtParameter } from '../sql/named-parameter.ts';
import type { Report } from '../telemetry/events.ts';
import { createPasswordCheck } from './password-check.ts';
import { inTime, isUnreachable, type Profile, type Refused, type UserStore } from './user-store.ts';

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

type Row = Readonly<Record<string, unknown>>;

/**
 * Users in a database, asked with the operator's own statements. `ping` rejects when the database refuses one, or when it lacks a
 * column that it has to have.
 */
export function createSqlUsers(options: SqlUsersOptions): UserStore {
  const { dialect, query, byIdQuery, pepper, report } = options;
  const db = new Kysely<unknown>({ dialect });
  const check = createPasswordCheck();

  /** At most two rows; none where the value could not be in the database at all. */
  async function find(text: string, parameter: string, value: string): Promise<readonly Row[]> {
    // No text of a database holds it, and some take it for the end.
    if (value.includes('\0')) return [];
    const selecting = selectFrom(text, parameter, value, ['*'], 2);
    const { rows } = await inTime(selecting.execute(db)).catch(noRowsIfIncomparable);
    return rows.map(withLowerCaseNames);
  }

  /** Rejects where the database refuses a statement: it lacks one of these columns or, but in SQLite, has it twice. */
  async function tryColumns(variable: string, text: string, parameter: string, columns: readonly string[]) {
    try {
      const selecting = selectFrom(text, parameter, '', columns, 0);
      await inTime(selecting.execute(db)).catch(noRowsIfIncomparable);
    } catch (cause) {
      if (isUnreachable(cause)) throw cause;
      const said = cause instanceof Error ? cause.message : cause;
      throw new Error(`${variable} was refused; it has to give ${columns.join(' and ')}: ${said}`, { cause });
    }
  }

  async function tryStatement(variable: string, text: string, parameter: string, columns: readonly string[]) {
    await tryColumns(variable, text, parameter, columns);
    await tryColumns(variable, text, parameter, ['disabled']).catch((error) => {
      if (!isMissingColumn(error.cause)) throw error;
    });
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

  return {
    async authenticate(username, password) {
      const found = findHash(await find(query, 'username', username));
      const matches = await check('hash' in found ? found.hash : undefined, password);
      if ('refused' in found) return found;
      if (!matches) return { refused: 'wrong_password' };
      return isDisabled(found.row) ? { refused: 'disabled' } : profileOf(found.row);
    },
    findById:
      byIdQuery === undefined
        ? undefined
        : async (id) => {
            const [row, another] = await find(byIdQuery, 'id', id);
            if (another !== undefined) throw new Error('USERS_BY_ID_QUERY gives several rows for one id');
            // MySQL takes '12x' for 12.
            const profile = row && profileOf(row);
            return row !== undefined && profile?.id === id && !isDisabled(row) ? profile : undefined;
          },
    async ping() {
      await tryStatement('USERS_QUERY', query, 'username', ['id', 'password_hash']);
      if (byIdQuery !== undefined) await tryStatement('USERS_BY_ID_QUERY', byIdQuery, 'id', ['id']);
    },
    close: () => db.destroy(),
  };
}

/** Just these columns of an operator's statement, and so many rows at most. */
function selectFrom(
  text: string,
  parameter: string,
  value: string,
  columns: readonly string[],
  limit: number,
) {
  const list = sql.raw(columns.map((column) => `alexa_users.${column}`).join(', '));
  return sql`select ${list} from (${statementOf(text, parameter, value)}) as alexa_users limit ${sql.lit(limit)}`;
}

/** Binds the value of the one parameter by the database's own protocol: it never becomes a part of the text. */
export function statementOf(text: string, parameter: string, value: string): RawBuilder<unknown> {
  const pieces = splitAtParameter(text, parameter) ?? [text];
  return sql.join(
    pieces.map((piece, index) => (index === 0 ? sql.raw(piece) : sql`${value}${sql.raw(piece)}`)),
    sql``,
  );
}

/** As databases compare names of columns. */
function withLowerCaseNames(row: unknown): Row {
  return Object.fromEntries(Object.entries(Object(row)).map(([name, value]) => [name.toLowerCase(), value]));
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

/** Where the value can't be compared with the column: no number, or a letter that it can't hold. */
function noRowsIfIncomparable(error: unknown) {
  if (/^22(P02|P05|003|021)$|^ER_CANT_AGGREGATE|^ER_CANNOT_CONVERT/.test(codeOf(error))) return { rows: [] };
  throw error;
}

function isMissingColumn(error: unknown): boolean {
  return /^42703$|^ER_BAD_FIELD/.test(codeOf(error)) || /no such column/.test(String(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
