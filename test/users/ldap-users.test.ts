import { readFileSync } from 'node:fs';
import type { Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLdapConnections } from '../../src/users/ldap-connection.ts';
import { createLdapUsers, type LdapUsersOptions } from '../../src/users/ldap-users.ts';
import { isUnreachable } from '../../src/users/user-store.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { base, type Directory, noSlapd, service, startSlapd } from '../support/slapd.ts';
import { itOutlivesFaults } from './faults-conformance.ts';
import { describeUserStore, userOf } from './user-store-conformance.ts';

if (noSlapd !== undefined) it.skip(`a directory is left out: ${noSlapd}`, () => {});

describe.skipIf(noSlapd !== undefined)('a directory', () => {
  let directory: Directory;

  beforeAll(async () => {
    directory = await startSlapd();
  });

  afterAll(() => directory.stop());

  async function users(changes: Partial<LdapUsersOptions> = {}) {
    const events: { event: string; [field: string]: unknown }[] = [];
    const store = createLdapUsers({
      url: `ldap://127.0.0.1:${directory.port}`,
      base,
      ...service,
      filter: '(uid={username})',
      startTls: false,
      connections: 10,
      report: (event, fields) => void events.push({ event, ...fields }),
      ...changes,
    });
    return { store, events };
  }

  describeUserStore('a directory, searched by a service', async () => ({
    store: (await users()).store,
    username: 'alice',
    password: 'wonderland',
    isJudgedElsewhere: true,
  }));

  it('gives the id that stays, the name and the address', async () => {
    const { store } = await users();
    const alice = await store.authenticate('alice', 'wonderland');
    expect(alice).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Alice Liddell',
      email: 'alice@example.com',
    });
    expect(await store.authenticate('zoé', 'wonderland')).toMatchObject({ name: 'zoé' });
    await store.close();
  });

  it('is searched anonymously where there is no service, also after somebody has signed in', async () => {
    const { store } = await users({ bindDn: '', bindPassword: '' });
    for (let time = 0; time < 3; time += 1) {
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      expect(await store.authenticate('alice', 'wrong')).toEqual({ refused: 'wrong_password' });
    }
    await store.close();
  });

  it('never lets anybody in without a password (RFC 4513 5.1.2)', async () => {
    const { store } = await users();
    for (const username of ['alice', 'nopassword', '']) {
      expect(await store.authenticate(username, '')).toHaveProperty('refused');
    }
    expect(await store.authenticate('nopassword', 'x')).toEqual({ refused: 'wrong_password' });
    await store.close();
  });

  it('takes a name for a name and never for a part of the filter (RFC 4515 3)', async () => {
    const { store } = await users();
    await store.authenticate('alice', 'wrong');
    for (const username of [
      '*',
      'a*',
      'alice)(uid=*',
      'alice)(|(uid=*',
      '\\61lice',
      'al\0ice',
      '(',
      ')',
      '\\',
      '{username}',
      '$&',
    ]) {
      expect(await store.authenticate(username, 'wonderland'), username).toHaveProperty('refused');
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
    }
    await store.close();
  });

  it('signs nobody in where the filter finds several, and says so', async () => {
    const { store, events } = await users({ filter: '(cn={username})' });
    expect(await store.authenticate('twin', 'wonderland')).toEqual({ refused: 'several_entries' });
    expect(events).toMatchObject([{ event: 'users.ambiguous' }]);
    await store.close();
  });

  it('follows no referral', async () => {
    const { store } = await users();
    await store.authenticate('alice', 'wrong');
    expect(await store.authenticate('elsewhere', 'wonderland')).toEqual({ refused: 'unknown_user' });
    await store.close();
  });

  it('knows Active Directory: its names, its id, and who is switched off', async () => {
    const { store } = await users({ filter: '(&(objectClass=adUser)(sAMAccountName={username}))' });
    const id = '00112233-4455-6677-8899-aabbccddeeff';
    const only = await users({ filter: '(sAMAccountName={username})', idAttribute: 'objectGUID' });
    expect(await only.store.authenticate('ADA', 'wonderland')).toEqual({ id, name: 'ada' });
    expect(await only.store.findById?.(id)).toEqual({ id, name: 'ada' });
    expect(await only.store.findById?.('alice')).toBeUndefined();
    expect(await store.authenticate('off', 'wonderland')).toEqual({ refused: 'disabled' });
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('refused');
    await Promise.all([store.close(), only.store.close()]);
  });

  it('finds by id only who the filter still lets in', async () => {
    const anybody = await users();
    const alice = userOf(await anybody.store.authenticate('alice', 'wonderland'));
    const { store } = await users({ filter: '(&(description=one)(uid={username}))' });
    expect(await anybody.store.findById?.(alice.id)).toMatchObject({ name: 'Alice Liddell' });
    expect(await store.findById?.(alice.id)).toBeUndefined();
    expect(await store.findById?.('*')).toBeUndefined();
    await Promise.all([store.close(), anybody.store.close()]);
  });

  it('takes any attribute for the id, and says when an entry lacks it', async () => {
    const { store } = await users({ idAttribute: 'MAIL' });
    expect(await store.authenticate('alice', 'wonderland')).toMatchObject({ id: 'alice@example.com' });
    await expect(store.authenticate('twin', 'wonderland')).rejects.toThrow(
      /no MAIL: set USERS_LDAP_ID_ATTRIBUTE/,
    );
    await store.close();
  });

  it('speaks TLS from the beginning or by StartTLS, with the authority that it is given', async () => {
    const ca = readFileSync(directory.certificates.ca, 'utf8');
    const secure = { url: `ldaps://127.0.0.1:${directory.securePort}` };
    for (const changes of [
      { ...secure, ca },
      { startTls: true, ca },
      { url: `ldap://localhost:${directory.port}`, startTls: true, ca },
    ]) {
      const { store } = await users(changes);
      for (let time = 0; time < 2; time += 1) {
        expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      }
      await store.close();
    }
    for (const changes of [secure, { startTls: true }]) {
      const { store } = await users(changes);
      const error = await store.ping().catch((cause: unknown) => cause);
      expect(String(error)).toMatch(/certificate/);
      // So a start ends, and does not wait.
      expect(isUnreachable(error)).toBe(false);
      await store.close();
    }
  });

  it.each([
    [{ base: 'dc=elsewhere' }, /the directory has no dc=elsewhere/, false],
    [{ bindPassword: 'wrong' }, /USERS_LDAP_BIND_DN or USERS_LDAP_BIND_PASSWORD is wrong/, false],
    [{ url: 'ldap://127.0.0.1:1' }, /ECONNREFUSED/, true],
  ])('is not ready with %o', async (changes, problem, mayPass) => {
    const { store } = await users(changes);
    const error = await store.ping().catch((cause: unknown) => cause);
    expect(String(error)).toMatch(problem);
    expect(isUnreachable(error)).toBe(mayPass);
    await store.close();
  });

  it('is not taken with a filter that is none', async () => {
    await expect(users({ filter: '(uid={username}))' })).rejects.toThrow(/USERS_LDAP_FILTER is no filter/);
  });

  describe('behind a network', () => {
    const flaky = async (changes: Partial<LdapUsersOptions> = {}) => {
      const proxy = await startFlakyProxy(directory.port);
      const { store } = await users({ url: `ldap://127.0.0.1:${proxy.port}`, ...changes });
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      return { proxy, store };
    };

    itOutlivesFaults(() => flaky());

    it('gives up handshakes that never end, and their places', async () => {
      const ca = readFileSync(directory.certificates.ca, 'utf8');
      const proxy = await startFlakyProxy(directory.securePort);
      const { store } = await users({ url: `ldaps://127.0.0.1:${proxy.port}`, ca, connections: 2 });
      await proxy.become('closing');
      await expect.poll(() => proxy.open()).toBe(0);
      await proxy.become('silent');
      const startedAt = performance.now();
      const many = Array.from({ length: 6 }, () => store.authenticate('alice', 'wonderland'));
      for (const { status } of await Promise.allSettled(many)) expect(status).toBe('rejected');
      expect(performance.now() - startedAt).toBeLessThan(9500);
      await proxy.become('closing');
      await proxy.become('working');
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      await store.close();
    });

    it('frees the place of an attempt that is given up just after its turn has come', async () => {
      const ca = readFileSync(directory.certificates.ca, 'utf8');
      const proxy = await startFlakyProxy(directory.securePort);
      const { store } = await users({ url: `ldaps://127.0.0.1:${proxy.port}`, ca, connections: 1 });
      await proxy.become('silent');
      const before = proxy.sent().length;
      const first = store.authenticate('alice', 'wonderland');
      await expect.poll(() => proxy.sent().length).toBeGreaterThan(before);
      // Connects when the first one ends, and has by then nearly used up its own time.
      const second = store.authenticate('alice', 'wonderland');
      for (const { status } of await Promise.allSettled([first, second])) expect(status).toBe('rejected');
      await proxy.become('working');
      const startedAt = performance.now();
      expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
      // It waits for no time-out, neither its own nor the rest of the second one's.
      expect(performance.now() - startedAt).toBeLessThan(4000);
      await store.close();
    });

    it('notices by itself that connections were closed, with TLS and without', async () => {
      const ca = readFileSync(directory.certificates.ca, 'utf8');
      for (const changes of [{}, { startTls: true, ca }]) {
        const { proxy, store } = await flaky(changes);
        await proxy.become('closing');
        await proxy.become('working');
        await expect.poll(() => proxy.open()).toBe(0);
        // The other side learns of it in one of the next turns.
        for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
        expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
        await store.close();
      }
    });

    it.each([
      ['the bind', false],
      ['the TLS that it began with', true],
    ])('never connects again by itself, which would leave out %s', async (_what, startTls) => {
      const proxy = await startFlakyProxy(directory.port);
      const withConnection = createLdapConnections({
        url: `ldap://127.0.0.1:${proxy.port}`,
        ...service,
        startTls,
        ca: readFileSync(directory.certificates.ca, 'utf8'),
        connections: 1,
      });
      const signIn = (client: Client) => client.bind(`uid=alice,ou=people,${base}`, 'wonderland');
      const sentBefore = proxy.sent();
      const using = withConnection(async (client) => {
        await proxy.become('closing');
        await proxy.become('working');
        await expect.poll(() => proxy.open()).toBe(0);
        for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
        await signIn(client);
      });
      await expect(using).rejects.toSatisfy(isUnreachable);
      expect(proxy.sent().slice(sentBefore.length)).not.toContain('wonderland');
      await withConnection(signIn);
      if (startTls) expect(proxy.sent()).not.toMatch(/wonderland|service secret/);
    });
  });
});
