import { sha256 } from '../crypto/digest.ts';
import type { Link, LinkStore, Ticket, TicketStore } from '../storage/stores.ts';
import type { RandomText } from './token.ts';

/** Where a person's links are, and what lets them change those. */
export interface OwnLinksContext {
  readonly links: LinkStore;
  readonly tickets: TicketStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly randomText: RandomText;
}

/** Who has signed in, as a ticket has it. */
export type Owner = Pick<Ticket, 'subject' | 'username'>;

const ticketSeconds = 300;
const ticketBytes = 32;

/** A ticket for one change within five minutes; only its digest is kept. Rejects when the storage can't answer. */
export async function issueTicket(context: OwnLinksContext, owner: Owner): Promise<string> {
  const ticket = context.randomText(ticketBytes);
  await context.tickets.keep(sha256(ticket), { ...owner, expiresAt: context.now() + ticketSeconds });
  return ticket;
}

/** Whose ticket this is, once; `undefined` when it was used before, has expired or never was. */
export async function redeemTicket(context: OwnLinksContext, ticket: string): Promise<Owner | undefined> {
  const found = await context.tickets.consume(sha256(ticket));
  return found === undefined || found.expiresAt <= context.now() ? undefined : found;
}

/** A person's links that hold, the newest first. */
export async function listOwnLinks(context: OwnLinksContext, { subject }: Owner): Promise<Link[]> {
  const own = await Array.fromAsync(context.links.list({ subject, liveAt: context.now() }));
  return own.sort((a, b) => b.createdAt - a.createdAt || a.id.localeCompare(b.id));
}

/**
 * Ends one of a person's links or `all`, and with them their tokens, at once. Gives those that this call ended;
 * somebody else's is left alone.
 */
export async function unlink(
  context: OwnLinksContext,
  owner: Owner,
  linkId: string | 'all',
): Promise<Link[]> {
  const chosen = (await listOwnLinks(context, owner)).filter(({ id }) => linkId === 'all' || id === linkId);
  const now = context.now();
  const ended = await Promise.all(chosen.map(({ id }) => context.links.revoke(id, now)));
  return chosen.filter((_link, index) => ended[index]);
}
