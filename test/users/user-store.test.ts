import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BusyError, InvalidCredentialsError, TimeLimitExceededError, UnavailableError } from 'ldapts';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { PasswordHash } from '../../src/passwords/password-hash.ts';
import { createPasswordList } from '../../src/users/password-list.ts';
import { isUnreachable, UnreachableError } from '../../src/users/user-store.ts';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

function postgresError(code: string): Error {
  const error = new pg.DatabaseError('failed', 6, 'error');
  error.code = code;
  return error;
}

/** What SQLite says while another process has the lock. */
function sqliteBusy(): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'busy-'));
  const path = join(folder, 'busy.db');
  const [one, other] = [new DatabaseSync(path), new DatabaseSync(path, { timeout: 0 })];
  one.exec('begin immediate');
  try {
    other.exec('begin immediate');
    return undefined;
  } catch (error) {
    return error;
  } finally {
    one.close();
    other.close();
    rmSync(folder, { recursive: true });
  }
}

describe('an error of a back-end', () => {
  it.each<readonly [string, unknown]>([
    ['of a time-out of ours', new UnreachableError('no answer within 5 seconds')],
    ['with such a cause', new Error('USERS', { cause: withCode('ECONNREFUSED') })],
    ...['ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'EPIPE'].map(
      (code) => [`with the code ${code}`, withCode(code)] as const,
    ),
    ...['57P01', '57P03', '57014', '53300', '08006'].map(
      (code) => [`of PostgreSQL, ${code}`, postgresError(code)] as const,
    ),
    ...['PROTOCOL_CONNECTION_LOST', 'ER_CON_COUNT_ERROR', 'ER_QUERY_TIMEOUT'].map(
      (code) => [`of MySQL, ${code}`, withCode(code)] as const,
    ),
    ['of LDAP, busy', new BusyError()],
    ['of LDAP, unavailable', new UnavailableError()],
    ['of LDAP, too slow', new TimeLimitExceededError()],
    ['of SQLite, locked', sqliteBusy()],
    ['of AWS, too many requests', Object.assign(new Error('slow down'), { name: 'ThrottlingException' })],
    ['of fetch, too late', new DOMException('', 'TimeoutError')],
  ])('says that it was not reached: %s', (_what, error) => {
    expect(isUnreachable(error)).toBe(true);
  });

  it.each<readonly [string, unknown]>([
    ['of a status', new Error('the endpoint answered 429')],
    ['of a module', new TypeError('undefined is not a function')],
    ['of PostgreSQL, no such column', postgresError('42703')],
    ['of PostgreSQL, wrong password of the service', postgresError('28P01')],
    ['of MySQL, no such table', withCode('ER_NO_SUCH_TABLE')],
    ['of LDAP, wrong password', new InvalidCredentialsError()],
    ['of a certificate', withCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['of a file that is not there', withCode('ENOENT')],
    ['that is none', 'ECONNREFUSED'],
  ])('was answered: %s', (_what, error) => {
    expect(isUnreachable(error)).toBe(false);
  });
});

describe('a list of passwords', () => {
  it('spends on the first unknown name what its most expensive hash costs', async () => {
    const asked: number[] = [];
    const costing = (cost: number): PasswordHash => ({
      cost,
      verify: async () => {
        asked.push(cost);
        return false;
      },
    });
    const list = createPasswordList(
      new Map([
        ['alice', costing(1)],
        ['bob', costing(3)],
      ]),
    );
    expect(await list.authenticate('nobody', 'x')).toEqual({ refused: 'unknown_user' });
    expect(asked).toEqual([3]);
  });
});
