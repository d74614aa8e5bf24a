import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { keepMany } from '../storage/storage-conformance.ts';
import { runAtTerminal, runCommand, runCommandApart } from '../support/cli.ts';
import { awsEnvironment } from '../support/dynamodb.ts';
import {
  authorizeCode,
  isActive,
  link,
  redeem,
  refresh,
  settings,
  startServer,
  startServerIn,
  temporaryFolder,
} from '../support/server.ts';
import { startStorages } from '../support/storages.ts';

const { engines } = startStorages();

/** A server where a user has linked with each grant, stopped; and the copy of its links. */
async function exportLinked() {
  const server = await startServer();
  const implicit = await link(server);
  const tokens = await redeem(server, await authorizeCode(server));
  const [revoked, code] = [await redeem(server, await authorizeCode(server)), await authorizeCode(server)];
  const STORAGE = `sqlite:${server.folder}/links.db`;
  const newest = server.events('link.created').at(-1);
  await runCommand(['links', 'revoke', '--link', String(newest?.['link_id'])], { STORAGE });
  expect(await isActive(server, revoked.access_token)).toBe(false);
  await server.stop();
  const file = join(temporaryFolder(), 'links.jsonl');
  expect(await runCommandApart(['links', 'export', file], { STORAGE })).toMatchObject({
    code: 0,
    out: `4 links exported to ${file}.\n`,
    err: `Storage: ${server.folder}/links.db\n`,
  });
  return { file, STORAGE, implicit, tokens, revoked, code };
}

describe('links export and links import', () => {
  it.each(['PostgreSQL', 'DynamoDB', 'SQLite'] as const)(
    'take links from SQLite to %s, where every token goes on working',
    async (name) => {
      const { file, implicit, tokens, revoked, code } = await exportLinked();
      const { location } = await engines[name]();
      const env = { ...awsEnvironment, STORAGE: location() };
      expect(await runCommand(['links', 'import', file], env)).toMatchObject({
        code: 0,
        out: '4 links imported, 0 were there already.\n',
      });
      expect((await runCommand(['links', 'import', file], env)).out).toBe(
        '0 links imported, 4 were there already.\n',
      );
      const back = join(temporaryFolder(), 'back.jsonl');
      expect((await runCommand(['links', 'export', back], env)).code).toBe(0);
      const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').sort();
      expect(linesOf(back).map((line) => line.length)).toEqual(linesOf(file).map((line) => line.length));
      Object.assign(process.env, awsEnvironment);
      const folder = temporaryFolder();
      const server = await startServerIn(folder, { ...(await settings(folder)), STORAGE: location() });
      for (const token of [implicit, tokens.access_token]) expect(await isActive(server, token)).toBe(true);
      expect((await refresh(server, tokens.refresh_token)).status).toBe(200);
      expect(await isActive(server, revoked.access_token)).toBe(false);
      expect((await refresh(server, revoked.refresh_token)).status).toBe(400);
      expect(await isActive(server, (await redeem(server, code)).access_token)).toBe(true);
    },
  );

  it('copy what a plain copy of a SQLite file in use loses', async () => {
    const [path, copy] = [join(temporaryFolder(), 'links.db'), join(temporaryFolder(), 'links.db')];
    const storage = await openSqliteStorage(path);
    onTestFinished(() => storage.close());
    await keepMany(storage, 50, {});
    copyFileSync(path, copy);
    const plain = await openSqliteStorage(copy);
    expect(await Array.fromAsync(plain.links.list({}))).toEqual([]);
    await plain.close();
    const file = join(temporaryFolder(), 'links.jsonl');
    const { out } = await runCommand(['links', 'export', file], { STORAGE: `sqlite:${path}` });
    expect(out).toBe(`50 links exported to ${file}.\n`);
  });

  it('have digests alone in a file of its owner’s, and overwrite none', async () => {
    const { file, STORAGE, implicit, tokens, code } = await exportLinked();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    for (const secret of [implicit, tokens.access_token, tokens.refresh_token, code])
      for (const part of [secret, secret.slice(0, 16), secret.slice(-20)]) expect(text).not.toContain(part);
    const again = await runCommand(['links', 'export', file], { STORAGE });
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('EEXIST') });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('say which line of a copy is wrong, and that one was cut short', async () => {
    const { file } = await exportLinked();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const importing = async (changed: readonly string[]) => {
      const path = join(temporaryFolder(), 'copy.jsonl');
      writeFileSync(path, changed.map((line) => `${line}\n`).join(''));
      const STORAGE = `sqlite:${temporaryFolder()}/links.db`;
      const { code, err } = await runCommand(['links', 'import', path], { STORAGE });
      expect(code).toBe(1);
      expect(err).not.toMatch(/\bat .*:\d+:\d+/);
      return err;
    };
    expect(await importing(lines.slice(0, -1))).toContain('is cut short');
    expect(await importing(lines.slice(1))).toContain(
      'is cut short: its end does not say that it has 3 links',
    );
    expect(await importing([])).toContain('is cut short');
    expect(await importing([lines[0] ?? '', '{'])).toContain('copy.jsonl, line 2 is not JSON');
    const [first = ''] = lines;
    const wrong = first.replace(/"createdAt":\d+/, '"createdAt":"x"');
    expect(await importing([wrong])).toContain('line 1 is no link: link.createdAt: Invalid input');
    const redeemed = lines.find((line) => line.includes('"digest"')) ?? '';
    const token = redeemed.replace(/"digest":"[\w-]+/, '"digest":"x');
    expect(await importing([token])).toContain('must be a SHA-256 digest in base64url');
    expect(await importing(['null', '1'])).toContain('line 1 is no link');
    expect(await importing([`\uFEFF${lines[0]}\r`])).toContain('that it has 1 link');
    const late = first.replace(/"createdAt":\d+/, '"createdAt":9007199254740991');
    expect(await importing([late])).toContain('link.createdAt: Too big');
    expect(await importing([...lines, ...lines])).toContain(
      `line ${lines.length + 1} is after the end of the copy: import one at a time`,
    );
    const none = await runCommand(['links', 'import', '/nowhere/x'], {});
    expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/^ENOENT: .*\/nowhere\/x/) });
    const nowhere = await runCommand(['links', 'export', '/nowhere/x'], { STORAGE: 'sqlite::memory:' });
    expect(nowhere.code).toBe(1);
  });

  it('leave nothing that could be taken for a copy when the storage fails', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'x.jsonl');
    const STORAGE = 'postgres://me@127.0.0.1:1/links';
    expect((await runCommand(['links', 'export', file], { STORAGE })).code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('show at a terminal how far they are', async () => {
    const [path, file] = [join(temporaryFolder(), 'links.db'), join(temporaryFolder(), 'links.jsonl')];
    const storage = await openSqliteStorage(path);
    onTestFinished(() => storage.close());
    await keepMany(storage, 600, {});
    const exported = await runAtTerminal(['links', 'export', file], { STORAGE: `sqlite:${path}` }, []);
    expect(exported.screen).toMatch(/exported .* of 600/);
    const env = { STORAGE: `sqlite:${temporaryFolder()}/other.db` };
    const imported = await runAtTerminal(['links', 'import', file], env, []);
    expect(imported.screen).toMatch(/imported .* of \d{6}/);
    expect(imported.screen).toContain('600 links imported, 0 were there already.');
  });
});
