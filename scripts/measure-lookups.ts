import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { nodeSqliteDialect, openSqlite } from '../src/sql/node-sqlite.ts';
import { dialectOn, openPostgres, postgresDialect } from '../src/sql/postgres.ts';
import { openPostgresStorage } from '../src/storage/postgres.ts';
import type { Schema } from '../src/storage/sql-schema.ts';
import { openSqliteStorage } from '../src/storage/sqlite.ts';
import type { Storage } from '../src/storage/stores.ts';
import { startPostgres } from '../test/support/databases.ts';

/*
 * Shows that finding a link by its token costs the same at a thousand and at a million links: `npm run measure:lookups`.
 * Rounds of the sizes take turns, so that a machine that slows down slows both.
 */

const sizes = [1000, 1_000_000];
const rounds = 21;
const lookups = 500;

async function fill(db: Kysely<Schema>, count: number, numbers: string): Promise<void> {
  const from = sql.raw(numbers.replace('COUNT', String(count)));
  await sql`insert into alexa_links (id, client_id, subject, username, scope, redirect_host, reference, created_at)
    select 'id' || i, 'c', 's' || i, 'u', '', 'h', 'r', 1 from ${from} as n`.execute(db);
  await sql`insert into alexa_access_tokens (digest, link_id, issued_at)
    select 'd' || i, 'id' || i, 1 from ${from} as n`.execute(db);
  await sql`analyze`.execute(db);
  await db.destroy();
}

/** Milliseconds for each of many lookups, one after the other, of tokens from all over. */
async function lookUp({ links }: Storage, size: number): Promise<number> {
  const startedAt = performance.now();
  for (let lookup = 0; lookup < lookups; lookup += 1) {
    const index = 1 + ((lookup * 7919) % size);
    const found = await links.findByAccessToken({ linkId: `id${index}`, digest: `d${index}` });
    if (found === undefined) throw new Error(`token ${index} was not found`);
  }
  return (performance.now() - startedAt) / lookups;
}

async function compare(engine: string, storages: ReadonlyMap<number, Storage>): Promise<void> {
  const spent = new Map(sizes.map((size) => [size, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const [size, storage] of storages) spent.get(size)?.push(await lookUp(storage, size));
  const median = (size: number) =>
    spent.get(size)?.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  const [few = 0, many = 0] = sizes.map(median);
  const said = [...sizes].map((size) => `${size} links: ${median(size).toFixed(3)} ms`).join(', ');
  process.stdout.write(`${engine}: ${said}, ratio ${(many / few).toFixed(2)}\n`);
  for (const storage of storages.values()) await storage.close();
}

const folder = mkdtempSync(join(tmpdir(), 'lookups-'));
const inSqlite = new Map<number, Storage>();
for (const size of sizes) {
  const path = join(folder, `${size}.db`);
  inSqlite.set(size, await openSqliteStorage(path));
  const numbers =
    '(with recursive n(i) as (select 1 union all select i + 1 from n where i < COUNT) select i from n)';
  await fill(new Kysely<Schema>({ dialect: nodeSqliteDialect(openSqlite(path)) }), size, numbers);
}
await compare('SQLite', inSqlite);
rmSync(folder, { recursive: true });

const postgres = await startPostgres();
const inPostgres = new Map<number, Storage>();
for (const size of sizes) {
  const admin = new Kysely<unknown>({ dialect: postgresDialect(postgres.url()) });
  await sql`create database ${sql.id(`links${size}`)}`.execute(admin);
  await admin.destroy();
  const url = postgres.url().replace(/app$/, `links${size}`);
  inPostgres.set(size, await openPostgresStorage(url));
  const slow = dialectOn(openPostgres(url, { queryTimeoutMs: 600_000 }));
  await fill(
    new Kysely<Schema>({ dialect: slow }),
    size,
    '(select i from generate_series(1, COUNT) as g(i))',
  );
}
await compare('PostgreSQL', inPostgres);
await postgres.stop();
