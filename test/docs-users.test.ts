import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import express from 'express';
import { type Dialect, Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { mysqlDialect } from '../src/sql/mysql.ts';
import { nodeSqliteDialect, openSqliteToRead } from '../src/sql/node-sqlite.ts';
import { postgresDialect } from '../src/sql/postgres.ts';
import { createHttpUsers } from '../src/users/http-users.ts';
import { createLdapUsers } from '../src/users/ldap-users.ts';
import { createOwnUsers } from '../src/users/own-module.ts';
import { createSqlUsers } from '../src/users/sql-users.ts';
import { vectors } from './passwords/password-vectors.ts';
import { type DatabaseServer, noMariaDb, startMariaDb, startPostgres } from './support/databases.ts';
import { cloudLights, temporaryFolder } from './support/server.ts';
import { base, noSlapd, startSlapd } from './support/slapd.ts';
import { userOf } from './users/user-store-conformance.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/users.md'), 'utf8');

/** The first block of a language below a heading. */
function block(heading: string, language: string): string {
  const [, section = ''] = page.split(`\n${heading}\n`);
  const [, text = ''] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(section) ?? [];
  if (text === '') throw new Error(`no ${language} below ${heading}`);
  return text;
}

const settings = [...page.matchAll(/```sh\n([\s\S]*?)\n```/g)]
  .map(([, text = '']) => text)
  .filter((text) => text.startsWith('USERS=') && !text.includes('npm run'));

/** What a software made of the password. */
function madeBy(software: RegExp) {
  const vector = vectors.find((each) => software.test(`${each.software} ${each.stored}`));
  if (vector === undefined) throw new Error(`no vector of ${software}`);
  return vector;
}

it.each(settings)('docs/users.md has settings that a server takes: %s', (text) => {
  const folder = temporaryFolder();
  const env = parseEnv(text);
  // What the settings name is there.
  const named = text.replace(
    /(?<=_FILE=|USERS=file:|USERS=|ssl-ca=|sslrootcert=)(\.?\/[\w./-]+|[\w.-]+\.\w+)/g,
    (path) => {
      const own = join(folder, path.replaceAll('/', '_'));
      writeFileSync(own, path === 'firebase.sql' ? block('### Firebase, from an export', 'sql') : 'a-secret');
      return own;
    },
  );
  expect(Object.keys(parseEnv(named))).toEqual(Object.keys(env));
  const parsed = parseConfig({
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://link.example.com',
    CLIENTS: JSON.stringify([cloudLights]),
    STORAGE: 'sqlite:/var/lib/links.db',
    TRUST_PROXY: 'none',
    ...parseEnv(named),
  });
  expect(parsed).toMatchObject({ config: {}, warnings: [] });
});

/** Tables as the frameworks make them, as far as they are read, with one person in each. */
const frameworks = [
  {
    heading: '### WordPress',
    engine: 'mysql',
    table: `create table wp_users (ID bigint unsigned auto_increment primary key, user_login varchar(60) not null,
      user_pass varchar(255) not null, user_email varchar(100) not null, display_name varchar(250) not null)`,
    software: /WordPress .*\$wp\$/,
    row: (hash: string) => sql`insert into wp_users (user_login, user_pass, user_email, display_name)
      values ('alice', ${hash}, 'alice@example.com', 'Alice')`,
    gone: sql`delete from wp_users`,
    says: { name: 'Alice', email: 'alice@example.com' },
  },
  {
    heading: '### Laravel',
    engine: 'mysql',
    table: `create table users (id bigint unsigned auto_increment primary key, name varchar(255) not null,
      email varchar(255) not null, password varchar(255) not null)`,
    software: /PHP .*\$2y\$/,
    row: (hash: string) => sql`insert into users (name, email, password)
      values ('Alice', 'alice@example.com', ${hash})`,
    gone: sql`delete from users`,
    says: { name: 'Alice', email: 'alice@example.com' },
  },
  {
    heading: '### Django',
    engine: 'postgres',
    table: `create table auth_user (id serial primary key, username varchar(150) not null, password varchar(128) not null,
      first_name varchar(150) not null, last_name varchar(150) not null, email varchar(254) not null, is_active boolean not null)`,
    software: /Django .*pbkdf2_sha256/,
    row: (
      hash: string,
    ) => sql`insert into auth_user (username, password, first_name, last_name, email, is_active)
      values ('alice@example.com', ${hash}, 'Alice', '', 'alice@example.com', true)`,
    gone: sql`update auth_user set is_active = false`,
    says: { name: 'Alice', email: 'alice@example.com' },
  },
  {
    heading: '### Rails with Devise',
    engine: 'postgres',
    table: `create table users (id bigserial primary key, email varchar not null, encrypted_password varchar not null)`,
    software: /Devise/,
    row: (hash: string) =>
      sql`insert into users (email, encrypted_password) values ('alice@example.com', ${hash})`,
    gone: sql`delete from users`,
    says: { email: 'alice@example.com' },
  },
  {
    heading: '### ASP.NET Core Identity',
    engine: 'postgres',
    table: `create table "AspNetUsers" ("Id" text primary key, "NormalizedUserName" varchar(256), "Email" varchar(256),
      "PasswordHash" text, "LockoutEnd" timestamptz)`,
    software: /ASP\.NET/,
    row: (hash: string) =>
      sql`insert into "AspNetUsers" values ('a-1', 'ALICE@EXAMPLE.COM', 'alice@example.com', ${hash}, null)`,
    gone: sql`delete from "AspNetUsers"`,
    says: { id: 'a-1', email: 'alice@example.com' },
  },
] as const;

describe('the statements of docs/users.md', () => {
  const servers: Partial<Record<'mysql' | 'postgres', DatabaseServer>> = {};
  const dialects: Record<'mysql' | 'postgres', (url: string) => Dialect> = {
    mysql: mysqlDialect,
    postgres: postgresDialect,
  };

  beforeAll(async () => {
    servers.postgres = await startPostgres();
    if (noMariaDb === undefined) servers.mysql = await startMariaDb();
  });

  afterAll(() => Promise.all([servers.postgres?.stop(), servers.mysql?.stop()]));

  it.each(frameworks.filter(({ engine }) => engine !== 'mysql' || noMariaDb === undefined))(
    'sign people in, and notice who is gone: $heading',
    async ({ heading, engine, table, software, row, gone, says }) => {
      const open = () => dialects[engine](servers[engine]?.url() ?? '');
      const db = new Kysely<unknown>({ dialect: open() });
      const vector = madeBy(software);
      await sql.raw('drop table if exists users').execute(db);
      await sql.raw(table).execute(db);
      await row(vector.stored).execute(db);
      const { USERS_QUERY = '', USERS_BY_ID_QUERY } = parseEnv(block(heading, 'sh'));
      const store = createSqlUsers({
        dialect: open(),
        query: USERS_QUERY,
        byIdQuery: USERS_BY_ID_QUERY,
        pepper: vector.pepper,
        report: () => {},
      });
      const user = userOf(await store.authenticate('alice@example.com', vector.password));
      expect(user).toMatchObject(says);
      expect(await store.authenticate('alice@example.com', 'wrong')).toHaveProperty('refused');
      expect(await store.findById?.(user.id)).toMatchObject({ id: user.id });
      await gone.execute(db);
      expect(await store.findById?.(user.id)).toBeUndefined();
      await Promise.all([store.close(), db.destroy()]);
    },
  );

  it('sign people of Firebase in', async () => {
    const path = join(temporaryFolder(), 'firebase.db');
    const vector = madeBy(/Firebase/);
    const [, , parameters = '', salt = '', hash = ''] = vector.stored.split('$');
    const database = new DatabaseSync(path);
    database.exec(
      'create table users (localId text, email text, displayName text, disabled int, salt text, passwordHash text)',
    );
    database
      .prepare(`insert into users values ('x1', 'alice@example.com', 'Alice', 0, ?, ?)`)
      .run(salt, hash);
    database.close();
    const [, key = ''] = /sk=(.*)/.exec(parameters) ?? [];
    const query = block('### Firebase, from an export', 'sql').replace('SIGNER_KEY', key);
    const dialect = nodeSqliteDialect(openSqliteToRead(path));
    const store = createSqlUsers({ dialect, query, report: () => {} });
    const user = userOf(await store.authenticate('alice@example.com', vector.password));
    expect(user).toMatchObject({ id: 'x1', name: 'Alice' });
    await store.close();
  });
});

it.skipIf(noSlapd !== undefined)(
  'docs/users.md has a filter for OpenLDAP that finds people by name or address',
  async () => {
    const directory = await startSlapd();
    onTestFinished(() => directory.stop());
    const { USERS_LDAP_FILTER = '' } = parseEnv(block('### OpenLDAP', 'sh'));
    const store = await createLdapUsers({
      url: `ldap://127.0.0.1:${directory.port}`,
      base,
      bindDn: '',
      bindPassword: '',
      filter: USERS_LDAP_FILTER,
      startTls: true,
      connections: 10,
      ca: readFileSync(directory.certificates.ca, 'utf8'),
      report: () => {},
    });
    for (const username of ['alice', 'alice@example.com']) {
      expect(await store.authenticate(username, 'wonderland')).toMatchObject({ name: 'Alice Liddell' });
    }
    await store.close();
  },
);

/** A place from which packages are found. */
function insideRepository(): string {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, 'node_modules/.cache/docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('docs/users.md has an endpoint that works', async () => {
  const path = join(insideRepository(), 'endpoint.mjs');
  writeFileSync(path, block('## Your own API', 'js'));
  const { signInForAlexa } = await import(pathToFileURL(path).href);
  const check = async (username: string, password: string) =>
    username === 'alice' && password === 'wonderland' ? { id: 7, name: 'Alice' } : undefined;
  const server = createServer(express().use(signInForAlexa('the token', check)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alexa/sign-in`;
  const store = await createHttpUsers({ url, token: 'the token' });
  expect(await store.authenticate('alice', 'wonderland')).toEqual({
    id: '7',
    name: 'Alice',
  });
  expect(await store.authenticate('alice', 'wrong')).toHaveProperty('refused');
  await store.close();
  const wrongToken = createHttpUsers({ url, token: 'another' });
  await expect(wrongToken.authenticate('alice', 'wonderland')).rejects.toThrow(/answered 500/);
  await wrongToken.close();
});

it('docs/users.md has a module that works', async () => {
  const path = join(insideRepository(), 'users.ts');
  writeFileSync(path, block('## Your own module', 'ts'));
  const store = await createOwnUsers({ module: path, report: () => {} });
  expect(await store.authenticate('alice', 'wonderland')).toEqual({
    id: 'a1',
    name: 'Alice',
  });
  expect(await store.authenticate('alice', 'wrong')).toHaveProperty('refused');
  expect(await store.findById?.('a1')).toMatchObject({ id: 'a1' });
  expect(block('## Your own module', 'ts').split('\n').length).toBeLessThanOrEqual(20);
});
