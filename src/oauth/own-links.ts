import pLimit from 'p-limit';
import { sha256 } from '../crypto/digest.ts';
import {
  isUnredeemed,
  type Link,
  type LinkStore,
  type Ticket,
  type TicketStore,
  type UsedTicket,
} from '../storage/stores.ts';
import type { User, UserStore } from '../users/user-store.ts';
import type { RandomText } from './token.ts';

/** Where a person's links are, and what lets them change those. */
export interface OwnLinksContext {
  readonly users: UserStore;
  readonly links: LinkStore;
  readonly tickets: TicketStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly randomText: RandomText;
}

/** Who has signed in, and until when they may change their links without doing so again. */
export type Owner = Ticket;

const ticketSeconds = 300;
const ticketBytes = 32;

/** Somebody who has just signed in. */
export function ownerOf({ now }: OwnLinksContext, { id, username }: User): Owner {
  return { subject: id, username, expiresAt: now() + ticketSeconds };
}

/** A ticket for one change; only its digest is kept. Rejects when the storage can't answer. */
export async function issueTicket(context: OwnLinksContext, owner: Owner): Promise<string> {
  const ticket = context.randomText(ticketBytes);
  await context.tickets.keep(sha256(ticket), owner);
  return ticket;
}

/**
 * Whose ticket this is; `undefined` when it was used for another change, has expired, never was, or its owner is gone or
 * disabled. The same change may come again, from who taps twice. While users can't be reached, it holds.
 */
export async function redeemTicket(
  context: OwnLinksContext,
  ticket: string,
  change: string,
): Promise<UsedTicket | undefined> {
  const now = context.now();
  const owner = await context.tickets.consume(sha256(ticket), sha256(change), now);
  if (owner === undefined || owner.expiresAt <= now) return undefined;
  if (context.users.findById === undefined) return owner;
  const user = await context.users.findById(owner.subject).catch(() => owner);
  return user && owner;
}

/** A person's links that hold, the newest first; without those that Alexa has yet to come for. */
export async function listOwnLinks(context: OwnLinksContext, owner: Owner): Promise<Link[]> {
  const own = (await allOwnLinks(context, owner)).filter((link) => !isUnredeemed(link));
  return own.sort((a, b) => b.createdAt - a.createdAt || a.id.localeCompare(b.id));
}

function allOwnLinks({ links, now }: OwnLinksContext, { subject }: Owner): Promise<Link[]> {
  return Array.fromAsync(links.list({ subject, liveAt: now() }));
}

/** Everybody else needs the storage too. */
const atOnce = 8;

/** What became of a change. */
interface Unlinked {
  /** Those that this call ended. */
  readonly ended: readonly Link[];
  /** Those that the person knows to have ended by it: where the same was asked before, the ones of then. */
  readonly unlinked: readonly Link[];
  /** Why not all could be. */
  readonly failures: readonly unknown[];
}

/**
 * Ends one of a person's links or `all` that there were when it was first asked for, and with them their tokens, at once;
 * somebody else's is left alone.
 */
export async function unlink(
  context: OwnLinksContext,
  owner: UsedTicket,
  linkId: string | 'all',
): Promise<Unlinked> {
  const isChosen = ({ id, createdAt }: Link) =>
    linkId === 'all' ? createdAt <= owner.usedAt : id === linkId;
  const chosen = (await allOwnLinks(context, owner)).filter(isChosen);
  const now = context.now();
  const oneOfFew = pLimit(atOnce);
  const revoke = ({ id }: Link) => oneOfFew(() => context.links.revoke(id, now));
  const results = await Promise.allSettled(chosen.map(revoke));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const ended = chosen.filter((_link, index) => {
    const result = results[index];
    return result?.status === 'fulfilled' && result.value;
  });
  const before = ended.length === chosen.length && ended.length > 0 ? [] : await endedBefore(context, owner);
  const unlinked = [
    ...new Map([...ended, ...before.filter(isChosen)].map((link) => [link.id, link])).values(),
  ];
  return { ended, unlinked, failures };
}

/** What ended when the same was asked before. */
async function endedBefore({ links }: OwnLinksContext, { subject, usedAt }: UsedTicket): Promise<Link[]> {
  const all = await Array.fromAsync(links.list({ subject }));
  return all.filter(({ revokedAt }) => revokedAt !== undefined && revokedAt >= usedAt);
}
