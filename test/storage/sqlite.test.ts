import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeSqliteDialect, openSqlite } from '../../src/sql/node-sqlite.ts';
import { withMemory } from '../../src/storage/memory-attempts.ts';
import { migrate, migrations, openDatabase } from '../../src/storage/sql-schema.ts';
import { createSqlStorage } from '../../src/storage/sql-storage.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import type { Storage } from '../../src/storage/stores.ts';
import { keepCompiled } from '../support/process.ts';
import { temporaryFolder } from '../support/server.ts';
import { describeAttemptStore } from './attempt-store-conformance.ts';
import { describeRaces, describeRemovalRaces } from './races.ts';
import { describeRemoval, describeStorage, keepLink, keepMany } from './storage-conformance.ts';

async function open(path = join(temporaryFolder(), 'links.db')): Promise<Storage> {
  const storage = await openSqliteStorage(path);
  onTestFinished(() => storage.close().catch(() => {}));
  return storage;
}

describeStorage('SQLite', () => open());
describeRemoval('SQLite', () => open());

async function openShared() {
  const path = join(temporaryFolder(), 'links.db');
  return { storage: await open(path), location: `sqlite:${path}` };
}

describeRaces('SQLite', openShared);
describeRemovalRaces('SQLite', openShared);

describeAttemptStore('SQLite', async () => {
  const path = join(temporaryFolder(), 'links.db');
  return [(await open(path)).attempts, (await open(path)).attempts];
});

/** The tables as some release leaves them. */
async function database(path: string, release = migrations) {
  const db = openDatabase(nodeSqliteDialect(openSqlite(path)));
  onTestFinished(() => db.destroy());
  await migrate(db, 'create', release);
  return db;
}

/** A change of the tables by another release. */
const addNickname = {
  async up(db: Awaited<ReturnType<typeof database>>) {
    await sql`create table if not exists alexa_nicknames (nickname text)`.execute(db);
  },
};

/** What opening a file says to a user of the system who may read it and nothing more. */
async function openAsNobody(path: string): Promise<string> {
  chmodSync(path, 0o444);
  chmodSync(dirname(path), 0o555);
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const worker = join(import.meta.dirname, 'open-worker.ts');
  const child = spawn(process.execPath, [worker], { stdio: ['pipe', 'pipe', 'inherit'], ...nobody });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  child.stdin.write(`${path}\n`);
  const said = String((await lines.next()).value);
  chmodSync(dirname(path), 0o755);
  return said;
}

describe('SQLite', () => {
  it('writes to the disk before it confirms, and overwrites what is deleted', () => {
    const database = openSqlite(join(temporaryFolder(), 'links.db'));
    onTestFinished(() => database.close());
    expect(database.prepare('pragma synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.prepare('pragma secure_delete').get()).toEqual({ secure_delete: 1 });
  });

  it('has nothing left in its files of a link that was erased', async () => {
    const path = join(temporaryFolder(), 'links.db');
    const storage = await open(path);
    const { link } = await keepLink(storage, { subject: 'a-subject-to-forget' });
    await storage.links.erase(link.id);
    await storage.close();
    expect(readFileSync(path, 'latin1')).not.toContain('a-subject-to-forget');
  });

  it('tells the error of a full disk, and not that of the rollback', async () => {
    const path = join(temporaryFolder(), 'links.db');
    await open(path);
    const database = openSqlite(path);
    const db = openDatabase(nodeSqliteDialect(database));
    onTestFinished(() => db.destroy());
    const { page_count: pages } = database.prepare('pragma page_count').get() as { page_count: number };
    database.exec(`pragma max_page_count = ${pages}`);
    const full = createSqlStorage({ db });
    const filling = keepMany(full, 200, { scope: 'x'.repeat(5000) });
    await expect(filling).rejects.toMatchObject({ cause: { message: 'database or disk is full' } });
  });

  it('counts in memory, and holds nobody up, while another process writes for long', async () => {
    const path = join(temporaryFolder(), 'links.db');
    const failures: unknown[] = [];
    const attempts = withMemory((await open(path)).attempts, (event) => void failures.push(event));
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    const startedAt = performance.now();
    const counters = [{ key: 'a', endsAt: 1_900_000_000 }];
    for (const expected of [[1], [2], [3]]) expect(await attempts.add(counters, 1)).toEqual(expected);
    expect(performance.now() - startedAt).toBeLessThan(2900);
    expect(failures).toHaveLength(1);
    other.exec('rollback');
    other.close();
  });

  it('waits for the disk again after a count, which does not', async () => {
    const executed = vi.spyOn(DatabaseSync.prototype, 'exec');
    onTestFinished(() => executed.mockRestore());
    const storage = await open();
    // A storage of the test before may still be trying.
    const [own] = executed.mock.contexts;
    executed.mockClear();
    await storage.attempts.add([{ key: 'a', endsAt: 1_900_000_000 }], 1);
    await keepLink(storage);
    const statements = executed.mock.calls.flat().filter((_, call) => executed.mock.contexts[call] === own);
    expect(statements).toEqual(['PRAGMA synchronous = NORMAL', 'PRAGMA synchronous = FULL']);
  });

  it('counts attempts while a link is being made, and keeps all', async () => {
    const path = join(temporaryFolder(), 'links.db');
    const storage = await open(path);
    const creating = keepLink(storage);
    // One in each of the turns that making a link takes.
    const counting = Array.from({ length: 30 }, async (_, turn) => {
      for (let passed = 0; passed < turn; passed += 1) await undefined;
      await storage.attempts.add([{ key: `key${turn}`, endsAt: 1_900_000_000 }], 1);
    });
    const [{ key }] = await Promise.all([creating, ...counting]);
    expect(await storage.links.findByAccessToken(key)).toBeDefined();
    const database = new DatabaseSync(path);
    expect(database.prepare('select sum(count) as count from alexa_attempts').get()).toEqual({ count: 30 });
    database.close();
  });

  it('lets others have their turn between many writes, and takes those in the order they came', async () => {
    const storage = await open();
    const finished: number[] = [];
    let turns = 0;
    let busy = true;
    const others = (async () => {
      for (; busy; turns += 1) await setImmediate();
    })();
    const writes = Array.from({ length: 200 }, async (_, index) => {
      await keepLink(storage);
      finished.push(index);
    });
    await Promise.all(writes);
    busy = false;
    await others;
    expect(turns).toBeGreaterThan(3);
    expect(finished).toEqual(finished.toSorted((a, b) => a - b));
  });

  it('keeps every link when a release changes the tables', async () => {
    const path = join(temporaryFolder(), 'links.db');
    const storage = await open(path);
    const { link, key } = await keepLink(storage);
    await storage.close();
    const upgraded = await database(path, { ...migrations, '2_next': addNickname });
    const { rows } = await sql`select id from alexa_links`.execute(upgraded);
    expect(rows).toEqual([{ id: link.id }]);
    expect(key.linkId).toBe(link.id);
  });

  it.each([
    [
      'a newer release has changed',
      { ...migrations, '2_next': addNickname },
      /another release made its tables .*2_next.*backup/,
    ],
    [
      'is from before the first release',
      { '0001_links': addNickname, '0002_failures': addNickname },
      /another release made its tables .*0001_links/,
    ],
  ])('refuses a database that %s, and changes nothing in it', async (_what, release, problem) => {
    const path = join(temporaryFolder(), 'links.db');
    await (await database(path, release)).destroy();
    const before = readFileSync(path);
    await expect(openSqliteStorage(path)).rejects.toThrow(problem);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('says that it may not write a file that is there', async () => {
    const path = join(temporaryFolder(), 'links.db');
    await (await open(path)).close();
    expect(await openAsNobody(path)).toMatch(/attempt to write a readonly database/);
  });

  it('keeps a hundred statements prepared at most, and each works again after it was dropped', async () => {
    const file = openSqlite(join(temporaryFolder(), 'links.db'));
    const db = openDatabase(nodeSqliteDialect(file));
    onTestFinished(() => db.destroy());
    await migrate(db);
    const ask = (count: number) =>
      db.selectFrom('alexaLinks').select('id').where('id', 'in', Array(count).fill('x')).execute();
    for (let count = 1; count <= 102; count += 1) expect(await ask(count)).toEqual([]);
    const prepare = vi.spyOn(file, 'prepare');
    for (const count of [102, 3]) expect(await ask(count)).toEqual([]);
    expect(prepare).not.toHaveBeenCalled();
    expect(await ask(1)).toEqual([]);
    expect(prepare).toHaveBeenCalledOnce();
  });

  it('refuses a file that is no database', async () => {
    const path = join(temporaryFolder(), 'links.db');
    writeFileSync(path, 'this is a letter to my aunt, not a database'.repeat(50));
    await expect(openSqliteStorage(path)).rejects.toThrow(/not a database/);
  });

  it('makes the folder and the file for its owner alone', async () => {
    const path = join(temporaryFolder(), 'deep', 'er', 'links.db');
    await open(path);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(path, '..')).mode & 0o077).toBe(0);
  });

  it('takes the write lock when a transaction begins, so that what it reads holds until it writes', async () => {
    const path = join(temporaryFolder(), 'links.db');
    const db = await database(path);
    const other = new DatabaseSync(path, { timeout: 0 });
    onTestFinished(() => other.close());
    await db.transaction().execute(async () => {
      expect(() => other.exec('CREATE TABLE mine (a)')).toThrow(/locked/);
    });
    other.exec('CREATE TABLE mine (a)');
  });

  it('is not opened as long as somebody reads a file that is not in WAL mode, and says so', () => {
    const path = join(temporaryFolder(), 'links.db');
    const reader = new DatabaseSync(path);
    onTestFinished(() => reader.close());
    reader.exec('create table some (a); begin; select * from some');
    expect(() => openSqlite(path, 50)).toThrow(/locked/);
  });

  it('can be created by ten processes at once, and each can write', async () => {
    const workers = Array.from({ length: 10 }, () => {
      const worker = join(import.meta.dirname, 'open-worker.ts');
      const child = spawn(process.execPath, [worker], {
        env: { PATH: process.env['PATH'], ...keepCompiled },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return { child, line: async () => (await lines.next()).value };
    });
    for (const { line } of workers) expect(await line()).toBe('ready');
    for (let time = 0; time < 20; time += 1) {
      const path = join(temporaryFolder(), 'links.db');
      for (const { child } of workers) child.stdin.write(`${path}\n`);
      for (const { line } of workers) expect(await line()).toBe('kept');
      const { links } = await open(path);
      expect(await Array.fromAsync(links.list({}))).toHaveLength(10);
    }
  });
});
