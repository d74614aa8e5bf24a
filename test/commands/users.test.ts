import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { createHtpasswdFile } from '../../src/users/htpasswd-file.ts';
import { keepLink } from '../storage/storage-conformance.ts';
import { runAtTerminal, runCommand, runCommandApart } from '../support/cli.ts';
import { htpasswd, temporaryFolder } from '../support/server.ts';

const htpasswdTool = existsSync('/usr/bin/htpasswd');

function usersFile(content?: string) {
  const path = join(temporaryFolder(), 'users.htpasswd');
  if (content !== undefined) writeFileSync(path, content);
  const env = { USERS: `file:${path}` };
  return {
    path,
    text: () => readFileSync(path, 'utf8'),
    users: (parameters: readonly string[], input?: string) =>
      runCommand(['users', ...parameters], env, input),
    signIn: async (username: string, password: string) =>
      (await createHtpasswdFile({ path, report: () => {} })).authenticate(username, password),
    env,
  };
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('users add', () => {
  it('makes the file for its owner alone, and whoever was added can sign in', async () => {
    const file = usersFile();
    expect(await file.users(['add', 'bob'], 'correct horse\n')).toMatchObject({
      code: 0,
      out: 'bob was added.\n',
    });
    expect(file.text()).toMatch(/^bob:\$2y\$12\$[./\w]{53}\n$/);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(await file.signIn('bob', 'correct horse')).toMatchObject({ id: 'bob' });
    expect(await file.signIn('bob', 'correct')).toEqual({ refused: 'wrong_password' });
  });

  it('leaves everything else as it was: others, comments, empty lines, permissions, a link to the file', async () => {
    const before = `# our reviewers\n\n${htpasswd}\n# the end`;
    const file = usersFile(before);
    chmodSync(file.path, 0o640);
    const link = join(temporaryFolder(), 'link');
    symlinkSync(file.path, link);
    const result = await runCommand(['users', 'add', 'bob'], { USERS: `file:${link}` }, 'x\n');
    expect(result.code).toBe(0);
    expect(file.text().startsWith(`${before}\nbob:$2y$12$`)).toBe(true);
    expect(statSync(file.path).mode & 0o777).toBe(0o640);
    expect(readdirSync(dirname(file.path))).toEqual([basename(file.path)]);
  });

  it('gives a user who is there a new password, and leaves the last day', async () => {
    const file = usersFile(`#expires 2099-12-31 zoé\n${htpasswd}`);
    expect((await file.users(['add', 'zoé'], 'new\n')).out).toBe(
      'zoé has a new password, and can sign in until the end of 2099-12-31 (UTC).\n',
    );
    expect(await file.signIn('zoé', 'new')).toMatchObject({ id: 'zoé' });
    expect(file.text().match(/^#expires 2099-12-31 zoé$/gm)).toHaveLength(1);
    expect(file.text().match(/zoé/g)).toHaveLength(2);
    expect(await file.signIn('alice', 'wonderland')).toMatchObject({ id: 'alice' });
  });

  it('says when the last day is over or can’t be read, and takes it away with --expires never', async () => {
    for (const day of ['2020-01-01', '2026-02-30']) {
      const file = usersFile(`#expires ${day} zoé\n${htpasswd}`);
      const { out } = await file.users(['add', 'zoé'], 'new\n');
      expect(out).toMatch(/^zoé has a new password, but can’t sign in, since the last day is over/);
      expect(await file.signIn('zoé', 'new')).toEqual({ refused: 'expired' });
      expect((await file.users(['add', 'zoé', '--expires', 'never'], 'new\n')).out).toBe(
        'zoé has a new password.\n',
      );
      expect(await file.signIn('zoé', 'new')).toMatchObject({ id: 'zoé' });
    }
  });

  it('gives a reviewer a last day, after which the password is worth nothing', async () => {
    const file = usersFile();
    const { out } = await file.users(['add', 'reviewer', '--expires', '30d'], 'secret\n');
    expect(out).toBe(`reviewer was added, and can sign in until the end of ${inDays(30)} (UTC).\n`);
    expect(await file.signIn('reviewer', 'secret')).toMatchObject({ id: 'reviewer' });
    expect((await file.users(['list', '--json'])).out).toBe(
      `{"username":"reviewer","until":"${inDays(30)}","expired":false}\n`,
    );
    writeFileSync(file.path, file.text().replace(inDays(30), inDays(-1)));
    expect(await file.signIn('reviewer', 'secret')).toEqual({ refused: 'expired' });
    expect((await file.users(['list'])).out).toContain(`${inDays(-1)} (expired)`);
    await file.users(['add', 'reviewer', '--expires', inDays(0)], 'secret\n');
    expect(await file.signIn('reviewer', 'secret')).toMatchObject({ id: 'reviewer' });
  });

  it.skipIf(!htpasswdTool)('writes what Apache’s own tool accepts and can change', async () => {
    const file = usersFile();
    await file.users(['add', 'reviewer', '--expires', '30d'], 'secret\n');
    const verify = (password: string) =>
      execFileSync('htpasswd', ['-vb', file.path, 'reviewer', password], { stdio: 'pipe' });
    verify('secret');
    expect(() => verify('wrong')).toThrow();
    execFileSync('htpasswd', ['-bB', file.path, 'reviewer', 'changed'], { stdio: 'pipe' });
    verify('changed');
    expect((await file.users(['list'])).out).toContain(inDays(30));
    expect(await file.signIn('reviewer', 'changed')).toMatchObject({ id: 'reviewer' });
  });

  it.each([
    [['add', 'a:b'], 'x\n', 2, /no colon/],
    [['add', '#a'], 'x\n', 2, /no # in front/],
    [['add', ' '], 'x\n', 2, /1 to 256 characters/],
    [['add', 'bob', '--expires', 'tomorrow'], 'x\n', 2, /--expires takes a day/],
    [['add', 'bob', '--expires', '2099-02-30'], 'x\n', 2, /--expires takes a day/],
    [['add', 'bob', '--expires', '2020-01-01'], 'x\n', 2, /is over/],
    [['add', 'bob'], '\n', 1, /empty/],
    [['add', 'bob'], '', 1, /no password on standard input/],
    [['add', 'bob'], `${'ü'.repeat(37)}\n`, 1, /more than 72 bytes/],
    [['add', 'bob', 'secret'], 'x\n', 2, /too many arguments/],
    [['add'], 'x\n', 2, /missing required argument/],
    [['remove', 'nobody'], '', 3, /There is no nobody/],
  ] as const)('refuses %o with a word, and changes nothing', async (parameters, input, code, said) => {
    const file = usersFile(htpasswd);
    const result = await file.users(parameters, input);
    expect(result.code).toBe(code);
    expect(result.err).toMatch(said);
    expect(result.err).not.toMatch(/\bat .*:\d+:\d+/);
    expect(file.text()).toBe(htpasswd);
  });

  it('appends the pepper that the server appends', async () => {
    const file = usersFile();
    const env = { ...file.env, USERS_PEPPER: 'pep' };
    expect((await runCommand(['users', 'add', 'bob'], env, 'secret\n')).code).toBe(0);
    const store = await createHtpasswdFile({ path: file.path, pepper: 'pep', report: () => {} });
    expect(await store.authenticate('bob', 'secret')).toMatchObject({ id: 'bob' });
    expect(await file.signIn('bob', 'secret')).toHaveProperty('refused');
    const long = await runCommand(['users', 'add', 'bob'], env, `${'x'.repeat(70)}\n`);
    expect(long.err).toContain('more than 72 bytes');
  });

  it('reads where the file is from USERS_FILE too', async () => {
    const file = usersFile(htpasswd);
    const setting = join(temporaryFolder(), 'setting');
    writeFileSync(setting, `${file.env.USERS}\n`);
    expect((await runCommand(['users', 'list'], { USERS_FILE: setting })).out).toContain('alice');
  });

  it('puts a new file in the place of the old one, so that nobody reads half of it', async () => {
    const file = usersFile(htpasswd);
    const before = statSync(file.path).ino;
    await file.users(['add', 'bob'], 'x\n');
    expect(statSync(file.path).ino).not.toBe(before);
  });

  it('tells a new person from a known one, also where the last line has no end', async () => {
    const file = usersFile(htpasswd.trimEnd());
    expect(await file.users(['remove', 'nobody'])).toMatchObject({ code: 3, out: '' });
    expect((await file.users(['add', 'bob'], 'x\n')).out).toBe('bob was added.\n');
    expect(file.text().startsWith(`${htpasswd}bob:$2y$12$`)).toBe(true);
  });

  it('leaves alone what it could not write again as it was', async () => {
    const file = usersFile();
    const latin1 = Buffer.from(`zo\xe9:x\n${htpasswd.split('\n')[0]}\n`, 'latin1');
    writeFileSync(file.path, latin1);
    const result = await file.users(['remove', 'alice']);
    expect(result).toMatchObject({ code: 1, err: expect.stringContaining('is not UTF-8') });
    expect(readFileSync(file.path).equals(latin1)).toBe(true);
    const link = join(temporaryFolder(), 'link');
    symlinkSync(join(temporaryFolder(), 'nowhere'), link);
    const dangling = await runCommand(['users', 'add', 'bob'], { USERS: `file:${link}` }, 'x\n');
    expect(dangling).toMatchObject({
      code: 1,
      err: expect.stringContaining('is a link to a file that does not exist'),
    });
  });

  it('shares the lock of a file with a link to it, and refuses what is no regular file', async () => {
    const file = usersFile(htpasswd);
    writeFileSync(`${file.path}.lock`, '');
    const link = join(temporaryFolder(), 'link');
    symlinkSync(file.path, link);
    const busy = await runCommand(['users', 'add', 'bob'], { USERS: `file:${link}` }, 'x\n');
    expect(busy.err).toContain('Another command is changing');
    const folder = await runCommand(['users', 'add', 'bob'], { USERS: `file:${temporaryFolder()}` }, 'x\n');
    expect(folder).toMatchObject({ code: 1, err: expect.stringContaining('is no regular file') });
  });

  it('says so where users are elsewhere, or another change is under way', async () => {
    const elsewhere = await runCommand(['users', 'list'], { USERS: 'ldap://localhost/dc=x' });
    expect(elsewhere).toMatchObject({ code: 1, err: expect.stringContaining('USERS names something else') });
    expect((await runCommand(['users', 'list'])).err).toContain('USERS is not set');
    const file = usersFile(htpasswd);
    writeFileSync(`${file.path}.lock`, '');
    const busy = await file.users(['add', 'bob'], 'x\n');
    expect(busy).toMatchObject({
      code: 1,
      err: expect.stringContaining('Another command is changing'),
    });
    expect(file.text()).toBe(htpasswd);
  });

  it('loses none of many who are added at once', async () => {
    const file = usersFile();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const added = new Set<string>();
    // Whoever is told that another change is under way tries again.
    const add = async (name: string): Promise<void> => {
      if ((await runCommandApart(['users', 'add', name], file.env, 'x\n')).code === 0) added.add(name);
      else await add(name);
    };
    await Promise.all(names.map(add));
    const listed = (await file.users(['list', '--json'])).out.trim().split('\n');
    expect(listed.map((line) => JSON.parse(line).username).sort()).toEqual(names);
  });
});

describe('users remove', () => {
  it('removes a user with the last day, says which file that was and how to end the links', async () => {
    const file = usersFile(`#expires 2030-01-01 alice\n${htpasswd}`);
    const { code, out, err } = await file.users(['remove', 'alice']);
    expect(code).toBe(0);
    expect(err).toBe(`File: ${file.path}\n`);
    expect(out).toMatch(
      /^alice was removed\.\n.*links revoke --subject alice" and the server’s STORAGE\.\n$/,
    );
    expect(file.text()).toBe(`${htpasswd.split('\n')[1]}\n`);
    expect((await file.users(['remove', 'alice'])).err).toContain('links revoke --subject alice');
    const odd = await file.users(['remove', "o'x; reboot"]);
    expect(odd.err).toContain(`links revoke --subject 'o'\\''x; reboot'`);
  });

  it('ends the links with --unlink, so that the next user of that name gets none of them', async () => {
    const file = usersFile(htpasswd);
    const path = join(temporaryFolder(), 'links.db');
    const storage = await openSqliteStorage(path);
    onTestFinished(() => storage.close());
    const mine = await keepLink(storage, { subject: 'alice', username: 'alice' });
    const other = await keepLink(storage, { subject: '7', username: 'alice' });
    const env = { ...file.env, STORAGE: `sqlite:${path}` };
    const first = await runCommand(['users', 'remove', 'zoé'], env);
    expect(first.out).toContain(`links revoke --subject 'zoé'", and next time use --unlink`);
    const { code, out, err } = await runCommand(['users', 'remove', 'alice', '--unlink'], env);
    expect([code, out]).toEqual([0, 'alice was removed.\n1 link revoked.\n']);
    expect(err).toBe(`File: ${file.path}\nStorage: ${path}\n`);
    expect((await storage.links.find(mine.link.id))?.revokedAt).toBeDefined();
    expect((await storage.links.find(other.link.id))?.revokedAt).toBeUndefined();
  });

  it('ends with --unlink what an interrupted call left, and says so where nothing is left', async () => {
    const file = usersFile(htpasswd);
    const path = join(temporaryFolder(), 'links.db');
    const storage = await openSqliteStorage(path);
    onTestFinished(() => storage.close());
    await keepLink(storage, { subject: 'bob', username: 'bob' });
    const env = { ...file.env, STORAGE: `sqlite:${path}` };
    const remove = () => runCommand(['users', 'remove', 'bob', '--unlink'], env);
    expect(await remove()).toMatchObject({ code: 0, out: '1 link revoked.\n' });
    expect(await remove()).toMatchObject({ code: 3, out: '' });
    expect(file.text()).toBe(htpasswd);
    const nowhere = { USERS: `file:${temporaryFolder()}/none` };
    expect((await runCommand(['users', 'remove', 'bob'], nowhere)).code).toBe(3);
  });

  it('removes nobody with --unlink where the links can’t be ended', async () => {
    const file = usersFile(htpasswd);
    const env = { ...file.env, STORAGE: `sqlite:${temporaryFolder()}/none.db` };
    const { code, err } = await runCommand(['users', 'remove', 'alice', '--unlink'], env);
    expect(code).toBe(1);
    expect(err).toContain('set STORAGE as the server has it');
    expect(file.text()).toBe(htpasswd);
  });
});

describe('at a terminal', () => {
  it('asks for the password twice, and shows nothing of it', async () => {
    const file = usersFile();
    const { code, screen } = await runAtTerminal(['users', 'add', 'bob'], file.env, [
      [/Password: /, 'correct horse\rcorrect horse\r'],
    ]);
    expect(screen).not.toContain('horse');
    expect(code).toBe(0);
    expect(await file.signIn('bob', 'correct horse')).toMatchObject({ id: 'bob' });
  });

  it('changes nothing when the two differ, or at Ctrl-C and Ctrl-D', async () => {
    const file = usersFile(htpasswd);
    const differing = await runAtTerminal(['users', 'add', 'bob'], file.env, [
      [/Password: /, 'one\r'],
      [/The same again: /, 'other\r'],
    ]);
    expect(differing.code).toBe(1);
    expect(differing.screen).toContain('The two were not the same');
    for (const key of ['\x03', '\x04']) {
      const left = await runAtTerminal(['users', 'add', 'bob'], file.env, [[/Password: /, key]]);
      expect(left.code).toBe(1);
      expect(left.screen).toMatch(/\nPassword: \s+Nothing was changed\.\s+$/);
    }
    expect(file.text()).toBe(htpasswd);
  });
});

describe('a file of users', () => {
  it('closes an account whose last day can’t be read, says so, and leaves other comments alone', async () => {
    const file = usersFile(`#expires 2026-02-30 alice\n# expires soon zoé\n#expired\n#expires\n${htpasswd}`);
    expect(await file.signIn('alice', 'wonderland')).toHaveProperty('refused');
    expect(await file.signIn('zoé', 'pässwörd')).toHaveProperty('refused');
    const { err } = await file.users(['list']);
    expect(err).toMatch(/line 1: no day like 2026-12-31/);
    expect(err).toMatch(/line 2: no day like/);
    expect(err).not.toMatch(/line 3/);
    expect(err).toMatch(/line 4: no day and username/);
  });

  it('has nobody’s token hold after their last day', async () => {
    const file = usersFile(`#expires ${inDays(-1)} alice\n${htpasswd}`);
    const store = await createHtpasswdFile({ path: file.path, report: () => {} });
    expect(await store.findById?.('alice')).toBeUndefined();
    expect(await store.findById?.('zoé')).toMatchObject({ id: 'zoé' });
  });
});
