import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto.ts';
import {
  type AccessTokenRecord,
  type Link,
  type LinkFilter,
  mostAccessTokens,
  type Renewal,
  retentionSeconds,
  type Storage,
  type TokenKey,
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
): Promise<{ link: Link; accessToken: AccessTokenRecord; key: TokenKey }> {
  const link = newLink(changes);
  const accessToken = newToken({ expiresAt: link.expiresAt });
  expect(await links.create(link, [accessToken])).toBe(true);
  return { link, accessToken, key: { linkId: link.id, digest: accessToken.digest } };
}

/** A link that waits for its code to be redeemed. */
function newCodeLink(changes: Partial<Link> = {}): Link {
  return newLink({
    expiresAt: madeAt + 300,
    codeDigest: sha256(randomUUID()),
    codeRedirectUri: 'https://example.com/?a=b',
    codeChallenge: sha256('verifier'),
    ...changes,
  });
}

/** Keeps a link with a code, and gives it. */
export async function keepCode(
  { links }: Pick<Storage, 'links'>,
  changes: Partial<Link> = {},
): Promise<Link> {
  const link = newCodeLink(changes);
  expect(await links.create(link, [])).toBe(true);
  return link;
}

/** An access token of an hour, and an end of the link that goes with it. */
export function newRenewal(issuedAt = madeAt + 10): Renewal {
  return {
    accessToken: newToken({ issuedAt, expiresAt: issuedAt + 3600 }),
    expiresAt: issuedAt + 400 * 86_400,
  };
}

/** Keeps a link whose code was redeemed, and gives it with both its tokens. */
async function keepRedeemed(storage: Pick<Storage, 'links'>, changes: Partial<Link> = {}) {
  const link = await keepCode(storage, changes);
  const [refreshDigest, renewal] = [sha256(randomUUID()), newRenewal()];
  expect(await storage.links.redeemCode(link.id, refreshDigest, renewal)).toBe(true);
  const { expiresAt, accessToken } = renewal;
  return { link: { ...link, expiresAt, redeemedAt: accessToken.issuedAt, refreshDigest }, renewal };
}

const keyOf = ({ id: linkId }: Link, { accessToken: { digest } }: Renewal): TokenKey => ({ linkId, digest });

/**
 * Keeps many links, a few at a time, each a second younger: of two of one second the stand-in for DynamoDB may lose one from its index, which
 * has 24 bits for their keys.
 */
export function keepMany(storage: Storage, count: number, changes: Partial<Link>) {
  const aFew = pLimit(8);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      aFew(() => keepLink(storage, { createdAt: madeAt + index, ...changes })),
    ),
  );
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
      expect(await storage.links.create({ ...link, subject: 'somebody else' }, [second])).toBe(false);
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

    it('lists by user, client, reference, use and life, and by all together', async () => {
      const storage = await open();
      const [subject, clientId] = [randomUUID(), randomUUID()];
      const kept = async (changes: Partial<Link> = {}) =>
        (await keepLink(storage, { subject, username: 'n', clientId, ...changes })).link;
      const plain = await kept();
      const named = await kept({ subject: randomUUID(), username: subject });
      const reference = randomUUID();
      const elsewhere = await kept({ clientId: randomUUID(), reference });
      const used = await kept({ lastUsedAt: madeAt + 1000 });
      const expired = await kept({ expiresAt: madeAt + 500 });
      const revoked = await kept();
      await storage.links.revoke(revoked.id, madeAt + 5);
      const links = [plain, named, elsewhere, used, expired, revoked];
      const idsOf = (...some: Link[]) => some.map(({ id }) => id);
      const list = (filter: LinkFilter) => found(storage, filter, links);
      expect(await list({ subject })).toEqual(idsOf(plain, elsewhere, used, expired, revoked));
      expect(await list({ username: subject })).toEqual(idsOf(named));
      expect(await list({ reference })).toEqual(idsOf(elsewhere));
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
      const all = (await Array.fromAsync(storage.links.list({ username: 'zoé' }))).map(({ id }) => id);
      expect(all).toEqual(expect.arrayContaining(ids));
      expect(new Set(all).size).toBe(all.length);
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

    it('lists a user’s links newest first, however many there are', async () => {
      const storage = await open();
      const subject = randomUUID();
      const aFew = pLimit(8);
      const instants = Array.from({ length: 205 }, (_, index) => madeAt + ((index * 37) % 100));
      await Promise.all(instants.map((createdAt) => aFew(() => keepLink(storage, { subject, createdAt }))));
      await keepLink(storage, { subject, createdAt: madeAt - 1 });
      const listed = await Array.fromAsync(storage.links.list({ subject }));
      expect(listed.map(({ createdAt }) => createdAt)).toEqual(
        [...instants, madeAt - 1].toSorted((x, y) => y - x),
      );
      expect(new Set(listed.map(({ id }) => id)).size).toBe(206);
    });

    it('gives a link with its code back, as it was kept', async () => {
      const { links } = await open();
      for (const link of [newCodeLink(), newCodeLink({ codeChallenge: undefined })]) {
        await links.create(link, []);
        expect(await links.find(link.id)).toEqual(link);
        expect((await links.find(link.id))?.redeemedAt).toBeUndefined();
        const key = { linkId: link.id, digest: link.codeDigest ?? '' };
        expect(await links.findByAccessToken(key)).toBeUndefined();
        const listed = await Array.fromAsync(links.list({ subject: link.subject }));
        expect(listed).toContainEqual(link);
      }
    });

    it('never replaces a link by one with a code, and redeems nothing of a link without one', async () => {
      const storage = await open();
      const { links } = storage;
      const [plain, coded] = [await keepLink(storage), await keepCode(storage)];
      expect(await links.redeemCode(plain.link.id, 'x', newRenewal())).toBe(false);
      expect(await links.addAccessToken(plain.link.id, newRenewal())).toBe(false);
      expect(await links.create({ ...plain.link, ...newCodeLink({ id: plain.link.id }) }, [])).toBe(false);
      expect(await links.create(newCodeLink({ id: coded.id }), [])).toBe(false);
      expect(await links.create(newLink({ id: coded.id }), [newToken()])).toBe(false);
      expect(await links.find(coded.id)).toEqual(coded);
      expect(await links.find(plain.link.id)).toEqual(plain.link);
    });

    it('redeems a code once, and keeps both tokens', async () => {
      const storage = await open();
      const { links } = storage;
      const { link, renewal } = await keepRedeemed(storage);
      const again = newRenewal();
      expect(await links.redeemCode(link.id, sha256('another'), again)).toBe(false);
      expect(await links.redeemCode('nothing', 'x', again)).toBe(false);
      expect(await links.find(link.id)).toEqual(link);
      expect(await links.findByAccessToken(keyOf(link, renewal))).toEqual({
        link,
        accessToken: renewal.accessToken,
      });
      expect(await links.findByAccessToken(keyOf(link, again))).toBeUndefined();
    });

    it('tells exactly one of many that redeem at once, and keeps what that one brought', async () => {
      const storage = await open();
      const { links } = storage;
      const link = await keepCode(storage);
      const renewals = Array.from({ length: 20 }, () => newRenewal());
      const all = await Promise.all(
        renewals.map((renewal, index) => links.redeemCode(link.id, `refresh ${index}`, renewal)),
      );
      expect(all.filter((first) => first)).toHaveLength(1);
      const found = await Promise.all(
        renewals.map((renewal) => links.findByAccessToken(keyOf(link, renewal))),
      );
      expect(found.map((each) => each !== undefined)).toEqual(all);
      const digest = `refresh ${all.indexOf(true)}`;
      expect((await links.find(link.id))?.refreshDigest).toBe(digest);
    });

    it('keeps the access tokens of all that refresh at once, with the end and the use', async () => {
      const storage = await open();
      const { links } = storage;
      const { link, renewal: first } = await keepRedeemed(storage);
      const renewals = Array.from({ length: 20 }, () => newRenewal(madeAt + 1000));
      const all = await Promise.all(renewals.map((renewal) => links.addAccessToken(link.id, renewal)));
      expect(all).toEqual(Array(20).fill(true));
      const expiresAt = renewals[0]?.expiresAt;
      const renewed = { ...link, expiresAt, lastUsedAt: madeAt + 1000 };
      for (const renewal of [first, ...renewals])
        expect(await links.findByAccessToken(keyOf(link, renewal))).toEqual({
          link: renewed,
          accessToken: renewal.accessToken,
        });
      expect(await links.find(link.id)).toEqual(renewed);
    });

    it('keeps fifty access tokens of a link at most, the newest', async () => {
      const storage = await open();
      const { links } = storage;
      const { link } = await keepRedeemed(storage);
      const renewals = Array.from({ length: 60 }, (_, index) => newRenewal(madeAt + 20 + index));
      for (const renewal of renewals) expect(await links.addAccessToken(link.id, renewal)).toBe(true);
      const found = await Promise.all(
        renewals.map((renewal) => links.findByAccessToken(keyOf(link, renewal))),
      );
      expect(mostAccessTokens).toBe(50);
      expect(found.map((each) => each !== undefined)).toEqual([
        ...Array(10).fill(false),
        ...Array(50).fill(true),
      ]);
    });

    it('redeems and adds nothing to a link that is revoked or gone', async () => {
      const storage = await open();
      const { links } = storage;
      const waiting = await keepCode(storage);
      await links.revoke(waiting.id, madeAt);
      expect(await links.redeemCode(waiting.id, 'x', newRenewal())).toBe(false);
      const { link } = await keepRedeemed(storage);
      await links.revoke(link.id, madeAt + 1);
      const refused = newRenewal();
      expect(await links.addAccessToken(link.id, refused)).toBe(false);
      expect(await links.find(link.id)).toEqual({ ...link, revokedAt: madeAt + 1 });
      expect(await links.findByAccessToken(keyOf(link, refused))).toBeUndefined();
      expect(await links.addAccessToken((await keepCode(storage)).id, newRenewal())).toBe(false);
      expect(await links.addAccessToken('nothing', newRenewal())).toBe(false);
    });

    it('finds an access token that has expired until the link is refreshed, so that it can be revoked by it', async () => {
      const storage = await open();
      const { links } = storage;
      const { link, renewal: first } = await keepRedeemed(storage);
      const expiresAt = first.accessToken.expiresAt ?? 0;
      const inTime = newRenewal(expiresAt - 1);
      await links.addAccessToken(link.id, inTime);
      await storage.removeEnded(expiresAt + 1000);
      expect(await links.findByAccessToken(keyOf(link, first))).toBeDefined();
      const late = newRenewal(expiresAt);
      await links.addAccessToken(link.id, late);
      expect(await links.findByAccessToken(keyOf(link, first))).toBeUndefined();
      for (const each of [inTime, late])
        expect(await links.findByAccessToken(keyOf(link, each))).toBeDefined();
    });

    it('erases a link with its code and all tokens, also while it is refreshed', async () => {
      const storage = await open();
      const { links } = storage;
      const { link, renewal: first } = await keepRedeemed(storage);
      const renewals = Array.from({ length: 10 }, () => newRenewal());
      const renewing = renewals.map((renewal) => links.addAccessToken(link.id, renewal));
      const [erased] = await Promise.all([links.erase(link.id), ...renewing]);
      expect(erased).toBe(true);
      expect(await links.find(link.id)).toBeUndefined();
      for (const renewal of [first, ...renewals])
        expect(await links.findByAccessToken(keyOf(link, renewal))).toBeUndefined();
    });

    it('gives a ticket so often as it may be used, also to many that ask at once', async () => {
      const { tickets } = await open();
      const digest = sha256(randomUUID());
      const ticket = { subject: "o'b \u{1F600}", username: 'zoé', expiresAt: madeAt };
      await tickets.create(digest, ticket);
      expect(await tickets.use(sha256('another'), 20)).toBeUndefined();
      const given = await Promise.all(Array.from({ length: 30 }, () => tickets.use(digest, 20)));
      expect(given.filter((each) => each !== undefined)).toEqual(Array(20).fill(ticket));
      expect(await tickets.use(digest, 20)).toBeUndefined();
    });

    it('exports a link with its digests, and stores it again as it was, once', async () => {
      const storage = await open();
      const { links } = storage;
      const plain = await keepLink(storage, { expiresAt: madeAt + 900, lastUsedAt: madeAt + 5 });
      const { link, renewal } = await keepRedeemed(storage);
      const second = newRenewal(madeAt + 20);
      expect(await links.addAccessToken(link.id, second)).toBe(true);
      const waiting = await keepCode(storage);
      const revoked = await keepLink(storage);
      await links.revoke(revoked.link.id, madeAt + 9);
      expect(await links.export('nothing')).toBeUndefined();
      for (const id of [plain.link.id, link.id, waiting.id, revoked.link.id]) {
        const exported = await links.export(id);
        expect(exported?.link).toEqual(await links.find(id));
        if (exported === undefined) throw new Error(id);
        const { link: same, accessTokens } = exported;
        expect(await links.create({ ...same, subject: 'other' }, accessTokens)).toBe(false);
        expect(await links.export(id)).toEqual(exported);
        await links.erase(id);
        const given = await Promise.all([1, 2, 3].map(() => links.create(same, accessTokens)));
        expect(given.filter(Boolean)).toHaveLength(1);
        const again = await links.export(id);
        expect({ ...again, accessTokens: new Set(again?.accessTokens) }).toEqual({
          ...exported,
          accessTokens: new Set(exported.accessTokens),
        });
      }
      expect(await links.findByAccessToken(plain.key)).toMatchObject({ link: plain.link });
      for (const each of [renewal, second])
        expect((await links.findByAccessToken(keyOf(link, each)))?.link.id).toBe(link.id);
      expect(await links.addAccessToken(link.id, newRenewal(madeAt + 30))).toBe(true);
      expect(await links.redeemCode(waiting.id, sha256(randomUUID()), newRenewal())).toBe(true);
      expect(await links.revoke(revoked.link.id, madeAt + 50)).toBe(false);
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
        () => links.create(newCodeLink(), []),
        () => links.redeemCode(link.id, 'x', newRenewal()),
        () => links.addAccessToken(link.id, newRenewal()),
        () => links.create(newLink(), [newToken()]),
        () => links.revoke(link.id, madeAt),
        () => links.recordUse(link.id, madeAt, 0),
        () => links.erase(link.id),
        () => Array.fromAsync(links.list({})),
        () => Array.fromAsync(links.list({ subject: 'x' })),
        () => tickets.create('x', { subject: 'x', username: 'x', expiresAt: 1 }),
        () => tickets.use('x', 1),
        () => links.export(link.id),
        () => storage.attempts.add([{ key: 'x', endsAt: 1 }], 1),
      ])
        await expect(operation(), operation.toString()).rejects.toMatchObject(gone);
    });
  });
}

/** What every engine must do that takes out by itself what has ended, rather than have the database do it. */
export function describeRemoval(name: string, open: () => Promise<Storage>): void {
  describe(`${name}, when it takes out what has ended`, () => {
    it('deletes expired tickets, and links with their tokens 90 days after their end', async () => {
      const storage = await open();
      const { links, tickets } = storage;
      const now = madeAt + retentionSeconds;
      const lasting = await keepLink(storage, { expiresAt: now + 1 });
      const endless = await keepLink(storage);
      const revokedLately = await keepLink(storage);
      await links.revoke(revokedLately.link.id, madeAt + 1);
      const revokedLongAgo = await keepLink(storage);
      await links.revoke(revokedLongAgo.link.id, madeAt);
      const expiredLately = await keepLink(storage, { expiresAt: madeAt + 1 });
      const expiredLongAgo = await keepLink(storage, { expiresAt: madeAt });
      const neverRedeemed = await keepCode(storage, { expiresAt: madeAt });
      const redeemed = await keepRedeemed(storage, { expiresAt: madeAt });
      await tickets.create('old', { subject: 's', username: 'u', expiresAt: now });
      await tickets.create('new', { subject: 's', username: 'u', expiresAt: now + 1 });

      await storage.attempts.add([{ key: 'old', endsAt: now }], 1);
      await storage.attempts.add([{ key: 'new', endsAt: now + 1 }], 1);
      expect(await storage.removeEnded(now)).toBe(5);
      expect(await storage.removeEnded(now)).toBe(0);
      expect(await links.find(neverRedeemed.id)).toBeUndefined();
      for (const { key } of [lasting, endless, revokedLately, expiredLately])
        expect(await links.findByAccessToken(key)).toBeDefined();
      expect((await links.find(redeemed.link.id))?.refreshDigest).toBe(redeemed.link.refreshDigest);
      for (const { link, key } of [revokedLongAgo, expiredLongAgo]) {
        expect(await links.find(link.id)).toBeUndefined();
        expect(await links.findByAccessToken(key)).toBeUndefined();
      }
      expect(await tickets.use('old', 20)).toBeUndefined();
      expect(await tickets.use('new', 20)).toBeDefined();
    });

    it('goes a small batch at a time', async () => {
      const storage = await open();
      await keepMany(storage, 450, { expiresAt: madeAt });
      const batches: number[] = [];
      do batches.push(await storage.removeEnded(madeAt + retentionSeconds));
      while (batches.at(-1) !== 0);
      expect(Math.max(...batches)).toBeLessThanOrEqual(600);
      expect(await Array.fromAsync(storage.links.list({}))).toEqual([]);
    });
  });
}
