import { now } from '../clock.ts';
import { isUnredeemed, type Link, type LinkStore, matches } from '../storage/stores.ts';
import { drained, print, printTable, startProgress } from './terminal.ts';

/** Which links an operator means; with several conditions, all must hold. */
export interface Selection {
  readonly user?: string;
  readonly subject?: string;
  readonly client?: string;
  readonly link?: readonly string[];
  readonly reference?: string;
  readonly unusedDays?: number;
  /** Also those that are over. */
  readonly all?: boolean;
}

export async function* selectLinks(links: LinkStore, selection: Selection): AsyncIterable<Link> {
  const { user: username, subject, client: clientId, link: ids, reference, unusedDays, all } = selection;
  const unusedSince = unusedDays === undefined ? undefined : now() - unusedDays * 86_400;
  const filter = { username, subject, clientId, reference, liveAt: all ? undefined : now(), unusedSince };
  if (ids === undefined) yield* links.list(filter);
  else
    for (const id of new Set(ids)) {
      const link = await links.find(id);
      if (link !== undefined && matches(link, filter)) yield link;
    }
}

/** A link as `--json` prints it. */
function describeLink(link: Link, at: number) {
  const instantOf = (seconds: number | undefined) =>
    seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();
  return {
    link_id: link.id,
    client_id: link.clientId,
    subject: link.subject,
    username: link.username,
    scope: link.scope,
    redirect_host: link.redirectHost,
    reference: link.reference,
    state: stateOf(link, at),
    created_at: instantOf(link.createdAt),
    last_used_at: instantOf(link.lastUsedAt),
    expires_at: instantOf(link.expiresAt),
    revoked_at: instantOf(link.revokedAt),
  };
}

/** `pending` while Alexa has yet to come for the tokens. */
function stateOf(link: Link, at: number): 'live' | 'pending' | 'revoked' | 'expired' {
  if (link.revokedAt !== undefined) return 'revoked';
  if (link.expiresAt !== undefined && link.expiresAt <= at) return 'expired';
  return isUnredeemed(link) ? 'pending' : 'live';
}

/** Prints links, in columns or as a JSON object a line. Returns how many, and whether those were all. */
export async function printLinks(links: AsyncIterable<Link>, json: boolean, limit?: number) {
  const rows: string[][] = [];
  let count = 0;
  let isAll = true;
  for await (const link of links) {
    isAll = count !== limit;
    if (!isAll) break;
    count += 1;
    const described = describeLink(link, now());
    if (json) print(JSON.stringify(described));
    else rows.push(cellsOf(described));
    if (!(await drained())) break;
  }
  if (rows.length > 0)
    printTable([['LINK', 'CLIENT', 'SUBJECT', 'USERNAME', 'SINCE', 'LAST USED', 'STATE'], ...rows]);
  return { count, isAll };
}

function cellsOf(described: ReturnType<typeof describeLink>): string[] {
  const { link_id, client_id, subject, username, created_at, last_used_at, state } = described;
  const day = (instant: string | undefined) => instant?.slice(0, 10) ?? 'never';
  return [link_id, client_id, subject, username, day(created_at), day(last_used_at), state];
}

interface Change {
  /** Resolves with false where another was faster. */
  readonly change: (linkId: string) => Promise<boolean>;
  /** `revoked`, for what is printed. */
  readonly done: string;
  /** Only lists them. */
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Changes link after link, and prints how many, or with `json` each. Returns how many were found. */
export async function changeLinks(links: AsyncIterable<Link>, change: Change): Promise<number> {
  const { done, dryRun = false, json = false } = change;
  if (dryRun) {
    const { count } = await printLinks(links, json);
    if (!json && count > 0) print(`${sayLinks(count)} would be ${done}.`);
    return count;
  }
  let changed = 0;
  const found = await forEachLink(links, done, async (id) => {
    if (!(await change.change(id))) return;
    changed += 1;
    if (json) print(JSON.stringify({ link_id: id, [done]: true }));
  });
  if (!json && found > 0) print(`${sayLinks(changed)} ${done}.`);
  return found;
}

const atOnce = 8;

/**
 * Calls `work` with the id of each link, a few at once, and shows a progress bar. Returns how many there were. Rejects as the first
 * `work` that does.
 */
export async function forEachLink(
  links: AsyncIterable<Link>,
  doing: string,
  work: (linkId: string) => Promise<void>,
): Promise<number> {
  // Ids alone: there may be a million.
  const ids: string[] = [];
  for await (const { id } of links) ids.push(id);
  const progress = startProgress(ids.length, doing);
  // Workers share the list, and end when one of them fails.
  const left = shared(ids);
  async function workOff(): Promise<void> {
    for (const id of left) {
      await work(id);
      progress.step(1);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, workOff)).finally(progress.end);
  return ids.length;
}

function* shared<Each>(all: readonly Each[]): Generator<Each> {
  yield* all;
}

export function sayLinks(count: number): string {
  return count === 1 ? '1 link' : `${count} links`;
}
