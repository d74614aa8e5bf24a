import { CamelCasePlugin, Kysely, type LogEvent, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrateStorage, openStorage } from '../../src/adapters.ts';
import { nodeSqliteDialect, openSqlite } from '../../src/sql/node-sqlite.ts';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { migrate, type Schema } from '../../src/storage/sql-schema.ts';
import { createSqlStorage } from '../../src/storage/sql-storage.ts';
import type { Storage } from '../../src/storage/stores.ts';
import { type DatabaseServer, startPostgres } from '../support/databases.ts';
import { type DynamoServer, startDynamo } from '../support/dynamodb.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { authorizePath, signIn, startServer } from '../support/server.ts';
import { keepCode, keepLink, keepMany, newRenewal } from './storage-conformance.ts';

let postgres: DatabaseServer;
let dynamo: DynamoServer;
beforeAll(async () => {
  [postgres, dynamo] = await Promise.all([startPostgres(), startDynamo()]);
});
afterAll(() => Promise.all([postgres.stop(), dynamo.stop()]));

const dialects = {
  SQLite: () => nodeSqliteDialect(openSqlite(':memory:')),
  PostgreSQL: () => postgresDialect(postgres.url()),
};

/** The statements that each piece of work sends. */
async function measured(dialect: keyof typeof dialects) {
  const statements: LogEvent['query'][] = [];
  const db = new Kysely<Schema>({
    dialect: dialects[dialect](),
    log: ({ query }) => void statements.push(query),
    plugins: [new CamelCasePlugin()],
  });
  onTestFinished(() => db.destroy());
  await migrate(db);
  const storage = createSqlStorage({ db });
  const during = async (work: () => Promise<unknown>) => {
    const before = statements.length;
    await work();
    return statements.slice(before);
  };
  return { db, storage, during };
}

const firstWords = (statements: readonly { readonly sql: string }[]) =>
  statements.map(({ sql }) => sql.split(' ')[0]);

describe.each(['SQLite', 'PostgreSQL'] as const)('%s', (dialect) => {
  it('takes two writes for a link, one read for a token, one write for a use and for a revocation', async () => {
    const { storage, during } = await measured(dialect);
    const { key, link } = await keepLink(storage);
    expect(firstWords(await during(() => keepLink(storage)))).toEqual([
      'begin',
      'insert',
      'insert',
      'commit',
    ]);
    expect(firstWords(await during(() => storage.links.findByAccessToken(key)))).toEqual(['select']);
    expect(firstWords(await during(() => storage.links.recordUse(link.id, 2, 1)))).toEqual(['update']);
    expect(firstWords(await during(() => storage.links.revoke(link.id, 1)))).toEqual(['update']);
  });

  it('takes one statement to count an attempt, whatever number of counts that is', async () => {
    const { storage, during } = await measured(dialect);
    const counters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => ({ key, endsAt: 1_900_000_000 }));
    expect(firstWords(await during(() => storage.attempts.add(counters, 1)))).toEqual(['insert']);
    const [giving] = await during(() => storage.attempts.add(counters.toReversed(), -1));
    // Always in the same order, or two could each wait for the other.
    const keys = giving?.parameters.filter((each) => counters.some(({ key }) => key === each));
    expect(keys).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('takes one write for a code, and one read and three writes to redeem it or to refresh', async () => {
    const { storage, during } = await measured(dialect);
    const { links } = storage;
    expect(firstWords(await during(() => keepCode(storage)))).toEqual(['insert']);
    const { id } = await keepCode(storage);
    expect(firstWords(await during(() => links.find(id)))).toEqual(['select']);
    const redeeming = await during(() => links.redeemCode(id, 'x', newRenewal()));
    expect(firstWords(redeeming)).toEqual(['begin', 'update', 'insert', 'commit']);
    const refreshing = await during(() => links.addAccessToken(id, newRenewal()));
    expect(firstWords(refreshing)).toEqual(['begin', 'update', 'delete', 'insert', 'commit']);
  });

  it('reads the newest of a user’s links with one statement, and no more of them than a page shows', async () => {
    const { storage, during } = await measured(dialect);
    await keepMany(storage, 110, { subject: 'many' });
    let shown = 0;
    const asked = await during(async () => {
      for await (const _link of storage.links.list({ subject: 'many' })) {
        shown += 1;
        if (shown === 101) break;
      }
    });
    expect([shown, firstWords(asked)]).toEqual([101, ['select']]);
    expect(asked[0]?.parameters).toContain(101);
  });

  it('finds by a key whatever is asked while somebody waits, however many links there are', async () => {
    const { db, storage, during } = await measured(dialect);
    const many = 20_000;
    const numbers =
      dialect === 'SQLite'
        ? sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${many}) select i from n)`
        : sql`(select i from generate_series(1, ${sql.lit(many)}) as n(i))`;
    await sql`insert into alexa_links (id, client_id, subject, username, scope, redirect_host, reference, created_at)
      select 'id' || i, 'c', 's' || i, 'u', '', 'h', 'r', 1 from ${numbers} as n`.execute(db);
    await sql`insert into alexa_access_tokens (digest, link_id, issued_at) select 'd' || i, 'id' || i, 1 from ${numbers} as n`.execute(
      db,
    );
    await sql`analyze`.execute(db);
    const { links, tickets } = storage;
    const asked = await during(async () => {
      await links.findByAccessToken({ linkId: 'id7', digest: 'd7' });
      await links.find('id7');
      await links.recordUse('id7', 2, 1);
      await links.revoke('id7', 1);
      await Array.fromAsync(links.list({ subject: 's7', liveAt: 1 }));
      await tickets.use('x', 1);
    });
    expect(asked.length).toBe(6);
    for (const { sql: text, parameters } of asked) {
      const explain = dialect === 'SQLite' ? 'explain query plan' : 'explain';
      const pieces = text.split(/\?|\$\d+/);
      const again = sql.join(
        pieces.flatMap((piece, index) =>
          index === 0 ? [sql.raw(piece)] : [sql`${sql.lit(parameters[index - 1])}`, sql.raw(piece)],
        ),
        sql``,
      );
      const { rows } = await sql`${sql.raw(explain)} ${again}`.execute(db);
      const plan = JSON.stringify(rows);
      if (dialect === 'SQLite') expect(plan, text).not.toMatch(/SCAN/);
      else if (!text.includes('alexa_tickets')) expect(plan, text).not.toMatch(/Seq Scan/);
    }
  });
});

describe('a sign-in, as a whole', () => {
  it('counts, takes back, counts the link, and makes it: five writes', async () => {
    const proxy = await startFlakyProxy(postgres.port);
    const server = await startServer({ STORAGE: postgres.url(proxy.port) });
    const before = proxy.sent().length;
    expect((await signIn(server, authorizePath())).status).toBe(303);
    const statements = proxy
      .sent()
      .slice(before)
      .match(/insert into "?\w+|(?<!do )update "?\w+|delete from "?\w+/gi);
    expect(statements).toEqual([
      ...Array(3).fill('insert into "alexa_attempts'),
      'insert into "alexa_links',
      'insert into "alexa_access_tokens',
    ]);
  });
});

describe('DynamoDB', () => {
  it('takes one write for a link, one read for a token, one write for a use and for a revocation', async () => {
    const table = { scheme: 'dynamodb', table: 'cost', region: 'eu-west-1' } as const;
    await migrateStorage({ ...table, endpoint: `http://127.0.0.1:${dynamo.port}` });
    const proxy = await startFlakyProxy(dynamo.port);
    const storage: Storage = await openStorage({ ...table, endpoint: `http://127.0.0.1:${proxy.port}` });
    onTestFinished(() => storage.close());
    const requests = async (work: () => Promise<unknown>) => {
      const before = proxy.sent().length;
      await work();
      return [
        ...proxy
          .sent()
          .slice(before)
          .matchAll(/x-amz-target: DynamoDB_20120810\.(\w+)/gi),
      ].map(([, name]) => name);
    };
    const { link, key } = await keepLink(storage);
    expect(await requests(() => keepLink(storage))).toEqual(['PutItem']);
    expect(await requests(() => storage.links.findByAccessToken(key))).toEqual(['GetItem']);
    for (const finding of [
      () => storage.links.findByAccessToken(key),
      () => storage.links.find(link.id),
      () => Array.fromAsync(storage.links.list({ subject: link.subject })),
      () => Array.fromAsync(storage.links.list({})),
    ]) {
      const before = proxy.sent().length;
      await finding();
      // What was revoked a moment ago is so for everybody who looks.
      expect(proxy.sent().slice(before)).toContain('"ConsistentRead":true');
    }
    expect(await requests(() => storage.links.recordUse(link.id, 2, 1))).toEqual(['UpdateItem']);
    const { id } = await keepCode(storage);
    expect(await requests(() => keepCode(storage))).toEqual(['PutItem']);
    expect(await requests(() => storage.links.find(id))).toEqual(['GetItem']);
    expect(await requests(() => storage.links.redeemCode(id, 'x', newRenewal()))).toEqual([
      'GetItem',
      'UpdateItem',
    ]);
    expect(await requests(() => storage.links.addAccessToken(id, newRenewal()))).toEqual([
      'GetItem',
      'UpdateItem',
    ]);
    expect(await requests(() => storage.links.revoke(link.id, 1))).toEqual(['UpdateItem']);
  });
});
