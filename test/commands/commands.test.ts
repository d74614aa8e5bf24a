import { exec } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/commands/program.ts';
import { parseConfig } from '../../src/config/config.ts';
import { parsePasswordHash } from '../../src/passwords/password-hash.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { keepCode, keepLink, keepMany } from '../storage/storage-conformance.ts';
import { runAtTerminal, runCommand, runCommandApart } from '../support/cli.ts';
import { awsEnvironment } from '../support/dynamodb.ts';
import { runHere } from '../support/run-here.ts';
import { cloudLights, settings, temporaryFolder } from '../support/server.ts';
import { startStorages } from '../support/storages.ts';

const { engines } = startStorages();
const day = 86_400;
const now = Math.floor(Date.now() / 1000);

describe('every command', () => {
  it.each([
    [],
    ['users'],
    ['users', 'add'],
    ['users', 'remove'],
    ['users', 'list'],
    ['hash-password'],
    ['keys'],
    ['keys', 'generate'],
    ['check-config'],
    ['links'],
    ['links', 'list'],
    ['links', 'revoke'],
    ['links', 'prune'],
    ['links', 'export'],
    ['links', 'import'],
    ['migrate'],
  ])('explains itself: %s %s --help', async (...words) => {
    const { code, out } = await runCommand([...words.filter(Boolean), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: alexa-link/);
    const isGroup = ['', 'users', 'keys', 'links'].includes(words.join(' '));
    expect(out.includes('Example:\n')).toBe(!isGroup);
  });

  it.each([
    [['link']],
    [['users', 'ad']],
    [['links', 'list', '--usr', 'x']],
    [['links', 'list', '--limit', '0']],
    [['links', 'prune']],
    [['links', 'export']],
    [[]],
  ])('ends with 2 when it was called in a wrong way: %o', async (parameters) => {
    const { code, err, out } = await runCommand(parameters);
    expect(code).toBe(2);
    expect(err + out).toMatch(/--help|Usage/);
  });

  it('says which release this is', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(await runCommandApart(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('lists what is wrong with the configuration, and ends with 1', async () => {
    const { code, err } = await runCommandApart(['links', 'list'], { STORAGE: 'mongodb://x', PORT: 'x' });
    expect(code).toBe(1);
    expect(err).toContain('STORAGE must begin with');
    expect(err).toContain('PORT must be');
  });

  it('says in a word that the storage can’t be reached', async () => {
    for (const STORAGE of [
      'postgres://me:secret@127.0.0.1:1/links',
      'dynamodb:links?region=eu-west-1&endpoint=http://127.0.0.1:1',
      `sqlite:${import.meta.filename}`,
    ]) {
      const { code, err } = await runCommand(['links', 'list'], { ...awsEnvironment, STORAGE });
      expect(code, STORAGE).toBe(1);
      expect(err, STORAGE).toMatch(/^Storage: .*\nSTORAGE can’t be opened at /);
      expect(err, STORAGE).not.toMatch(/secret|\bat .*:\d+:\d+/);
    }
  });
});

describe('hash-password', () => {
  it('prints a hash that verifies', async () => {
    const { out } = await runCommandApart(['hash-password'], {}, 'correct horse\n');
    const parsed = parsePasswordHash(out);
    expect(out).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect('hash' in parsed && (await parsed.hash.verify('correct horse'))).toBe(true);
    expect(await runCommand(['hash-password'], {}, '\n')).toMatchObject({ code: 1, out: '' });
  });
});

describe('check-config', () => {
  it('says that all is right, or all that isn’t, to people and to scripts', async () => {
    const env = await settings(temporaryFolder());
    expect(await runCommand(['check-config'], env)).toMatchObject({
      code: 0,
      out: 'The configuration is right.\n',
    });
    const CLIENTS = JSON.stringify([{ ...cloudLights, brand_color: '#fe0' }]);
    const noted = await runCommand(['check-config'], { ...env, CLIENTS });
    expect(noted.out).toMatch(/^Note: CLIENTS\[0\]\.brand_color is #fe0.*\nThe configuration is right\.\n$/);
    const wrong = { ...env, PORT: 'x', STORAGE: 'x', USER_PEPPER: 'x', USERS_PEPER: 'x' };
    const people = await runCommand(['check-config'], wrong);
    expect(people.code).toBe(1);
    expect(people.out).toMatch(/Warning: USERS_PEPER is set.*Problem: PORT must be.*Problem: STORAGE must/s);
    const scripts = await runCommand(['check-config', '--json'], wrong);
    expect(JSON.parse(scripts.out)).toMatchObject({
      ok: false,
      problems: [{ setting: 'PORT' }, { setting: 'STORAGE' }],
    });
  });

  it('reads a .env in development alone, says so in production, and names one that is not UTF-8', async () => {
    const cwd = temporaryFolder();
    const check = async (content: string | Buffer, env: Record<string, string>) => {
      writeFileSync(join(cwd, '.env'), content);
      return (await runHere(() => runCli(['check-config']), { cwd, env })).out;
    };
    const behind = { PUBLIC_URL: 'https://link.example.com', TRUST_PROXY: 'none' };
    const inFolder = (name: string) => join(realpathSync(cwd), name);
    const text = '\uFEFFPORT=nowhere\r\nLOG_LEVEL=debug\r\n';
    expect(await check(text, {})).toBe('Problem: PORT must be a whole number from 1 to 65535\n');
    expect(await check(text, { PORT: '9000' })).toBe('The configuration is right.\n');
    for (const NODE_ENV of ['production', ' production '])
      expect(await check(text, { ...(await settings(cwd)), ...behind, NODE_ENV })).toBe(
        `Warning: ${inFolder('.env')} is not read, since NODE_ENV is production: set what is in it in the environment\nThe configuration is right.\n`,
      );
    expect(await check('NODE_ENV=production\n', {})).toMatch(
      /\.env sets NODE_ENV to production, which reads no such file: set all/,
    );
    expect(await check(Buffer.from(text, 'utf16le'), {})).toBe(
      `Problem: ${inFolder('.env')} is UTF-16: save it as UTF-8\n`,
    );
  });

  it('opens users and storage when told to', async () => {
    const env = await settings(temporaryFolder());
    expect((await runCommandApart(['check-config', '--connect'], env)).code).toBe(0);
    const away = { ...env, STORAGE: 'postgres://me:secret@127.0.0.1:1/links' };
    expect((await runCommand(['check-config'], away)).code).toBe(0);
    const { code, out } = await runCommand(['check-config', '--connect'], away);
    expect(code).toBe(1);
    expect(out).toMatch(
      /Problem: STORAGE can’t be opened at postgres:\/\/127\.0\.0\.1:1\/links: .*: nothing listens there/,
    );
    const nobody = { ...env, USERS: 'ldap://127.0.0.1:1/dc=x' };
    const withoutUsers = await runCommand(['check-config', '--connect'], nobody);
    expect(withoutUsers.code).toBe(1);
    expect(withoutUsers.out).toMatch(/Problem: USERS can’t be used at ldap:.* nothing listens there/);
  });
});

describe('keys generate', () => {
  it('prints a set that SIGNING_KEYS takes, another one each time', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => runCommand(['keys', 'generate'])));
    const parsed = parseConfig({ ACCESS_TOKEN_FORMAT: 'jwt', SIGNING_KEYS: one?.out });
    expect('config' in parsed && parsed.config.signingKeys?.published).toHaveLength(1);
    expect(one?.out).not.toBe(other?.out);
  });

  it('makes keys of RSA with --rsa, also beside others', async () => {
    const file = join(temporaryFolder(), 'keys.json');
    for (const more of [[], ['--rsa']])
      expect((await runCommand(['keys', 'generate', '--in', file, ...more])).code).toBe(0);
    const parsed = parseConfig({ ACCESS_TOKEN_FORMAT: 'jwt', SIGNING_KEYS: file });
    const keys = 'config' in parsed ? parsed.config.signingKeys : undefined;
    expect(keys?.signing.alg).toBe('RS256');
    expect(keys?.published.map(({ alg }) => alg)).toEqual(['RS256', 'ES256']);
  });

  it('puts a new key first into a file, or second, and keeps the others', async () => {
    const file = join(temporaryFolder(), 'keys.json');
    const kids = () => JSON.parse(readFileSync(file, 'utf8')).keys.map(({ kid }: { kid: string }) => kid);
    const generate = async (...more: string[]) => {
      const { out, code } = await runCommand(['keys', 'generate', '--in', file, ...more]);
      expect(code).toBe(0);
      return out;
    };
    expect(await generate('--second')).toContain('is now the first');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [first] = kids();
    expect(await generate('--second')).toContain('is now the second: published, and not signing yet');
    const [, second] = kids();
    expect(await generate()).toContain('is now the first: it signs from the next start on');
    expect(kids().slice(1)).toEqual([first, second]);
    const parsed = parseConfig({ ACCESS_TOKEN_FORMAT: 'jwt', SIGNING_KEYS: file });
    expect('config' in parsed && parsed.config.signingKeys?.signing.kid).toBe(kids()[0]);
  });

  it('leaves a file alone that it can’t read', async () => {
    const file = join(temporaryFolder(), 'keys.json');
    writeFileSync(file, '{"keys": [{"kty": "RSA", "d": "very secret"}]}');
    const { code, err } = await runCommand(['keys', 'generate', '--in', file]);
    expect(code).toBe(1);
    expect(err).toContain('because of what is in it: its content.keys[0] must be a key for ES256');
    expect(err).not.toContain('[object');
    expect(err).not.toContain('very secret');
    expect(readFileSync(file, 'utf8')).toContain('very secret');
  });
});

describe('migrate', () => {
  it('makes a DynamoDB table, and says that it is ready as often as it is asked', async () => {
    const { location } = await engines.DynamoDB();
    const STORAGE = location().replace(/dynamodb:[\w-]+/, 'dynamodb:made-by-command');
    const env = { ...awsEnvironment, STORAGE };
    expect((await runCommand(['links', 'list'], env)).err).toContain('make it with "alexa-link migrate"');
    for (let time = 0; time < 2; time += 1)
      expect(await runCommandApart(['migrate'], env)).toMatchObject({
        code: 0,
        out: 'Ready: the DynamoDB table made-by-command\n',
      });
    expect((await runCommand(['links', 'list'], env)).out).toBe('0 links.\n');
  });
});

describe('links', () => {
  async function some() {
    const path = join(temporaryFolder(), 'links.db');
    const storage = await openSqliteStorage(path);
    onTestFinished(() => storage.close());
    const keep = async (changes: Parameters<typeof keepLink>[1]) =>
      (await keepLink(storage, { createdAt: now - 400 * day, ...changes })).link;
    const alice = await keep({ subject: '17', username: 'alice', lastUsedAt: now - day });
    const old = await keep({ subject: '17', username: 'alice', clientId: 'other-skill' });
    const zoé = await keep({ createdAt: now, reference: 'AAAA-BBBB' });
    const gone = await keep({ subject: '17', username: 'alice' });
    await storage.links.revoke(gone.id, now - day);
    const live = async () =>
      (await Array.fromAsync(storage.links.list({ liveAt: now }))).map(({ id }) => id).sort();
    const ids = (...links: { id: string }[]) => links.map(({ id }) => id).sort();
    const links = (...parameters: string[]) =>
      runCommand(['links', ...parameters], { STORAGE: `sqlite:${path}` });
    return { storage, path, alice, old, zoé, gone, live, ids, links };
  }

  it('are listed by user, client, reference, use and state, in columns and as JSON', async () => {
    const { storage, path, alice, old, zoé, gone, links, ids } = await some();
    const listed = async (...parameters: string[]) => {
      const { out, code } = await links('list', '--json', ...parameters);
      expect(code).toBe(0);
      return out
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line).link_id]))
        .sort();
    };
    expect(await listed()).toEqual(ids(alice, old, zoé));
    expect(await listed('--all')).toEqual(ids(alice, old, zoé, gone));
    for (const user of [
      ['--user', 'alice'],
      ['--subject', '17'],
    ])
      expect(await listed(...user)).toEqual(ids(alice, old));
    for (const user of [
      ['--user', '17'],
      ['--subject', 'alice'],
    ])
      expect(await listed(...user)).toEqual([]);
    expect(await listed('--reference', 'AAAA-BBBB')).toEqual(ids(zoé));
    expect(await listed('--limit', '2')).toHaveLength(2);
    expect(await listed('--client', 'other-skill')).toEqual(ids(old));
    expect(await listed('--unused-days', '30')).toEqual(ids(old));
    expect(await listed('--link', old.id, gone.id, 'nothing')).toEqual(ids(old));
    const { out } = await links('list', '--json', '--user', 'alice', '--client', 'cloud-lights');
    expect(JSON.parse(out)).toEqual({
      link_id: alice.id,
      client_id: 'cloud-lights',
      subject: '17',
      username: 'alice',
      scope: 'profile lights',
      redirect_host: 'layla.amazon.com',
      reference: 'K7QM-2R9X',
      state: 'live',
      created_at: new Date(alice.createdAt * 1000).toISOString(),
      last_used_at: new Date((now - day) * 1000).toISOString(),
    });
    const pending = await keepCode(storage, {
      clientId: 'p',
      createdAt: now,
      expiresAt: now + 300,
    });
    const [waiting] = (await links('list', '--json', '--client', 'p')).out.split('\n');
    expect(JSON.parse(waiting ?? '')).toMatchObject({ link_id: pending.id, state: 'pending' });
    const table = (await links('list', '--all')).out;
    expect(table.split('\n')[0]).toMatch(/^LINK +CLIENT +SUBJECT +USERNAME +SINCE +LAST USED +STATE$/);
    expect(table).toMatch(new RegExp(`${gone.id} +cloud-lights +17 +alice +.* +never +revoked`));
    expect(table).toMatch(/\n5 links\.\n$/);
    expect((await links('list', '--limit', '1')).out).toMatch(/\n1 link, and there are more\.\n$/);
    expect((await links('list', '--limit', '4')).out).toMatch(/\n4 links\.\n$/);
    expect(await links('list', '--user', 'nobody')).toMatchObject({
      out: '0 links.\n',
      err: `Storage: ${path}\n`,
    });
  });

  it('are revoked by user, client and id, and only listed with --dry-run', async () => {
    const { alice, old, zoé, live, ids, links } = await some();
    const dry = await links('revoke', '--user', 'alice', '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/\n2 links would be revoked\.\n$/) });
    for (const { id } of [alice, old]) expect(dry.out).toContain(id);
    expect(await live()).toEqual(ids(alice, old, zoé));
    expect((await links('revoke', '--user', 'alice', '--client', 'other-skill')).out).toBe(
      '1 link revoked.\n',
    );
    expect(await live()).toEqual(ids(alice, zoé));
    expect(
      (await links('revoke', '--link', alice.id, zoé.id, '--json')).out.trim().split('\n').sort(),
    ).toEqual([alice.id, zoé.id].map((id) => JSON.stringify({ link_id: id, revoked: true })).sort());
    expect(await live()).toEqual([]);
    expect(await links('revoke', '--user', 'alice')).toMatchObject({ code: 3, out: '' });
    expect(await links('revoke', '--link', 'nothing')).toMatchObject({ code: 3 });
    expect(await links('revoke', '--dry-run')).toMatchObject({ code: 2 });
  });

  it('are erased without a trace, those that were over too, and nobody else’s', async () => {
    const { storage, zoé, links } = await some();
    expect((await links('revoke', '--subject', '17', '--erase')).out).toBe('3 links erased.\n');
    expect(await Array.fromAsync(storage.links.list({}))).toEqual([zoé]);
  });

  it('are not looked for in a file that is not there, which is not made either', async () => {
    const folder = temporaryFolder();
    const STORAGE = `sqlite:${folder}/typo/links.db`;
    for (const command of [['list'], ['revoke', '--user', 'alice', '--erase']]) {
      const { code, err } = await runCommand(['links', ...command], { STORAGE });
      expect(code).toBe(1);
      expect(err).toContain(`Storage: ${folder}/typo/links.db\n`);
      expect(err).toContain('nothing of this server is there: set STORAGE as the server has it');
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['SQLite', 'PostgreSQL'] as const)('are not looked for in an empty database: %s', async (name) => {
    const { location } = await engines[name]();
    const { code, out, err } = await runCommand(['links', 'revoke', '--user', 'alice'], {
      STORAGE: location(),
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('nothing of this server is there');
    expect((await runCommand(['migrate'], { STORAGE: location() })).code).toBe(0);
    expect((await runCommand(['links', 'revoke', '--user', 'alice'], { STORAGE: location() })).code).toBe(3);
  });

  it('are not looked for in another program’s SQLite file, which stays as it is', async () => {
    const path = join(temporaryFolder(), 'notes.db');
    const notes = new DatabaseSync(path);
    notes.exec('create table notes (text)');
    notes.close();
    const before = readFileSync(path);
    const { code, err } = await runCommand(['links', 'list'], { STORAGE: `sqlite:${path}` });
    expect(code).toBe(1);
    expect(err).toContain('nothing of this server is there');
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(dirname(path))).toEqual(['notes.db']);
  });

  it('are printed to somebody who reads only the first, and revoked all the same', async () => {
    const { storage, path, live, ids, zoé } = await some();
    await keepMany(storage, 3000, { subject: '17' });
    const cli = `${process.execPath} ${join(import.meta.dirname, '../../src/cli.ts')} links`;
    const head = (command: string) =>
      promisify(exec)(`${cli} ${command} | head -n 1`, {
        env: { ...process.env, STORAGE: `sqlite:${path}` },
      });
    for (const command of ['list', 'list --json', 'revoke --subject 17 --json']) {
      const { stdout, stderr } = await head(command);
      expect(stdout.trim().split('\n'), command).toHaveLength(1);
      expect(stderr, command).toBe(`Storage: ${path}\n`);
    }
    expect(await live()).toEqual(ids(zoé));
  });

  it('show no control characters to a terminal', async () => {
    const { storage, links } = await some();
    await keepLink(storage, { username: 'a\u001b[2Jb\u0007', createdAt: now });
    expect((await links('list')).out).toContain('a\uFFFD[2Jb\uFFFD');
  });

  it('are pruned when nobody has used them', async () => {
    const { alice, old, zoé, live, ids, links } = await some();
    expect((await links('prune', '--unused-days', '30', '--dry-run')).out).toMatch(
      /\n1 link would be revoked\.\n$/,
    );
    expect(await live()).toEqual(ids(alice, old, zoé));
    expect((await links('prune', '--unused-days', '30')).out).toBe('1 link revoked.\n');
    expect(await live()).toEqual(ids(alice, zoé));
    expect(await links('prune', '--unused-days', '30')).toMatchObject({
      code: 0,
      out: 'No link was unused for so long.\n',
    });
    for (const days of ['0', '-1', 'x', '1.5'])
      expect((await links('prune', '--unused-days', days)).code).toBe(2);
  });

  it('are not pruned where skills check tokens by themselves, unless that is meant', async () => {
    const { path, old, live } = await some();
    const env = { STORAGE: `sqlite:${path}`, ACCESS_TOKEN_FORMAT: 'jwt' };
    const refused = await runCommand(['links', 'prune', '--unused-days', '30'], env);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('leaves no trace of use') });
    expect(await live()).toContain(old.id);
    expect((await runCommand(['links', 'prune', '--unused-days', '30', '--jwt-too'], env)).code).toBe(0);
    expect(await live()).not.toContain(old.id);
  });

  it('are many, and a bar shows a person at a terminal how far it is', async () => {
    const { storage, path } = await some();
    await keepMany(storage, 600, { subject: 'many' });
    const env = { STORAGE: `sqlite:${path}` };
    const { code, screen } = await runAtTerminal(['links', 'revoke', '--subject', 'many'], env, []);
    expect(code).toBe(0);
    expect(screen).toMatch(/revoked .* of 600/);
    expect(screen).toContain('600 links revoked.');
  });

  it.each(['PostgreSQL', 'DynamoDB'] as const)('are revoked in %s too', async (name) => {
    const place = await engines[name]();
    const { openStorage } = await import('../../src/adapters.ts');
    const parsed = parseConfig({ STORAGE: place.location() });
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    const storage = await openStorage(parsed.config.storage);
    onTestFinished(() => storage.close());
    const { link } = await keepLink(storage, { createdAt: now });
    const env = { ...awsEnvironment, STORAGE: place.location() };
    expect((await runCommandApart(['links', 'revoke', '--user', 'zoé'], env)).out).toBe('1 link revoked.\n');
    expect((await storage.links.find(link.id))?.revokedAt).toBeGreaterThanOrEqual(now);
  });
});
