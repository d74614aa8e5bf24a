import { describe, expect, it } from 'vitest';
import { issueTicket, listOwnLinks, unlink, useTicket } from '../../src/oauth/own-links.ts';
import { keepCode, keepLink, madeAt } from '../storage/storage-conformance.ts';
import { stopClock } from '../support/clock.ts';
import { openContext, users } from '../support/context.ts';

async function context(people: { gone?: boolean } = {}) {
  const clock = stopClock(madeAt + 1000);
  const find = async () => ({ isGone: people.gone === true });
  const { context: own, storage } = await openContext({ users: { ...users, find } });
  const owner = { subject: 'a', username: 'b', expiresAt: clock.now + 300 };
  return { storage, clock, own, people, owner, all: { allAt: clock.now } };
}

const ids = (links: readonly { readonly id: string }[]) => links.map(({ id }) => id).sort();

describe('a user’s own links', () => {
  it('are those of their id, and not of somebody whose name it is', async () => {
    const { storage, own, owner, all } = await context();
    const mine = await keepLink(storage, { subject: 'a', username: 'b' });
    await keepLink(storage, { subject: 'b', username: 'a' });
    expect(await listOwnLinks(own, 'a')).toEqual([mine.link]);
    expect((await unlink(own, owner, all)).ended).toEqual([mine.link]);
  });

  it('are listed a hundred and one at most, the newest, without those that wait for their code', async () => {
    const { storage, own, clock } = await context();
    for (let index = 0; index < 120; index += 1)
      await keepLink(storage, { subject: 'a', createdAt: madeAt + index });
    await keepCode(storage, { subject: 'a', createdAt: clock.now, expiresAt: clock.now + 300 });
    const listed = await listOwnLinks(own, 'a');
    expect(listed.map(({ createdAt }) => createdAt - madeAt)).toEqual(
      Array.from({ length: 101 }, (_, index) => 119 - index),
    );
  });

  it('are over before that is said, and what could not be ended is said too', async () => {
    const { storage, own, owner, all } = await context();
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
    const { ended, failures } = await unlink(failing, owner, all);
    expect(ended).toEqual([first.link]);
    expect(failures).toEqual([new Error('no answer')]);
    expect((await storage.links.find(first.link.id))?.revokedAt).toBe(madeAt + 1000);
  });
});

describe('the same change, asked for again', () => {
  it('ends nothing that was linked meanwhile, and tells of what it ended before', async () => {
    const { storage, own, clock, owner, all } = await context();
    await storage.links.revoke((await keepLink(storage, { subject: 'a' })).link.id, clock.now - 1);
    await keepLink(storage, { subject: 'a', expiresAt: clock.now });
    const [one, two] = [await keepLink(storage, { subject: 'a' }), await keepLink(storage, { subject: 'a' })];
    clock.now += 5;
    expect(ids((await unlink(own, owner, all)).ended)).toEqual(ids([one.link, two.link]));
    clock.now += 60;
    const later = await keepLink(storage, { subject: 'a', createdAt: clock.now });
    const again = await unlink(own, owner, all);
    expect(again.ended).toEqual([]);
    expect(ids(again.unlinked)).toEqual(ids([one.link, two.link]));
    expect((await storage.links.find(later.link.id))?.revokedAt).toBeUndefined();
  });

  it('tells of the one link that it was about', async () => {
    const { storage, own, owner } = await context();
    const [one, two] = [await keepLink(storage, { subject: 'a' }), await keepLink(storage, { subject: 'a' })];
    for (const { link } of [one, two]) await unlink(own, owner, { linkId: link.id });
    const { ended, unlinked } = await unlink(own, owner, { linkId: one.link.id });
    expect([ended.length, ids(unlinked)]).toEqual([0, [one.link.id]]);
  });

  it('is completed where it could not be at first', async () => {
    const { storage, own, clock, owner, all } = await context();
    const { link } = await keepLink(storage, { subject: 'a' });
    clock.now += 30;
    expect((await unlink(own, owner, all)).ended).toEqual([link]);
  });
});

describe('a ticket', () => {
  it('lasts five minutes from the sign-in, for any change, and twenty of them at most', async () => {
    const { own, clock } = await context();
    const [ticket, often] = [
      await issueTicket(own, { subject: 'a', username: 'b' }),
      await issueTicket(own, { subject: 'a', username: 'b' }),
    ];
    for (let time = 0; time < 20; time += 1)
      expect(await useTicket(own, often)).toMatchObject({ subject: 'a', username: 'b' });
    expect(await useTicket(own, often)).toBeUndefined();
    clock.now += 299;
    expect(await useTicket(own, ticket)).toBeDefined();
    clock.now += 1;
    expect(await useTicket(own, ticket)).toBeUndefined();
  });

  it('is worth nothing once its user is gone', async () => {
    const { own, people } = await context();
    const ticket = await issueTicket(own, { subject: 'a', username: 'b' });
    expect(await useTicket(own, ticket)).toBeDefined();
    people.gone = true;
    expect(await useTicket(own, ticket)).toBeUndefined();
  });
});
