import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hashPassword } from '../../src/passwords/password-hash.ts';
import { createHtpasswdFile } from '../../src/users/htpasswd-file.ts';
import { createDemoUser } from '../../src/users/password-list.ts';
import { isUnreachable } from '../../src/users/user-store.ts';
import { htpasswd, temporaryFolder } from '../support/server.ts';
import { describeUserStore } from './user-store-conformance.ts';

const alice = htpasswd.split('\n')[0] ?? '';

async function fileStore(content: string) {
  const path = join(temporaryFolder(), 'users.htpasswd');
  writeFileSync(path, content);
  // Every look at the file is a second after the one before.
  let time = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    time += 1001;
    return time;
  });
  onTestFinished(() => clock.mockRestore());
  const events: { event: string; [field: string]: unknown }[] = [];
  const store = await createHtpasswdFile({
    path,
    report: (event, fields) => void events.push({ event, ...fields }),
  });
  return { path, store, events };
}

describeUserStore('an htpasswd file', async () => {
  const mixed = `${alice}\nbob:${await hashPassword('x')}\ncarol:${await hashPassword('y')}\n`;
  return { ...(await fileStore(mixed)), username: 'bob', password: 'x' };
});

describeUserStore('an htpasswd file with one bcrypt user', async () => {
  return { ...(await fileStore(alice)), username: 'alice', password: 'wonderland' };
});

describeUserStore('the demo user', async () => {
  return { store: await createDemoUser('demo', 'secret'), username: 'demo', password: 'secret' };
});

describe('an htpasswd file', () => {
  it('is read again when it changes, whether written over or replaced', async () => {
    const { path, store } = await fileStore(alice);
    writeFileSync(path, `bob:${await hashPassword('first')}\n`);
    expect(await store.authenticate('bob', 'first')).toHaveProperty('id');
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('refused');
    writeFileSync(`${path}.new`, `bob:${await hashPassword('secnd')}\n`);
    renameSync(`${path}.new`, path);
    expect(await store.authenticate('bob', 'first')).toHaveProperty('refused');
    expect(await store.authenticate('bob', 'secnd')).toHaveProperty('id');
  });

  it('no longer finds a person whose line was removed', async () => {
    const { path, store } = await fileStore(htpasswd);
    expect(await store.findById?.('zoé')).toEqual({ id: 'zoé', username: 'zoé' });
    writeFileSync(path, alice);
    utimesSync(path, 1, 1);
    expect(await store.findById?.('zoé')).toBeUndefined();
  });

  it('takes nobody for gone while the file is just being written', async () => {
    const { path, store } = await fileStore(htpasswd);
    writeFileSync(path, '');
    expect(await store.authenticate('zoé', 'pässwörd')).toHaveProperty('refused');
    expect(await store.findById?.('zoé')).toBeDefined();
    writeFileSync(path, htpasswd);
    utimesSync(path, 1, 1);
    expect(await store.authenticate('zoé', 'pässwörd')).toHaveProperty('id');
    expect(await store.findById?.('zoé')).toBeDefined();
  });

  it('compares names in one form of their letters, however they are written in it', async () => {
    const { store } = await fileStore(htpasswd.normalize('NFD'));
    expect(await store.authenticate('zoé', 'pässwörd')).toHaveProperty('id');
  });

  it('skips damaged lines, says their numbers, and lets the others sign in', async () => {
    const { store, events } = await fileStore(
      [
        '# people',
        '',
        'no colon here',
        ':nobody',
        `${alice}:extra`,
        'alice:again',
        'dave:$apr1$x$y',
        'eve:$2y$05$short',
      ].join('\r\n'),
    );
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
    const skipped = events.filter(({ event }) => event === 'users.line_skipped');
    expect(skipped.map(({ line }) => line)).toEqual([3, 4, 6, 7, 8]);
    expect(JSON.stringify(events)).not.toMatch(/\$05|again|nobody|dave/);
    expect(events[0]).toEqual({ event: 'users.loaded', users: 1, skipped: 5 });
  });

  it('rejects a sign-in while the file is gone, holds on to whom it knew, and recovers', async () => {
    const { path, store, events } = await fileStore(alice);
    rmSync(path);
    const error = await store.authenticate('alice', 'wonderland').catch((cause: unknown) => cause);
    expect(isUnreachable(error)).toBe(true);
    expect(error).toMatchObject({ cause: { code: 'ENOENT' } });
    await expect(store.ping()).rejects.toThrow(/ENOENT/);
    expect(await store.findById?.('alice')).toBeDefined();
    expect(events.map(({ event }) => event)).toContain('users.unavailable');
    writeFileSync(path, alice);
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
  });

  it('lets nobody in when it is empty', async () => {
    const { store } = await fileStore('');
    expect(await store.authenticate('alice', '')).toHaveProperty('refused');
  });

  it('may begin with a byte order mark', async () => {
    const { store } = await fileStore(`\uFEFF${alice}`);
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
  });

  it('must be there at start', async () => {
    await expect(createHtpasswdFile({ path: '/nowhere', report: () => {} })).rejects.toThrow(/ENOENT/);
  });
});
