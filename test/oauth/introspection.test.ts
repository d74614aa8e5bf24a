import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto.ts';
import { type ActiveToken, describeUser, findActiveToken } from '../../src/oauth/introspection.ts';
import { newLink, newToken } from '../storage/storage-conformance.ts';
import { stopClock } from '../support/clock.ts';
import { users as everybody, openContext } from '../support/context.ts';

/** A link of the user demo, its token, and where both are looked up. */
async function linked(expiresAt?: number) {
  const clock = stopClock();
  const used: string[] = [];
  const { context, storage } = await openContext({
    users: { ...everybody, find: async () => ({ isGone: false, profile: { id: 'demo' } }) },
    recordUse: ({ id }) => void used.push(id),
  });
  const link = newLink({ subject: 'demo', username: 'demo' });
  await storage.links.create(link, [newToken({ digest: sha256('the-token'), expiresAt })]);
  return { link, clock, context, used };
}

/** What `/userinfo` says of a token that is active. */
async function say(finding: ReturnType<typeof findActiveToken>) {
  const found = await finding;
  expect(found).not.toHaveProperty('inactive');
  return describeUser(found as ActiveToken);
}

describe('an access token', () => {
  it('holds until the second in which it expires', async () => {
    const { clock, context } = await linked(1_800_000_100);
    const at = (now: number) => {
      clock.now = now;
      return findActiveToken(context, 'the-token');
    };
    expect(await at(1_800_000_099)).toHaveProperty('link');
    for (const later of [1_800_000_100, 1_900_000_000])
      expect(await at(later)).toMatchObject({ inactive: 'it has expired', link: { reference: 'K7QM-2R9X' } });
  });

  it('without an expiry holds for ever', async () => {
    const { clock, context } = await linked();
    clock.now = 9_999_999_999;
    expect(await findActiveToken(context, 'the-token')).toHaveProperty('profile');
  });

  it('is dead once its link is revoked', async () => {
    const { context, link } = await linked();
    await context.links.revoke(link.id, 1_800_000_001);
    expect(await findActiveToken(context, 'the-token')).toMatchObject({ inactive: 'its link is revoked' });
  });

  it('is dead once its user is gone, and holds while nobody can tell', async () => {
    const { context } = await linked();
    const find = (isGone: boolean) => {
      const users = { ...everybody, find: async () => ({ isGone }) };
      return findActiveToken({ ...context, users }, 'the-token');
    };
    expect(await find(true)).toMatchObject({ inactive: 'its user is gone or disabled' });
    expect(await say(find(false))).toEqual({ sub: 'demo', username: 'demo' });
  });

  it('leads to the name and email that the user store has now', async () => {
    const { context } = await linked();
    const now = { id: 'demo', username: 'renamed', name: 'De Mo', email: 'demo@example.com' };
    const users = { ...everybody, find: async () => ({ isGone: false, profile: now }) };
    expect(await say(findActiveToken({ ...context, users }, 'the-token'))).toEqual({
      sub: 'demo',
      username: 'renamed',
      name: 'De Mo',
      email: 'demo@example.com',
    });
  });
});
