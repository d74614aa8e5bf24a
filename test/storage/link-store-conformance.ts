import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import type { AccessTokenRecord, Link, Storage } from '../../src/storage/stores.ts';

export function newLink(changes: Partial<Link> = {}): Link {
  return {
    id: randomUUID(),
    clientId: 'cloud-lights',
    subject: 'zoé',
    username: 'zoé',
    scope: 'profile lights',
    redirectHost: 'layla.amazon.com',
    reference: 'K7QM-2R9X',
    createdAt: 1_800_000_000,
    ...changes,
  };
}

export function newToken(changes: Partial<AccessTokenRecord> = {}): AccessTokenRecord {
  return { digest: sha256(randomUUID()), issuedAt: 1_800_000_000, ...changes };
}

/** What every storage engine must do. `open` gives a fresh one for each test, and cleans up by itself. */
export function describeStorage(name: string, open: () => Promise<Storage>): void {
  describe(`${name}, as every storage engine`, () => {
    it('gives a link back by its access token as it was kept', async () => {
      const { links } = await open();
      const link = newLink();
      const accessToken = newToken({ expiresAt: 1_900_000_000 });
      await links.create(link, accessToken);
      await links.create(newLink(), newToken());
      expect(await links.findByAccessToken(accessToken.digest)).toEqual({ link, accessToken });
    });

    it('keeps what is left out left out, and odd characters as they are', async () => {
      const { links } = await open();
      const link = newLink({ scope: '', subject: "o'b; DROP TABLE--%_\\ \u{1F600}" });
      const accessToken = newToken();
      await links.create(link, accessToken);
      const found = await links.findByAccessToken(accessToken.digest);
      expect(found).toEqual({ link, accessToken });
      expect(found?.link.revokedAt).toBeUndefined();
      expect(found?.accessToken.expiresAt).toBeUndefined();
    });

    it('knows no token that it was not given', async () => {
      const { links } = await open();
      const accessToken = newToken();
      await links.create(newLink(), accessToken);
      for (const digest of [
        '',
        '%',
        sha256('x'),
        accessToken.digest.slice(1),
        accessToken.digest.toLowerCase(),
      ]) {
        expect(await links.findByAccessToken(digest)).toBeUndefined();
      }
    });

    it('keeps a link and its token together or not at all', async () => {
      const { links } = await open();
      const accessToken = newToken();
      const first = newLink();
      await links.create(first, accessToken);
      const second = newLink();
      await expect(links.create(second, accessToken)).rejects.toThrow();
      expect(await links.revoke(second.id, 1_800_000_001)).toBe(false);
      expect((await links.findByAccessToken(accessToken.digest))?.link.id).toBe(first.id);
    });

    it('revokes one link once, and no other', async () => {
      const { links } = await open();
      const [mine, other] = [newToken(), newToken()];
      const link = newLink();
      await links.create(link, mine);
      await links.create(newLink(), other);
      expect(await links.revoke(link.id, 1_800_000_100)).toBe(true);
      expect(await links.revoke(link.id, 1_800_000_200)).toBe(false);
      expect(await links.revoke('nothing', 1_800_000_200)).toBe(false);
      expect((await links.findByAccessToken(mine.digest))?.link.revokedAt).toBe(1_800_000_100);
      expect((await links.findByAccessToken(other.digest))?.link.revokedAt).toBeUndefined();
    });

    it('tells exactly one of many that revoke at once', async () => {
      const { links } = await open();
      const link = newLink();
      await links.create(link, newToken());
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => links.revoke(link.id, index)),
      );
      expect(answers.filter((first) => first)).toHaveLength(1);
    });

    it('keeps all of many links that come at once', async () => {
      const { links } = await open();
      const tokens = Array.from({ length: 50 }, () => newToken());
      await Promise.all(tokens.map((token) => links.create(newLink(), token)));
      const found = await Promise.all(tokens.map(({ digest }) => links.findByAccessToken(digest)));
      expect(found.every((each) => each !== undefined)).toBe(true);
    });

    it('says that it is there, and after closing that it is not', async () => {
      const storage = await open();
      await storage.ping();
      await storage.close();
      await expect(storage.ping()).rejects.toMatchObject({ name: 'StorageUnavailableError' });
      await expect(storage.links.findByAccessToken('x')).rejects.toMatchObject({
        name: 'StorageUnavailableError',
      });
    });
  });
}
