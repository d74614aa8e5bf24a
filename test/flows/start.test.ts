import { randomUUID } from 'node:crypto';
import { Kysely, sql } from 'kysely';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { StartError } from '../../src/adapters.ts';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { hurry } from '../support/clock.ts';
import { type DatabaseServer, startPostgres } from '../support/databases.ts';
import { type FlakyProxy, startFlakyProxy } from '../support/flaky-proxy.ts';
import { startProcess } from '../support/process.ts';
import {
  authorizePath,
  isActive,
  type LogLine,
  link,
  settings,
  signIn,
  startServerIn,
  temporaryFolder,
} from '../support/server.ts';

let postgres: DatabaseServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Made with `htpasswd -nbB -C 5` of Apache 2.4.71: the password is wonderland. */
const bcrypt = '$2y$05$/NjlYi.RAswnuMYFqkJDru4qMRkwgLZ4Y37O82bo9Y1TQ8Xi/B77m';

const query = 'select id, password_hash from people where username = :username';

/** The address of a new, empty database. */
async function database(): Promise<string> {
  const name = `start_${randomUUID().replaceAll('-', '')}`;
  const db = new Kysely<unknown>({ dialect: postgresDialect(postgres.url()) });
  await sql`create database ${sql.id(name)}`.execute(db);
  await db.destroy();
  return postgres.url().replace(/app$/, name);
}

/** A database with alice in it, behind a network that fails as told. */
async function people() {
  const url = await database();
  const db = new Kysely<unknown>({ dialect: postgresDialect(url) });
  onTestFinished(() => db.destroy());
  await sql`create table people (id text, username text, password_hash text)`.execute(db);
  await sql`insert into people values ('1', 'alice', ${bcrypt})`.execute(db);
  const proxy = await startFlakyProxy(postgres.port);
  const through = url.replace(`:${postgres.port}/`, `:${proxy.port}/`);
  return { db, proxy, env: { USERS: through, USERS_QUERY: query } };
}

/** Begins to start a server. */
async function begin(changes: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const log: LogLine[] = [];
  const env = { ...(await settings(folder)), ...changes };
  const starting = startServerIn(folder, env, log);
  starting.catch(() => {});
  const said = (event: string) =>
    vi.waitFor(() => expect(log.some((line) => line['event'] === event)).toBe(true), { timeout: 30_000 });
  return { starting, log, said };
}

async function refusing(proxy: FlakyProxy): Promise<void> {
  await proxy.become('refusing');
}

describe('a start', () => {
  it('waits for a storage that can’t be reached, and says so', async () => {
    const proxy = await startFlakyProxy(postgres.port);
    await refusing(proxy);
    const url = (await database()).replace(`:${postgres.port}/`, `:${proxy.port}/`);
    const { starting, log, said } = await begin({ STORAGE: url });
    await said('server.waiting');
    await proxy.become('working');
    expect(await isActive(await starting, await link(await starting))).toBe(true);
    expect(log.find(({ event }) => event === 'server.waiting')).toMatchObject({
      message: expect.stringMatching(/^STORAGE can’t be opened at .*nothing listens there/),
      seconds_left: expect.any(Number),
    });
  });

  it('ends after a while without storage, and with what to do', async () => {
    hurry(20);
    const { starting } = await begin({ STORAGE: 'postgres://app:secret@127.0.0.1:9/links' });
    const error = await starting.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(StartError);
    expect(String(error)).toMatch(/STORAGE can’t be opened at .*: nothing listens there; start it/);
    expect(String(error)).not.toContain('secret');
  });

  it('goes on after a while without users; nobody can sign in, links work, and all is well when they are back', async () => {
    const { proxy, env } = await people();
    await refusing(proxy);
    hurry(20);
    const { starting, log, said } = await begin(env);
    const server = await starting;
    const readiness = async () => (await request(server.url).get('/readyz')).body;
    expect(await readiness()).toEqual({ status: 'unavailable', storage: 'ok', users: 'unavailable' });
    expect((await request(server.url).get('/healthz')).status).toBe(200);
    expect((await signIn(server, authorizePath())).status).toBe(503);
    expect(log.find(({ event }) => event === 'users.unavailable')).toMatchObject({
      message: expect.stringMatching(/^USERS can’t be used at .*nothing listens there/),
    });
    const reminders = () => log.filter(({ event, message }) => event === 'users.unavailable' && message);
    await vi.waitFor(() => expect(reminders().length).toBeGreaterThan(1), 30_000);
    await proxy.become('working');
    await said('users.reached');
    expect((await signIn(server, authorizePath())).status).toBe(303);
    await expect.poll(readiness, { timeout: 30_000, interval: 500 }).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['no such column', { USERS_QUERY: 'select id from people where username = :username' }],
    ['no such table', { USERS_QUERY: 'select id, password_hash from poeple where username = :username' }],
    ['no such column by id', { USERS_BY_ID_QUERY: 'select username from people where id = :id' }],
  ])('ends at once where users answer and it is wrong: %s', async (_what, changes) => {
    const { env } = await people();
    const { starting, log } = await begin({ ...env, ...changes });
    await expect(starting).rejects.toThrow(/^USERS can’t be used at .*: USERS_(BY_ID_)?QUERY/s);
    expect(log.filter(({ event }) => event === 'server.waiting')).toEqual([]);
  });

  it('that found users away is not ready, and does not end, where they then answer and it is wrong', async () => {
    const { proxy, env, db } = await people();
    await refusing(proxy);
    hurry(20);
    const { starting } = await begin(env);
    const server = await starting;
    await sql`alter table people rename column password_hash to hash`.execute(db);
    await proxy.become('working');
    expect((await signIn(server, authorizePath())).status).toBe(503);
    const readiness = async () => (await request(server.url).get('/readyz')).status;
    expect(await readiness()).toBe(503);
    await sql`alter table people rename column hash to password_hash`.execute(db);
    expect((await signIn(server, authorizePath())).status).toBe(303);
    await expect.poll(readiness, { timeout: 30_000, interval: 500 }).toBe(200);
  });

  it('of a server that was ready: it is so no longer when a column is gone', async () => {
    const { env, db } = await people();
    const server = await (await begin(env)).starting;
    const readiness = async () => (await request(server.url).get('/readyz')).body;
    expect(await readiness()).toMatchObject({ status: 'ok' });
    await sql`alter table people rename column password_hash to hash`.execute(db);
    await expect.poll(readiness, { timeout: 30_000, interval: 500 }).toMatchObject({ users: 'unavailable' });
  });

  it('is given up at once when the process is asked to stop', async () => {
    const env = await settings(temporaryFolder());
    const server = startProcess({ ...env, STORAGE: 'postgres://app@127.0.0.1:9/links' });
    await server.said(/server\.waiting/);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.output()).not.toMatch(/server\.started|\bat .*:\d+:\d+/);
  });

  it('waits a minute for users, as a process of its own, and then listens', {
    timeout: 150_000,
  }, async () => {
    const env = await settings(temporaryFolder());
    const server = startProcess({ ...env, USERS: 'ldap://127.0.0.1:9/dc=example,dc=com' });
    const startedAt = performance.now();
    await server.said(/server\.started/);
    expect(performance.now() - startedAt).toBeGreaterThan(58_000);
    expect(server.output().match(/server\.waiting/g)?.length).toBeGreaterThan(9);
    expect((await request(server.url).get('/readyz')).status).toBe(503);
    expect((await request(server.url).get(authorizePath())).status).toBe(200);
  });
});

describe('/readyz', () => {
  it('asks every ten seconds at most, and makes no sign-in up', async () => {
    const { env, proxy } = await people();
    const server = await (await begin(env)).starting;
    await request(server.url).get('/readyz');
    const before = proxy.sent().length;
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 9000);
    onTestFinished(() => clock.mockRestore());
    for (let time = 0; time < 200; time += 1) await request(server.url).get('/readyz');
    expect(proxy.sent().length).toBe(before);
    clock.mockReturnValue(now + 11_000);
    await request(server.url).get('/readyz');
    expect(proxy.sent().length).toBeGreaterThan(before);
  });
});
