import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import {
  type AccessTokenKey,
  type AccessTokenRecord,
  type CodeRecord,
  type Link,
  type LinkFilter,
  type RefreshTokenRecord,
  type Renewal,
  recordSeconds,
  type Storage,
  unredeemedSeconds,
} from '../../src/storage/stores.ts';

export const madeAt = 1_800_000_000;

export function newLink(changes: Partial<Link> = {}): Link {
  return {
    id: randomUUID(),
    clientId: 'cloud-lights',
    subject: 'zoé',
    username: 'zoé',
    scope: 'profile lights',
    redirectHost: 'layla.amazon.com',
    reference: 'K7QM-2R9X',
    createdAt: madeAt,
    ...changes,
  };
}

export function newToken(changes: Partial<AccessTokenRecord> = {}): AccessTokenRecord {
  return { digest: sha256(randomUUID()), issuedAt: madeAt, ...changes };
}

/** Keeps a link with a token, and gives both with what finds them. */
export async function keepLink(
  { links }: Pick<Storage, 'links'>,
  changes: Partial<Link> = {},
): Promise<{ link: Link; accessToken: AccessTokenRecord; key: AccessTokenKey }> {
  const link = newLink(changes);
  const accessToken = newToken({ expiresAt: link.expiresAt });
  await links.create(link, accessToken);
  return { link, accessToken, key: { linkId: link.id, digest: accessToken.digest } };
}

function newCode(changes: Partial<CodeRecord> = {}): CodeRecord {
  return { digest: sha256(randomUUID()), redirectUri: 'https://example.com/?a=b', ...changes };
}

function newRefreshToken(changes: Partial<RefreshTokenRecord> = {}): RefreshTokenRecord {
  return {
    familyDigest: sha256('family'),
    digest: sha256(randomUUID()),
    issuedAt: madeAt,
    answered: false,
    predecessors: [],
    ...changes,
  };
}

export function newRenewal(
  changes: Partial<Renewal & { refreshToken: RefreshTokenRecord }> = {},
): Renewal & { refreshToken: RefreshTokenRecord } {
  return { ...newAccess(), ...changes, refreshToken: changes.refreshToken ?? newRefreshToken() };
}

/** A renewal that leaves the refresh token as it is. */
export function newAccess(accessToken = newToken({ expiresAt: madeAt + 3600 })) {
  return { accessToken, expiresAt: madeAt + 10_000 };
}

/** Keeps a link with a code, and gives both. */
export async function keepCode(
  { links }: Pick<Storage, 'links'>,
  changes: Partial<Link> = {},
): Promise<{ link: Link; code: CodeRecord }> {
  const link = newLink({ expiresAt: madeAt + 300, ...changes });
  const code = newCode();
  await links.createWithCode(link, code);
  return { link, code };
}

/** Keeps many links, a few at a time. */
export function keepMany(storage: Storage, count: number, changes: Partial<Link>) {
  const aFew = pLimit(8);
  return Promise.all(Array.from({ length: count }, () => aFew(() => keepLink(storage, changes))));
}

/** The ids of what a filter finds among links that are given, since tests of an engine may share its tables. */
async function found({ links }: Storage, filter: LinkFilter, among: readonly Link[]): Promise<string[]> {
  const ids = new Set((await Array.fromAsync(links.list(filter))).map(({ id }) => id));
  return among.filter(({ id }) => ids.has(id)).map(({ id }) => id);
}

/** What every storage engine must do. `open` gives one for each test, and cleans up by itself. */
export function describeStorage(name: string, open: () => Promise<Storage>): void {
  describe(`${name}, as every storage engine`, () => {
    it('gives a link back by its access token and by its id, as it was kept', async () => {
      const storage = await open();
      const { link, accessToken, key } = await keepLink(storage, {
        expiresAt: 1_900_000_000,
        lastUsedAt: madeAt + 1,
      });
      await keepLink(storage);
      expect(await storage.links.findByAccessToken(key)).toEqual({ link, accessToken });
      expect(await storage.links.find(link.id)).toEqual(link);
    });

    it('keeps what is left out left out, and odd characters as they are', async () => {
      const storage = await open();
      const odd = "o'b; DROP TABLE--%_\\ \u{1F600}";
      const { link, accessToken, key } = await keepLink(storage, { scope: '', subject: odd, username: odd });
      const same = await storage.links.findByAccessToken(key);
      expect(same).toEqual({ link, accessToken });
      for (const absent of ['revokedAt', 'expiresAt', 'lastUsedAt'] as const)
        expect(same?.link[absent]).toBeUndefined();
      expect(same?.accessToken.expiresAt).toBeUndefined();
      expect(await found(storage, { subject: odd }, [link])).toEqual([link.id]);
    });

    it('knows no token and no link that it was not given', async () => {
      const storage = await open();
      const { link, key } = await keepLink(storage);
      for (const digest of ['', '%', sha256('x'), key.digest.slice(1), key.digest.toLowerCase()])
        expect(await storage.links.findByAccessToken({ linkId: link.id, digest })).toBeUndefined();
      for (const id of ['nothing', link.id.toUpperCase(), `${link.id} `])
        expect(await storage.links.find(id)).toBeUndefined();
    });

    it('never replaces a link that there is', async () => {
      const storage = await open();
      const { link, accessToken, key } = await keepLink(storage);
      const second = newToken();
      await expect(storage.links.create({ ...link, subject: 'somebody else' }, second)).rejects.toMatchObject(
        { name: 'StorageUnavailableError' },
      );
      expect(await storage.links.findByAccessToken(key)).toEqual({ link, accessToken });
      expect(
        await storage.links.findByAccessToken({ linkId: link.id, digest: second.digest }),
      ).toBeUndefined();
    });

    it('revokes one link once, and no other', async () => {
      const storage = await open();
      const [mine, other] = [await keepLink(storage), await keepLink(storage)];
      const { links } = storage;
      expect(await links.revoke(mine.link.id, madeAt + 100)).toBe(true);
      expect(await links.revoke(mine.link.id, madeAt + 200)).toBe(false);
      expect(await links.revoke('nothing', madeAt + 200)).toBe(false);
      expect((await links.findByAccessToken(mine.key))?.link.revokedAt).toBe(madeAt + 100);
      expect((await links.find(mine.link.id))?.revokedAt).toBe(madeAt + 100);
      expect((await links.findByAccessToken(other.key))?.link.revokedAt).toBeUndefined();
    });

    it('tells exactly one of many that revoke at once', async () => {
      const storage = await open();
      const { link } = await keepLink(storage);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => storage.links.revoke(link.id, madeAt + index)),
      );
      expect(answers.filter((first) => first)).toHaveLength(1);
    });

    it('keeps all of many links that come at once', async () => {
      const storage = await open();
      const kept = await Promise.all(Array.from({ length: 50 }, () => keepLink(storage)));
      const all = await Promise.all(kept.map(({ key }) => storage.links.findByAccessToken(key)));
      expect(all.every((each) => each !== undefined)).toBe(true);
    });

    it('lists by person, client, use and life, and by all together', async () => {
      const storage = await open();
      const [subject, clientId] = [randomUUID(), randomUUID()];
      const kept = async (changes: Partial<Link> = {}) =>
        (await keepLink(storage, { subject, username: 'n', clientId, ...changes })).link;
      const plain = await kept();
      const named = await kept({ subject: randomUUID(), username: subject });
      const elsewhere = await kept({ clientId: randomUUID() });
      const used = await kept({ lastUsedAt: madeAt + 1000 });
      const expired = await kept({ expiresAt: madeAt + 500 });
      const revoked = await kept();
      await storage.links.revoke(revoked.id, madeAt + 5);
      const links = [plain, named, elsewhere, used, expired, revoked];
      const idsOf = (...some: Link[]) => some.map(({ id }) => id);
      const list = (filter: LinkFilter) => found(storage, filter, links);
      expect(await list({ subject })).toEqual(idsOf(plain, elsewhere, used, expired, revoked));
      expect(await list({ user: subject })).toEqual(idsOf(...links));
      expect(await list({ clientId })).toEqual(idsOf(plain, named, used, expired, revoked));
      expect(await list({ subject, clientId })).toEqual(idsOf(plain, used, expired, revoked));
      expect(await list({ clientId, liveAt: madeAt + 499 })).toEqual(idsOf(plain, named, used, expired));
      expect(await list({ clientId, liveAt: madeAt + 500 })).toEqual(idsOf(plain, named, used));
      expect(await list({ clientId, unusedSince: madeAt + 1000 })).toEqual(
        idsOf(plain, named, expired, revoked),
      );
      expect(await list({ clientId, unusedSince: madeAt })).toEqual([]);
      expect(await list({})).toEqual(idsOf(...links));
      expect(await list({ subject: randomUUID() })).toEqual([]);
    });

    it('lists more than a page of links, each once', async () => {
      const storage = await open();
      const subject = randomUUID();
      const kept = await keepMany(storage, 620, { subject });
      const ids = (await Array.fromAsync(storage.links.list({ subject }))).map(({ id }) => id);
      expect(ids.sort()).toEqual(kept.map(({ link }) => link.id).sort());
      const all = (await Array.fromAsync(storage.links.list({ user: subject }))).map(({ id }) => id);
      expect(all.sort()).toEqual(ids);
    });

    it('records a use, unless there was one since', async () => {
      const { links, ...storage } = await open();
      const { link, key } = await keepLink({ ...storage, links });
      const usedAt = async () => (await links.findByAccessToken(key))?.link.lastUsedAt;
      await links.recordUse(link.id, madeAt + 10, madeAt - 3590);
      expect(await usedAt()).toBe(madeAt + 10);
      await links.recordUse(link.id, madeAt + 3600, madeAt);
      expect(await usedAt()).toBe(madeAt + 10);
      await links.recordUse(link.id, madeAt + 3610, madeAt + 10);
      expect(await usedAt()).toBe(madeAt + 3610);
      await links.recordUse('nothing', madeAt, madeAt - 3600);
      expect(await links.find('nothing')).toBeUndefined();
    });

    it('erases a link and its tokens without a trace', async () => {
      const storage = await open();
      const subject = randomUUID();
      const [mine, other] = [await keepLink(storage, { subject }), await keepLink(storage, { subject })];
      expect(await storage.links.erase(mine.link.id)).toBe(true);
      expect(await storage.links.erase(mine.link.id)).toBe(false);
      expect(await storage.links.find(mine.link.id)).toBeUndefined();
      expect(await storage.links.findByAccessToken(mine.key)).toBeUndefined();
      expect(await found(storage, { subject }, [mine.link, other.link])).toEqual([other.link.id]);
    });

    it('counts the live links that end between two instants', async () => {
      const storage = await open();
      // Far away from what other tests leave in the same table.
      const from = madeAt + Math.floor(Math.random() * 1e9) * 1000;
      for (const after of [0, 1, 50, 100, 101]) await keepLink(storage, { expiresAt: from + after });
      await keepLink(storage);
      const revoked = await keepLink(storage, { expiresAt: from + 60 });
      await storage.links.revoke(revoked.link.id, madeAt);
      expect(await storage.links.countEnding(from, from + 100)).toBe(3);
    });

    it('gives a link with its code back, as it was kept', async () => {
      const { links } = await open();
      for (const code of [newCode(), newCode({ codeChallenge: sha256('x') })]) {
        const link = newLink({ expiresAt: madeAt + 300 });
        await links.createWithCode(link, code);
        const found = await links.findCodeGrant(link.id);
        expect(found).toEqual({ link, code });
        expect(found?.refreshToken).toBeUndefined();
        expect(await links.find(link.id)).toEqual(link);
        const key = { linkId: link.id, digest: code.digest };
        expect(await links.findByAccessToken(key)).toBeUndefined();
        const listed = await Array.fromAsync(links.list({ subject: link.subject }));
        expect(listed).toContainEqual(link);
      }
      expect(await links.findCodeGrant('nothing')).toBeUndefined();
    });

    it('never replaces a link by one with a code, and finds no code where there is none', async () => {
      const storage = await open();
      const { links } = storage;
      const [plain, coded] = [await keepLink(storage), await keepCode(storage)];
      expect(await links.findCodeGrant(plain.link.id)).toBeUndefined();
      expect(await links.renew(plain.link.id, undefined, newRenewal())).toBe(false);
      const gone = { name: 'StorageUnavailableError' };
      await expect(links.createWithCode(plain.link, newCode())).rejects.toMatchObject(gone);
      await expect(links.createWithCode(coded.link, newCode())).rejects.toMatchObject(gone);
      await expect(links.create(coded.link, newToken())).rejects.toMatchObject(gone);
      expect(await links.findCodeGrant(coded.link.id)).toEqual(coded);
    });

    it('keeps a renewal with its access token, where what was found is still there', async () => {
      const storage = await open();
      const { links } = storage;
      const { link, code } = await keepCode(storage);
      const first = newRenewal();
      expect(await links.renew(link.id, first.refreshToken, newRenewal())).toBe(false);
      expect(await links.renew(link.id, undefined, first)).toBe(true);
      expect(await links.renew(link.id, undefined, newRenewal())).toBe(false);
      const renewed = { ...link, expiresAt: first.expiresAt };
      expect(await links.findCodeGrant(link.id)).toEqual({
        link: renewed,
        code,
        refreshToken: first.refreshToken,
      });
      const predecessor = { digest: first.refreshToken.digest, salt: 'salt', usedAt: madeAt + 9 };
      const refreshToken = newRefreshToken({ issuedAt: madeAt + 9, predecessors: [predecessor] });
      const second = newRenewal({ refreshToken, expiresAt: madeAt + 20_000, usedAt: madeAt + 9 });
      expect(await links.renew(link.id, first.refreshToken, second)).toBe(true);
      expect(await links.renew(link.id, first.refreshToken, newRenewal())).toBe(false);
      const again = { ...renewed, expiresAt: second.expiresAt, lastUsedAt: madeAt + 9 };
      expect(await links.findCodeGrant(link.id)).toEqual({ link: again, code, refreshToken });
      for (const { accessToken } of [first, second])
        expect(await links.findByAccessToken({ linkId: link.id, digest: accessToken.digest })).toEqual({
          link: again,
          accessToken,
        });
    });

    it('knows the token that was found by its instant too, and keeps nothing of what it refuses', async () => {
      const storage = await open();
      const { links } = storage;
      const { link } = await keepCode(storage);
      const { refreshToken, ...first } = newRenewal();
      await links.renew(link.id, undefined, { ...first, refreshToken });
      const refused = newRenewal();
      const older = { ...refreshToken, issuedAt: refreshToken.issuedAt - 1 };
      expect(await links.renew(link.id, older, refused)).toBe(false);
      expect(await links.renew('nothing', undefined, refused)).toBe(false);
      const key = { linkId: link.id, digest: refused.accessToken.digest };
      expect(await links.findByAccessToken(key)).toBeUndefined();
      expect((await links.findCodeGrant(link.id))?.refreshToken).toEqual(refreshToken);
    });

    it('renews nothing of a link that is revoked', async () => {
      const storage = await open();
      const { links } = storage;
      const { link } = await keepCode(storage);
      await links.revoke(link.id, madeAt);
      expect(await links.renew(link.id, undefined, newRenewal())).toBe(false);
      const other = await keepCode(storage);
      const { refreshToken, ...first } = newRenewal();
      await links.renew(other.link.id, undefined, { ...first, refreshToken });
      await links.revoke(other.link.id, madeAt + 1);
      expect(await links.renew(other.link.id, refreshToken, newRenewal())).toBe(false);
      expect((await links.find(other.link.id))?.revokedAt).toBe(madeAt + 1);
    });

    it('tells exactly one of many that renew at once', async () => {
      const storage = await open();
      const { links } = storage;
      const { link } = await keepCode(storage);
      const renewals = Array.from({ length: 20 }, () => newRenewal());
      const all = await Promise.all(renewals.map((renewal) => links.renew(link.id, undefined, renewal)));
      expect(all.filter((first) => first)).toHaveLength(1);
      const kept = renewals[all.indexOf(true)];
      expect((await links.findCodeGrant(link.id))?.refreshToken).toEqual(kept?.refreshToken);
      const found = await Promise.all(
        renewals.map(({ accessToken: { digest } }) => links.findByAccessToken({ linkId: link.id, digest })),
      );
      expect(found.map((each) => each !== undefined)).toEqual(all);
    });

    it('keeps the access tokens of all that leave the refresh token as it is, and that it was answered', async () => {
      const storage = await open();
      const { links } = storage;
      const { link } = await keepCode(storage);
      const first = newRenewal();
      await links.renew(link.id, undefined, first);
      const { refreshToken } = first;
      await links.markAnswered(link.id, sha256('another'));
      expect((await links.findCodeGrant(link.id))?.refreshToken?.answered).toBe(false);
      await links.markAnswered(link.id, refreshToken.digest);
      const renewals = Array.from({ length: 20 }, () => newAccess());
      const all = await Promise.all(renewals.map((renewal) => links.renew(link.id, refreshToken, renewal)));
      expect(all).toEqual(Array(20).fill(true));
      for (const { accessToken } of renewals)
        expect(await links.findByAccessToken({ linkId: link.id, digest: accessToken.digest })).toMatchObject({
          accessToken,
        });
      expect((await links.findCodeGrant(link.id))?.refreshToken).toEqual({ ...refreshToken, answered: true });
      // Another has replaced it since: what was found does not come back, and the access token is kept all the same.
      const next = newRenewal();
      expect(await links.renew(link.id, refreshToken, next)).toBe(true);
      const late = newAccess();
      expect(await links.renew(link.id, refreshToken, late)).toBe(true);
      expect((await links.findCodeGrant(link.id))?.refreshToken).toEqual(next.refreshToken);
      const key = { linkId: link.id, digest: late.accessToken.digest };
      expect(await links.findByAccessToken(key)).toMatchObject({ accessToken: late.accessToken });
      await links.revoke(link.id, madeAt);
      expect(await links.renew(link.id, refreshToken, newAccess())).toBe(false);
      const unredeemed = await keepCode(storage);
      expect(await links.renew(unredeemed.link.id, refreshToken, newAccess())).toBe(false);
      await links.markAnswered('nothing', refreshToken.digest);
      expect(await links.find('nothing')).toBeUndefined();
    });

    it('finds an access token that has expired until the link is renewed, so that it can be revoked by it', async () => {
      const storage = await open();
      const { links } = storage;
      const { link } = await keepCode(storage);
      const first = newRenewal();
      await links.renew(link.id, undefined, first);
      const keyOf = ({ accessToken: { digest } }: Renewal) => ({ linkId: link.id, digest });
      const inTime = newAccess(newToken({ issuedAt: madeAt + 3599, expiresAt: madeAt + 7000 }));
      await links.renew(link.id, first.refreshToken, inTime);
      await storage.removeEnded(madeAt + 5000);
      expect(await links.findByAccessToken(keyOf(first))).toBeDefined();
      const late = newAccess(newToken({ issuedAt: madeAt + 3600, expiresAt: madeAt + 7200 }));
      await links.renew(link.id, first.refreshToken, late);
      expect(await links.findByAccessToken(keyOf(first))).toBeUndefined();
      for (const each of [inTime, late]) expect(await links.findByAccessToken(keyOf(each))).toBeDefined();
    });

    it('erases a link with its code and all tokens, also while it is renewed', async () => {
      const storage = await open();
      const { links } = storage;
      const { link } = await keepCode(storage);
      const first = newRenewal();
      await links.renew(link.id, undefined, first);
      const { refreshToken } = first;
      const renewals = Array.from({ length: 10 }, () => newAccess());
      const renewing = renewals.map((renewal) => links.renew(link.id, refreshToken, renewal));
      const [erased] = await Promise.all([links.erase(link.id), ...renewing]);
      expect(erased).toBe(true);
      expect(await links.findCodeGrant(link.id)).toBeUndefined();
      for (const { accessToken } of [first, ...renewals])
        expect(
          await links.findByAccessToken({ linkId: link.id, digest: accessToken.digest }),
        ).toBeUndefined();
    });

    it('gives a ticket for one change, of many that ask at once, and for that again', async () => {
      const { tickets } = await open();
      const digest = sha256(randomUUID());
      const ticket = { subject: "o'b \u{1F600}", username: 'zoé', expiresAt: madeAt };
      await tickets.keep(digest, ticket);
      expect(await tickets.consume(sha256('another'), 'x', madeAt)).toBeUndefined();
      const changes = Array.from({ length: 20 }, (_, index) => `change ${index}`);
      const given = await Promise.all(
        changes.map((change, index) => tickets.consume(digest, change, madeAt + index)),
      );
      const usedAt = madeAt + given.findIndex((each) => each !== undefined);
      expect(given.filter((each) => each !== undefined)).toEqual([{ ...ticket, usedAt }]);
      const first = changes[given.findIndex((each) => each !== undefined)] ?? '';
      expect(await tickets.consume(digest, first, madeAt + 99)).toEqual({ ...ticket, usedAt });
      expect(await tickets.consume(digest, 'another change', madeAt)).toBeUndefined();
    });

    it('erases the tickets of a person, by id or name, and nobody else’s', async () => {
      const { tickets } = await open();
      const [subject, other] = [randomUUID(), randomUUID()];
      const keep = async (ticket: { subject: string; username: string }) => {
        const digest = sha256(randomUUID());
        await tickets.keep(digest, { ...ticket, expiresAt: madeAt });
        return digest;
      };
      const mine = [await keep({ subject, username: 'x' }), await keep({ subject: 'y', username: subject })];
      const theirs = await keep({ subject: other, username: 'x' });
      await tickets.erase(subject);
      for (const digest of mine) expect(await tickets.consume(digest, 'x', madeAt)).toBeUndefined();
      expect(await tickets.consume(theirs, 'x', madeAt)).toBeDefined();
    });

    it('says that it is there, and after closing that it is not', async () => {
      const storage = await open();
      const { link, key } = await keepLink(storage);
      await storage.ping();
      await storage.close();
      const { links, tickets } = storage;
      const gone = { name: 'StorageUnavailableError' };
      for (const operation of [
        () => storage.ping(),
        () => links.findByAccessToken(key),
        () => links.find(link.id),
        () => links.findCodeGrant(link.id),
        () => links.createWithCode(newLink(), newCode()),
        () => links.renew(link.id, undefined, newRenewal()),
        () => links.markAnswered(link.id, 'x'),
        () => links.create(newLink(), newToken()),
        () => links.revoke(link.id, madeAt),
        () => links.recordUse(link.id, madeAt, 0),
        () => links.erase(link.id),
        () => links.countEnding(0, 1),
        () => Array.fromAsync(links.list({})),
        () => Array.fromAsync(links.list({ subject: 'x' })),
        () => tickets.keep('x', { subject: 'x', username: 'x', expiresAt: 1 }),
        () => tickets.consume('x', 'x', 1),
        () => tickets.erase('x'),
      ])
        await expect(operation(), operation.toString()).rejects.toMatchObject(gone);
    });
  });
}

/** What every engine must do that takes out by itself what has ended, rather than have the database do it. */
export function describeRemoval(name: string, open: () => Promise<Storage>): void {
  describe(`${name}, when it takes out what has ended`, () => {
    it('takes expired tickets, and links with their tokens 90 days after their end, unredeemed ones after a day', async () => {
      const storage = await open();
      const { links, tickets } = storage;
      const now = madeAt + recordSeconds;
      const lasting = await keepLink(storage, { expiresAt: now + 1 });
      const endless = await keepLink(storage);
      const revokedLately = await keepLink(storage);
      await links.revoke(revokedLately.link.id, madeAt + 1);
      const revokedLongAgo = await keepLink(storage);
      await links.revoke(revokedLongAgo.link.id, madeAt);
      const expiredLately = await keepLink(storage, { expiresAt: madeAt + 1 });
      const expiredLongAgo = await keepLink(storage, { expiresAt: madeAt });
      const neverRedeemed = await keepCode(storage, { expiresAt: now - unredeemedSeconds });
      const hardlyRedeemed = await keepCode(storage, { expiresAt: now - unredeemedSeconds + 1 });
      const redeemed = await keepCode(storage, { expiresAt: madeAt });
      await links.renew(redeemed.link.id, undefined, { ...newRenewal(), expiresAt: madeAt + 1 });
      await tickets.keep('old', { subject: 's', username: 'u', expiresAt: now });
      await tickets.keep('new', { subject: 's', username: 'u', expiresAt: now + 1 });

      await storage.failures.add('a-failure', 0.001);
      const later = Math.floor(Date.now() / 1000) + 2;
      expect(await storage.removeEnded(Math.max(now, later))).toBe(5);
      expect(await storage.removeEnded(now)).toBe(0);
      expect(await links.find(neverRedeemed.link.id)).toBeUndefined();
      for (const { key } of [lasting, endless, revokedLately, expiredLately])
        expect(await links.findByAccessToken(key)).toBeDefined();
      for (const { link } of [hardlyRedeemed, redeemed]) expect(await links.find(link.id)).toBeDefined();
      for (const { link, key } of [revokedLongAgo, expiredLongAgo]) {
        expect(await links.find(link.id)).toBeUndefined();
        expect(await links.findByAccessToken(key)).toBeUndefined();
      }
      expect(await tickets.consume('old', 'x', now)).toBeUndefined();
      expect(await tickets.consume('new', 'x', now)).toBeDefined();
    });

    it('goes a small batch at a time', async () => {
      const storage = await open();
      await keepMany(storage, 450, { expiresAt: madeAt });
      const batches: number[] = [];
      do batches.push(await storage.removeEnded(madeAt + recordSeconds));
      while (batches.at(-1) !== 0);
      expect(Math.max(...batches)).toBeLessThanOrEqual(600);
      expect(await Array.fromAsync(storage.links.list({}))).toEqual([]);
    });
  });
}
