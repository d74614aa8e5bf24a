import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { describeUser, findActiveToken, type TokenContext } from '../../src/oauth/introspection.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { newLink, newToken } from '../storage/storage-conformance.ts';

/** A link of the user demo, its token, and where both are looked up. */
async function linked(expiresAt?: number) {
  const storage = await openSqliteStorage(':memory:');
  onTestFinished(() => storage.close());
  const link = newLink({ subject: 'demo', username: 'demo' });
  await storage.links.create(link, newToken({ digest: sha256('the-token'), expiresAt }));
  const used: string[] = [];
  const context: TokenContext = {
    links: storage.links,
    users: { find: async () => ({ isGone: false, profile: { id: 'demo' } }) },
    now: () => 1_800_000_000,
    onUse: ({ id }) => void used.push(id),
  };
  return { link, context, used };
}

describe('an access token', () => {
  it('holds until the second in which it expires', async () => {
    const { context } = await linked(1_800_000_100);
    const at = (now: number) => findActiveToken({ ...context, now: () => now }, 'the-token');
    expect(await at(1_800_000_099)).toBeDefined();
    expect(await at(1_800_000_100)).toBeUndefined();
    expect(await at(1_900_000_000)).toBeUndefined();
  });

  it('without an expiry holds for ever', async () => {
    const { context } = await linked();
    expect(await findActiveToken({ ...context, now: () => 9_999_999_999 }, 'the-token')).toBeDefined();
  });

  it('is dead once its link is revoked', async () => {
    const { context, link } = await linked();
    await context.links.revoke(link.id, 1_800_000_001);
    expect(await findActiveToken(context, 'the-token')).toBeUndefined();
  });

  it('is dead once its user is gone, and holds while nobody can tell', async () => {
    const { context } = await linked();
    const find = (isGone: boolean) =>
      findActiveToken({ ...context, users: { find: async () => ({ isGone }) } }, 'the-token');
    expect(await find(true)).toBeUndefined();
    const active = await find(false);
    expect(active && describeUser(active)).toEqual({ sub: 'demo', username: 'demo' });
  });

  it('leads to the name and email that the user store has now', async () => {
    const { context } = await linked();
    const now = { id: 'demo', username: 'renamed', name: 'De Mo', email: 'demo@example.com' };
    const users = { find: async () => ({ isGone: false, profile: now }) };
    const active = await findActiveToken({ ...context, users }, 'the-token');
    expect(active && describeUser(active)).toEqual({
      sub: 'demo',
      username: 'renamed',
      name: 'De Mo',
      email: 'demo@example.com',
    });
  });
});
