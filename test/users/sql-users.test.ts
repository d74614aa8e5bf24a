import { DatabaseSync } from 'node:sqlite';
import { type Dialect, Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openUsers } from '../../src/adapters.ts';
import { parseConfig } from '../../src/config/config.ts';
import { mysqlDialect } from '../../src/sql/mysql.ts';
import { nodeSqliteDialect, openSqliteToRead } from '../../src/sql/node-sqlite.ts';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { createSqlUsers, type SqlUsersOptions } from '../../src/users/sql-users.ts';
import { isUnreachable } from '../../src/users/user-store.ts';
import { type DatabaseServer, noMariaDb, startMariaDb, startPostgres } from '../support/databases.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { temporaryFolder } from '../support/server.ts';
import { itOutlivesFaults } from './faults-conformance.ts';
import { describeUserStore, userOf } from './user-store-conformance.ts';

/** Made with `htpasswd -nbB -C 5` of Apache 2.4.71: the password is wonderland. */
const bcrypt = '$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77m';

const byName = `select id, password_hash, full_name as name, email, disabled
  from people where username = :username -- who signs in`;
const byId = 'select id, password_hash, full_name as name, email, disabled from people where id = :id;';

const people = [
  `create table people (
    id integer primary key, username varchar(100) not null, password_hash varchar(255),
    full_name varchar(100), email varchar(100), disabled smallint not null default 0, twin varchar(100))`,
  `insert into people values (1, 'alice', '${bcrypt}', 'Alice Liddell', 'alice@example.com', 0, 'tweedle')`,
  `insert into people values (2, 'zoé', '${bcrypt}', null, null, 0, 'tweedle')`,
  `insert into people values (3, 'mallory', '${bcrypt}', null, null, 1, null)`,
  `insert into people values (4, 'elsewhere', null, null, null, 0, null)`,
  `insert into people values (5, 'legacy', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o', null, null, 0, null)`,
  `insert into people values (6, 'weak', '{SHA}8x6MczEeBV6+s8FOZ4tXwtxoS6g=', null, null, 0, null)`,
  `insert into people values (0, 'zero', '${bcrypt}', null, null, 0, null)`,
];

interface Engine {
  readonly name: string;
  readonly skip?: string;
  readonly start?: () => Promise<DatabaseServer>;
  readonly dialect: (url: string) => Dialect;
}

const engines: Engine[] = [
  { name: 'PostgreSQL', start: startPostgres, dialect: postgresDialect },
  { name: 'MariaDB', skip: noMariaDb, start: startMariaDb, dialect: mysqlDialect },
  { name: 'SQLite', dialect: (path) => nodeSqliteDialect(openSqliteToRead(path)) },
];

describe.each(engines)('$name', ({ name, skip, start, dialect }) => {
  let server: DatabaseServer | undefined;

  beforeAll(async () => {
    if (skip !== undefined) return;
    server = await start?.();
    if (server === undefined) return;
    const db = new Kysely<unknown>({ dialect: dialect(server.url()) });
    for (const statement of people) await sql.raw(statement).execute(db);
    await db.destroy();
  });

  afterAll(() => server?.stop());

  function address(): string {
    if (server !== undefined) return server.url();
    const path = `${temporaryFolder()}/people.db`;
    const database = new DatabaseSync(path);
    for (const statement of people) database.exec(statement);
    database.close();
    return path;
  }

  async function users(changes: Partial<SqlUsersOptions> = {}) {
    const events: { event: string; [field: string]: unknown }[] = [];
    const store = createSqlUsers({
      dialect: dialect(address()),
      query: byName,
      byIdQuery: byId,
      report: (event, fields) => void events.push({ event, ...fields }),
      ...changes,
    });
    return { store, events };
  }

  if (skip !== undefined) it.skip(`is left out: ${skip}`, () => {});

  describe.skipIf(skip !== undefined)('holds users, and', () => {
    describeUserStore(name, async () => ({
      ...(await users()),
      username: 'alice',
      password: 'wonderland',
    }));

    it.runIf(name === 'MariaDB')('is also called mysql2, as in the address that Rails has', async () => {
      const url = (server?.url() ?? '').replace('mysql:', 'mysql2:');
      const parsed = parseConfig({ USERS: url, USERS_QUERY: byName });
      if ('problems' in parsed || parsed.config.users === undefined) throw new Error(JSON.stringify(parsed));
      const store = await openUsers(parsed.config.users, () => {});
      expect(await store.authenticate('alice', 'wonderland')).toMatchObject({ id: '1' });
      await store.close();
    });

    it('gives what its columns say, with the id as text', async () => {
      const { store } = await users();
      expect(await store.authenticate('alice', 'wonderland')).toEqual({
        id: '1',
        name: 'Alice Liddell',
        email: 'alice@example.com',
      });
      expect(await store.authenticate('zoé', 'wonderland')).toEqual({ id: '2' });
      await store.close();
    });

    it('needs no more than an id and a hash, and takes a username of its own', async () => {
      const query = 'select id, password_hash from people where email = :username';
      const { store } = await users({ query, byIdQuery: undefined });
      const email = 'alice@example.com';
      expect(await store.authenticate(email, 'wonderland')).toEqual({ id: '1' });
      expect(store.findById).toBeUndefined();
      await store.close();
      const named = await users({ query: query.replace('password_hash', 'password_hash, username') });
      expect(await named.store.authenticate(email, 'wonderland')).toMatchObject({ username: 'alice' });
      await named.store.close();
    });

    it('keeps out who is disabled, by whatever the column says it', async () => {
      const { store } = await users();
      expect(await store.authenticate('mallory', 'wonderland')).toEqual({ refused: 'disabled' });
      expect(await store.findById?.('3')).toBeUndefined();
      await store.close();
      for (const [value, disabled] of [
        ["'2026-11-22 10:00:00'", true],
        ["'true'", true],
        ['1 = 1', true],
        ['1 = 0', false],
        ['null', false],
        ['0.0', false],
        ["'f'", false],
        ["'0'", false],
      ] as const) {
        const query = `select id, password_hash, (${value}) as disabled from people where username = :username`;
        const each = await users({ query });
        const user = await each.store.authenticate('alice', 'wonderland');
        expect('refused' in user, value).toBe(disabled);
        await each.store.close();
      }
      const query = 'select ID, PASSWORD_HASH, 1 as DISABLED from people where username = :username';
      const loud = await users({ query });
      expect(await loud.store.authenticate('alice', 'wonderland')).toEqual({ refused: 'disabled' });
      await loud.store.close();
    });

    it('keeps out who has no hash or an unknown one, which the log names by its prefix alone', async () => {
      const { store, events } = await users();
      expect(await store.authenticate('zero', 'wonderland')).toHaveProperty('id');
      events.length = 0;
      expect(await store.authenticate('elsewhere', 'wonderland')).toEqual({ refused: 'no_password' });
      expect(events).toEqual([]);
      expect(await store.authenticate('legacy', 'wonderland')).toEqual({ refused: 'hash_unusable' });
      const problem = 'a $y$ password hash, which is unknown; docs/users.md lists those that are';
      expect(events).toEqual([{ event: 'users.hash_unusable', problem }]);
      await store.close();
    });

    // SQLite takes the first.
    it.skipIf(name === 'SQLite')(
      'takes no query that gives a column twice, since the wrong one could count',
      async () => {
        const twice = byName.replace('email, disabled', 'email, disabled, false as disabled');
        const { store } = await users({ query: twice });
        await expect(store.ping()).rejects.toThrow(/^USERS_QUERY was refused/);
        await store.close();
      },
    );

    it('takes a weak hash, and says so', async () => {
      const { store, events } = await users();
      await store.authenticate('weak', 'wonderland');
      expect(events).toEqual([{ event: 'users.weak_hash', format: '{SHA}, which is a single sha1' }]);
      await store.close();
    });

    it('signs nobody in where one name finds two people, and says so', async () => {
      const { store, events } = await users({ query: byName.replace('username =', 'twin =') });
      expect(await store.authenticate('tweedle', 'wonderland')).toEqual({ refused: 'several_rows' });
      const problem = 'USERS_QUERY gives several rows for one name';
      expect(events).toEqual([{ event: 'users.ambiguous', problem }]);
      await store.close();
    });

    it.each([
      [
        { query: 'select id from people where username = :username' },
        /^USERS_QUERY was refused; it has to give id and password_hash: .*password_hash/s,
      ],
      [{ query: 'select email from people where username = :username' }, /^USERS_QUERY was refused; .*id/],
      [
        { byIdQuery: 'select email from people where id = :id' },
        /^USERS_BY_ID_QUERY was refused; it has to give id: .*id/,
      ],
      [
        { query: 'select id, password_hash from poeple where username = :username' },
        /^USERS_QUERY was refused.*poeple/s,
      ],
    ])('is not taken with %o', async (changes, problem) => {
      const { store } = await users(changes);
      await expect(store.ping()).rejects.toThrow(problem);
      await store.close();
    });

    it('can’t tell of an id that finds two people', async () => {
      const { store } = await users({ byIdQuery: byId.replace('where id =', "where '1' =") });
      await expect(store.findById?.('1')).rejects.toThrow('USERS_BY_ID_QUERY gives several rows for one id');
      await store.close();
    });

    it('gives long numbers as they are, and refuses an id of bytes that are no text', async () => {
      const snowflake = '1234567890123456789';
      const query = `select ${snowflake} as id, password_hash from people where username = :username`;
      const { store } = await users({ query });
      expect(await store.authenticate('alice', 'wonderland')).toMatchObject({ id: snowflake });
      await store.close();
      const bytes = { PostgreSQL: "'\\x0e81ff'::bytea", MariaDB: "x'0e81ff'", SQLite: "x'0e81ff'" }[name];
      const binary = await users({ query: query.replace(snowflake, bytes ?? '') });
      await expect(binary.store.authenticate('alice', 'wonderland')).rejects.toThrow(
        /bytes that are no text/,
      );
      await binary.store.close();
    });

    it('takes statements of every form', async () => {
      for (const query of [
        'with found as (select * from people where username = :username) select id, password_hash from found',
        "select id, password_hash, ':username' as name from people /* :username */ where :username = username;\n",
        'select id, password_hash from people where username = :username or email = :username;  ',
      ]) {
        const { store } = await users({ query });
        expect(userOf(await store.authenticate('alice', 'wonderland')).id, query).toBe('1');
        await store.close();
      }
    });

    it('never makes a name part of the statement', async () => {
      const { store } = await users();
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      for (const username of [
        "' or '1'='1",
        "alice' --",
        "\\' or 1=1 -- ",
        'alice"; drop table people; --',
        '$1',
        '?',
        ':username',
        '%',
        '\u{1F600}',
      ]) {
        expect(await store.authenticate(username, 'wonderland'), username).toHaveProperty('refused');
      }
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      await store.close();
    });

    it('finds nobody by what only resembles an id', async () => {
      const { store } = await users();
      expect(await store.findById?.('1')).toMatchObject({ id: '1', name: 'Alice Liddell' });
      for (const id of ['1x', ' 1', '1.0', '01', 'x', '99999999999999999999', '\0']) {
        expect(await store.findById?.(id), id).toBeUndefined();
      }
      await store.close();
    });
  });

  // SQLite has none.
  if (start === undefined) return;

  describe.skipIf(skip !== undefined)('behind a network', () => {
    const flaky = async () => {
      const proxy = await startFlakyProxy(server?.port ?? 0);
      const { store } = await users({ dialect: dialect(server?.url(proxy.port) ?? '') });
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      return { proxy, store };
    };

    itOutlivesFaults(() => flaky());

    it('is not taken with two columns of one name', async () => {
      const query = 'select id, id, password_hash from people where username = :username';
      const { store } = await users({ query });
      await expect(store.ping()).rejects.toThrow(/^USERS_QUERY was refused.*id/);
      await store.close();
    });

    it('speaks TLS as its address says', async () => {
      const { ca = '' } = server?.certificates ?? {};
      const trusting = `${name === 'PostgreSQL' ? 'sslmode=verify-full&sslrootcert' : 'ssl-mode=VERIFY_IDENTITY&ssl-ca'}=${ca}`;
      const distrusting = name === 'PostgreSQL' ? 'sslmode=verify-full' : 'ssl-mode=VERIFY_CA';
      const { store } = await users({ dialect: dialect(`${server?.url()}?${trusting}`) });
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      await store.close();
      if (name === 'MariaDB') {
        // The authority alone means that it counts.
        const pinned = await users({ dialect: dialect(`${server?.url()}?ssl-ca=${ca}`) });
        expect(await pinned.store.authenticate('alice', 'wonderland')).toHaveProperty('id');
        await pinned.store.close();
        await failsToTrust(`ssl-ca=${import.meta.filename}`, /.+/);
      }
      await failsToTrust(distrusting, /certificate/);

      async function failsToTrust(setting: string, problem: RegExp): Promise<void> {
        const { store } = await users({ dialect: dialect(`${server?.url()}?${setting}`) });
        const error = await store.ping().catch((cause: unknown) => cause);
        expect(String(error)).toMatch(problem);
        // So a start ends, and does not wait.
        expect(isUnreachable(error)).toBe(false);
        await store.close();
      }
    });
  });
});

it('a SQLite file of users is never written to', () => {
  const path = `${temporaryFolder()}/people.db`;
  new DatabaseSync(path).exec('create table people (id integer)');
  const database = openSqliteToRead(path);
  expect(() => database.exec('insert into people values (1)')).toThrow(/readonly/);
  database.close();
});
