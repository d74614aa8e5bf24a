import { describe, expect, it, onTestFinished } from 'vitest';
import { randomText } from '../../src/crypto/random.ts';
import {
  issueTicket,
  listOwnLinks,
  type OwnLinksContext,
  ownerOf,
  redeemTicket,
  unlink,
} from '../../src/oauth/own-links.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import type { Profile, UserStore } from '../../src/users/user-store.ts';
import { keepLink, madeAt } from '../storage/storage-conformance.ts';

async function context(people: Record<string, Profile | Error | undefined> = { a: { id: 'a' } }) {
  const storage = await openSqliteStorage(':memory:');
  onTestFinished(() => storage.close().catch(() => {}));
  const clock = { now: madeAt + 1000 };
  const users: UserStore = {
    authenticate: async () => undefined,
    async findById(id) {
      const person = people[id];
      if (person instanceof Error) throw person;
      return person;
    },
    async ping() {},
    async close() {},
  };
  const own: OwnLinksContext = { ...storage, users, now: () => clock.now, randomText };
  const owner = { ...ownerOf(own, { id: 'a', username: 'b' }), usedAt: clock.now };
  return { storage, clock, own, people, owner };
}

describe('a person’s own links', () => {
  it('are those of their id, and not of somebody whose name it is', async () => {
    const { storage, own, owner } = await context();
    const mine = await keepLink(storage, { subject: 'a', username: 'b' });
    await keepLink(storage, { subject: 'b', username: 'a' });
    expect(await listOwnLinks(own, owner)).toEqual([mine.link]);
    expect((await unlink(own, owner, 'all')).ended).toEqual([mine.link]);
  });

  it('are over before that is said, and what could not be ended is said too', async () => {
    const { storage, own, owner } = await context();
    const [first, second] = [
      await keepLink(storage, { subject: 'a' }),
      await keepLink(storage, { subject: 'a' }),
    ];
    const failing = {
      ...own,
      links: {
        ...storage.links,
        async revoke(id: string, at: number) {
          if (id === second.link.id) throw new Error('no answer');
          return storage.links.revoke(id, at);
        },
      },
    };
    const { ended, failures } = await unlink(failing, owner, 'all');
    expect(ended).toEqual([first.link]);
    expect(failures).toEqual([new Error('no answer')]);
    expect((await storage.links.find(first.link.id))?.revokedAt).toBe(madeAt + 1000);
  });
});

describe('the same change, asked for again', () => {
  it('ends nothing that was linked meanwhile, and tells of what it ended before', async () => {
    const { storage, own, clock, owner } = await context();
    await storage.links.revoke((await keepLink(storage, { subject: 'a' })).link.id, clock.now - 1);
    const [one, two] = [await keepLink(storage, { subject: 'a' }), await keepLink(storage, { subject: 'a' })];
    const ticket = await issueTicket(own, owner);
    const change = async () => {
      const used = await redeemTicket(own, ticket, 'all');
      if (used === undefined) throw new Error('refused');
      return unlink(own, used, 'all');
    };
    const ids = (links: readonly { readonly id: string }[]) => links.map(({ id }) => id).sort();
    expect(ids((await change()).ended)).toEqual(ids([one.link, two.link]));
    clock.now += 60;
    const later = await keepLink(storage, { subject: 'a', createdAt: clock.now });
    const again = await change();
    expect(again.ended).toEqual([]);
    expect(ids(again.unlinked)).toEqual(ids([one.link, two.link]));
    expect((await storage.links.find(later.link.id))?.revokedAt).toBeUndefined();
  });

  it('tells of the one link that it was about', async () => {
    const { storage, own, owner } = await context();
    const [one, two] = [await keepLink(storage, { subject: 'a' }), await keepLink(storage, { subject: 'a' })];
    for (const { link } of [one, two]) await unlink(own, owner, link.id);
    const { ended, unlinked } = await unlink(own, owner, one.link.id);
    expect([ended.length, unlinked.map(({ id }) => id)]).toEqual([0, [one.link.id]]);
  });

  it('is completed where it could not be at first', async () => {
    const { storage, own, clock, owner } = await context();
    const { link } = await keepLink(storage, { subject: 'a' });
    clock.now += 30;
    expect((await unlink(own, owner, 'all')).ended).toEqual([link]);
  });
});

describe('tickets', () => {
  it('together last five minutes from the sign-in, however often they are renewed', async () => {
    const { own, clock, owner } = await context();
    let ticket = await issueTicket(own, owner);
    for (let minute = 0; minute < 4; minute += 1) {
      clock.now += 60;
      const renewed = await redeemTicket(own, ticket, 'some link');
      if (renewed === undefined) throw new Error(`over after ${minute} minutes`);
      ticket = await issueTicket(own, renewed);
    }
    clock.now += 60;
    expect(await redeemTicket(own, ticket, 'all')).toBeUndefined();
  });

  it('are worth nothing once their owner is gone, and hold while nobody can tell', async () => {
    const { own, people, owner } = await context();
    const [first, second] = [await issueTicket(own, owner), await issueTicket(own, owner)];
    people['a'] = new Error('down');
    expect(await redeemTicket(own, first, 'all')).toEqual(owner);
    people['a'] = undefined;
    expect(await redeemTicket(own, second, 'all')).toBeUndefined();
  });
});
