import pLimit from 'p-limit';
import { now } from '../clock.ts';
import { randomText, sha256 } from '../crypto.ts';
import { isUnredeemed, type Link, type Ticket } from '../storage/stores.ts';
import type { Context } from './context.ts';

const ticketSeconds = 300;
const ticketBytes = 32;

/** More than anybody taps in five minutes. */
const mostUses = 20;

/** A ticket for a user who has just signed in; only its digest is stored. Rejects when the storage can't answer. */
export async function issueTicket({ tickets }: Context, owner: Omit<Ticket, 'expiresAt'>): Promise<string> {
  const ticket = randomText(ticketBytes);
  await tickets.create(sha256(ticket), { ...owner, expiresAt: now() + ticketSeconds });
  return ticket;
}

/**
 * Whose ticket this is; `undefined` when it has expired, was used 20 times, never was, or its user is gone or disabled.
 * Rejects when the storage can't answer.
 */
export async function useTicket({ tickets, users }: Context, ticket: string): Promise<Ticket | undefined> {
  const owner = await tickets.use(sha256(ticket), mostUses);
  if (owner === undefined || owner.expiresAt <= now()) return undefined;
  return (await users.find(owner.subject)).isGone ? undefined : owner;
}

/** How many links a page shows. “Unlink all” is about the others too. */
export const mostShown = 100;

/** A user's live links, newest first, `mostShown` and one more at most; without those that Alexa has yet to redeem the code of. */
export async function listOwnLinks({ links }: Context, subject: string): Promise<Link[]> {
  const own: Link[] = [];
  for await (const link of links.list({ subject, liveAt: now() })) {
    if (!isUnredeemed(link)) own.push(link);
    if (own.length > mostShown) break;
  }
  return own;
}

/** Everybody else needs the storage too. */
const atOnce = 8;

/**
 * Revokes one link of the user, or all that were live at `allAt`. Links made after that are kept, however often the request
 * is repeated, and so are links of other users. Returns the links that this call revoked (`ended`), those that are unlinked now, by this call or
 * by one before that asked for the same (`unlinked`), and why not all could be revoked (`failures`).
 */
export async function unlink(
  { links }: Context,
  { subject }: Ticket,
  chosen: { readonly linkId: string } | { readonly allAt: number },
) {
  const isChosen = (link: Link) =>
    'linkId' in chosen ? link.subject === subject : wasLive(link, chosen.allAt);
  const found =
    'linkId' in chosen ? [await links.find(chosen.linkId)] : await Array.fromAsync(links.list({ subject }));
  const wanted = found.filter((link) => link !== undefined).filter(isChosen);
  const oneOfFew = pLimit(atOnce);
  const results = await Promise.allSettled(wanted.map(({ id }) => oneOfFew(() => links.revoke(id, now()))));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const ended = wanted.filter((_link, index) => {
    const result = results[index];
    return result?.status === 'fulfilled' && result.value;
  });
  return { ended, unlinked: wanted.filter((link) => !isUnredeemed(link)), failures };
}

/** Whether a link existed and was live at an instant. One that ended in the same second counts as live. */
function wasLive({ createdAt, expiresAt, revokedAt }: Link, at: number): boolean {
  return (
    createdAt <= at &&
    (expiresAt === undefined || expiresAt > at) &&
    (revokedAt === undefined || revokedAt >= at)
  );
}
