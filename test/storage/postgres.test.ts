import { randomUUID } from 'node:crypto';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStorage } from '../../src/adapters.ts';
import { parseConfig } from '../../src/config/config.ts';
import { nameOfStorage } from '../../src/config/storage-location.ts';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { openPostgresStorage } from '../../src/storage/postgres.ts';
import { openDatabase } from '../../src/storage/sql-schema.ts';
import { type DatabaseServer, startPostgres } from '../support/databases.ts';
import { describeAttemptStore } from './attempt-store-conformance.ts';
import { describeRaces, describeRemovalRaces } from './races.ts';
import { describeRemoval, describeStorage, keepLink } from './storage-conformance.ts';

let postgres: DatabaseServer;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.stop());

/** The address of a new, empty database. */
async function database(): Promise<string> {
  const name = `links_${randomUUID().replaceAll('-', '')}`;
  const db = new Kysely<unknown>({ dialect: postgresDialect(postgres.url()) });
  await sql`create database ${sql.id(name)}`.execute(db);
  await db.destroy();
  return postgres.url().replace(/app$/, name);
}

async function open(url: string) {
  const storage = await openPostgresStorage(url);
  onTestFinished(() => storage.close().catch(() => {}));
  return storage;
}

async function openNew() {
  const location = await database();
  return { storage: await open(location), location };
}

describeStorage('PostgreSQL', async () => (await openNew()).storage);
describeRemoval('PostgreSQL', async () => (await openNew()).storage);
describeRaces('PostgreSQL', openNew);
describeRemovalRaces('PostgreSQL', openNew);
describeAttemptStore('PostgreSQL', async () => {
  const url = await database();
  return [(await open(url)).attempts, (await open(url)).attempts];
});

describe('PostgreSQL', () => {
  it('is made by ten instances that start at once, and each can write', async () => {
    const url = await database();
    const all = await Promise.all(Array.from({ length: 10 }, () => open(url)));
    const kept = await Promise.all(all.map((storage) => keepLink(storage)));
    for (const { key } of kept) expect(await all[0]?.links.findByAccessToken(key)).toBeDefined();
  });

  it('does nothing any more that it answered as not done', async () => {
    const { storage, location } = await openNew();
    const { link } = await keepLink(storage);
    const db = openDatabase(postgresDialect(location));
    onTestFinished(() => db.destroy());
    await db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('alexaLinks').selectAll().forUpdate().execute();
      await expect(storage.links.revoke(link.id, 1)).rejects.toMatchObject({
        cause: { message: 'canceling statement due to statement timeout' },
      });
    });
    expect((await storage.links.find(link.id))?.revokedAt).toBeUndefined();
  });

  it('closes its connections even if it has only counted attempts', async () => {
    const url = await database();
    const storage = await openPostgresStorage(url);
    await storage.attempts.add([{ key: 'some', endsAt: 1_900_000_000 }], 1);
    const db = new Kysely<unknown>({ dialect: postgresDialect(postgres.url()) });
    onTestFinished(() => db.destroy());
    const connections = async () => {
      const name = new URL(url).pathname.slice(1);
      const { rows } = await sql`select pid from pg_stat_activity where datname = ${name}`.execute(db);
      return rows.length;
    };
    expect(await connections()).toBeGreaterThan(0);
    await storage.close();
    // Idle ones are closed after ten seconds in any case.
    await expect.poll(connections, { timeout: 8000 }).toBe(0);
  });

  it('leaves rows that another instance is taking out to that one', async () => {
    const { storage, location } = await openNew();
    const { link } = await keepLink(storage, { expiresAt: 1 });
    const db = openDatabase(postgresDialect(location));
    onTestFinished(() => db.destroy());
    await db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('alexaLinks').selectAll().where('id', '=', link.id).forUpdate().execute();
      await transaction.selectFrom('alexaAccessTokens').selectAll().forUpdate().execute();
      expect(await storage.removeEnded(1_900_000_000)).toBe(0);
    });
    expect(await storage.removeEnded(1_900_000_000)).toBeGreaterThan(0);
  });

  it('says that a role may not make tables, and what to do', async () => {
    const url = new URL(await database());
    const db = new Kysely<unknown>({ dialect: postgresDialect(url.href) });
    onTestFinished(() => db.destroy());
    const role = `reader_${randomUUID().replaceAll('-', '')}`;
    await sql`create role ${sql.id(role)} login password 'p'`.execute(db);
    [url.username, url.password] = [role, 'p'];
    await expect(openStorage({ scheme: 'postgres', url: url.href })).rejects.toThrow(
      /permission denied for schema public: grant that right to this database role/,
    );
  });

  it('is reached by its socket, in the form that Cloud SQL gives', async () => {
    const [credentials = ''] = (await database()).split('127.0.0.1');
    const { folder, port } = postgres;
    for (const host of [folder, encodeURIComponent(folder)]) {
      const parsed = parseConfig({ STORAGE: `${credentials}/app?host=${host}&port=${port}` });
      if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
      const storage = await openStorage(parsed.config.storage);
      onTestFinished(() => storage.close());
      const { link } = await keepLink(storage);
      expect(await storage.links.find(link.id)).toEqual(link);
      expect(nameOfStorage(parsed.config.storage)).toBe(`postgres://${folder}/app`);
    }
  });
});
