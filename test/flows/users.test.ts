import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDialect } from '../../src/sql/postgres.ts';
import { skipAhead } from '../support/clock.ts';
import { type DatabaseServer, startPostgres } from '../support/databases.ts';
import { modes, startFlakyProxy } from '../support/flaky-proxy.ts';
import { startProcess } from '../support/process.ts';
import {
  askUserinfo,
  authorizePath,
  settings,
  signIn,
  startServer,
  temporaryFolder,
} from '../support/server.ts';

/** As Django 3.2.25 keeps it, with a password of correct horse. */
const django = 'pbkdf2_sha256$1000$dPAel4Jd05uWMUUaQXXsIs$iHuaiEZdBPWbIjywWeBT3/VfXTXtY6oaLO0ObbVlXIg=';

const query = `select id, password as password_hash, first_name as name, email, not is_active as disabled
  from auth_user where username = :username`;

describe('users in a database that comes and goes', () => {
  let postgres: DatabaseServer;

  beforeAll(async () => {
    postgres = await startPostgres();
    const db = new Kysely<unknown>({ dialect: postgresDialect(postgres.url()) });
    await sql`create table auth_user (id serial primary key, username text, password text, first_name text,
      email text, is_active boolean)`.execute(db);
    await sql`insert into auth_user (username, password, first_name, email, is_active)
      values ('alice', ${django}, 'Alice', 'alice@example.com', true)`.execute(db);
    await db.destroy();
  });

  afterAll(() => postgres.stop());

  it('are asked to try again in a moment, and sign in when it is back', async () => {
    await Promise.all(modes.map((mode) => fallAndRecover(mode)));
  });

  async function fallAndRecover(mode: (typeof modes)[number]): Promise<void> {
    const proxy = await startFlakyProxy(postgres.port);
    const byId = 'select id, not is_active as disabled from auth_user where id = :id';
    const server = await startServer({
      USERS: postgres.url(proxy.port),
      USERS_QUERY: query,
      USERS_BY_ID_QUERY: byId,
    });
    const attempt = () => signIn(server, authorizePath(), { username: 'alice', password: 'correct horse' });
    const readiness = async () => (await request(server.url).get('/readyz')).body;
    expect((await attempt()).status).toBe(303);
    await proxy.become(mode);
    const [down, page] = await Promise.all([attempt(), request(server.url).get(authorizePath())]);
    expect(down.status, mode).toBe(503);
    expect(Number(down.headers['retry-after'])).toBeGreaterThan(0);
    expect(down.text).toContain('Please try again in a moment: nothing is lost.');
    await expect.poll(readiness).toEqual({
      status: 'unavailable',
      storage: 'ok',
      users: 'unavailable',
    });
    expect(page.status).toBe(200);
    expect((await request(server.url).get('/healthz')).status).toBe(200);
    expect(server.events('sign_in.unavailable'), mode).toHaveLength(1);
    await proxy.become('working');
    await expect.poll(async () => (await attempt()).status).toBe(303);
    await expect.poll(readiness).toEqual({ status: 'ok', storage: 'ok', users: 'ok' });
    expect(JSON.stringify(server.log)).not.toMatch(/correct horse|p@ss|p%40ss|pbkdf2_sha256\$/);
  }

  it('lose their tokens when they are disabled, and keep them while nobody can tell', async () => {
    const proxy = await startFlakyProxy(postgres.port);
    const db = new Kysely<unknown>({ dialect: postgresDialect(postgres.url()) });
    const server = await startServer({
      USERS: postgres.url(proxy.port),
      USERS_QUERY: query,
      USERS_BY_ID_QUERY: 'select id, not is_active as disabled from auth_user where id = :id',
    });
    const answer = await signIn(server, authorizePath(), { username: 'alice', password: 'correct horse' });
    const token = new URLSearchParams(new URL(answer.headers['location'] ?? '').hash.slice(1)).get(
      'access_token',
    );
    const userinfo = async () => (await askUserinfo(server, token ?? '')).status;
    expect(await userinfo()).toBe(200);
    await proxy.become('refusing');
    expect(await userinfo()).toBe(200);
    await proxy.become('working');
    await sql`update auth_user set is_active = false`.execute(db);
    skipAhead(56);
    await expect.poll(userinfo).toBe(401);
    await sql`update auth_user set is_active = true`.execute(db);
    await db.destroy();
  });
});

describe('the process', () => {
  it('takes users from a module in TypeScript, refuses in a second, and ends well whatever the module does', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'users.ts'),
      `type Name = 'alice';
       export const createUserStore = () => ({
         authenticate: async (name: Name, password: string) =>
           name === 'alice' && password === 'wonderland' ? { id: 1 } : undefined,
         close: () => Promise.reject(new Error('not open')),
       });`,
    );
    const env = await settings(folder);
    const server = startProcess({ ...env, USERS: './users.ts' }, folder);
    await server.said(/server\.started/);
    expect(server.output()).toMatch(/nothing tells when a user is gone or disabled/);
    expect((await signIn(server, authorizePath())).status).toBe(303);
    const startedAt = performance.now();
    const refused = await signIn(server, authorizePath(), { username: 'nobody', password: 'x' });
    expect(refused.status).toBe(422);
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.output()).toMatch(/server\.unclosed.*not open/);
  });

  it.each([
    [
      { USERS: 'postgres://app:s3cret@127.0.0.1:1/app', USERS_QUERY: query },
      /used at postgres:\/\/127\.0\.0\.1:1\/app: .*: nothing listens there/,
    ],
    [{ USERS: 'ldap://127.0.0.1:1/dc=x' }, /used at ldap:\/\/127\.0\.0\.1:1: .*: nothing listens there/],
    [{ USERS: 'http://127.0.0.1:1/check', USERS_HTTP_TOKEN: 's3cret' }, /nothing listens there/],
  ])('says what it waits for with %o', async (changes, problem) => {
    const folder = temporaryFolder();
    const server = startProcess({ ...(await settings(folder)), ...changes }, folder);
    await server.said(/server\.waiting/);
    expect(server.output()).toMatch(problem);
    expect(server.output()).not.toMatch(/s3cret|at async|\.ts:\d/);
  });

  it.each([
    [
      { USERS: 'sqlite:nowhere.db', USERS_QUERY: query },
      /used at \/.*\/nowhere\.db: .*must be a SQLite file/,
    ],
    [{ USERS: 'no-such-package' }, /used at no-such-package: .*is not there/],
  ])('says why it can’t start with %o', async (changes, problem) => {
    const folder = temporaryFolder();
    const server = startProcess({ ...(await settings(folder)), ...changes }, folder);
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(problem);
    expect(server.output()).not.toMatch(/s3cret|at async|\.ts:\d/);
  });
});
