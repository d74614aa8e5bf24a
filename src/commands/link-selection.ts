import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import pLimit from 'p-limit';
import { openStorage } from '../adapters.ts';
import {
  isUnredeemed,
  type Link,
  type LinkStore,
  matches,
  type Storage,
  StorageUnavailableError,
} from '../storage/stores.ts';
import { CommandFailure } from './command-failure.ts';
import { readConfig } from './configuration.ts';
import { drained, print, printTable, startProgress } from './terminal.ts';

/** Opens what `STORAGE` names for one piece of work. A SQLite file that is not there is not made: it is the wrong one. */
export async function withStorage<Result>(work: (storage: Storage) => Promise<Result>): Promise<Result> {
  const location = readConfig().storage;
  if (location.scheme === 'sqlite' && location.path !== ':memory:' && !existsSync(location.path))
    throw new CommandFailure(`There is no ${location.path}: set STORAGE as the server has it.`);
  const storage = await openStorage(location);
  try {
    return await work(storage);
  } catch (error) {
    if (!(error instanceof StorageUnavailableError)) throw error;
    const { cause } = error;
    throw new CommandFailure(
      `The storage could not answer: ${cause instanceof Error ? cause.message : cause}. What was done is kept; start the command again for the rest.`,
    );
  } finally {
    await storage.close();
  }
}

/** Seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

export function parseDays(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new InvalidArgumentError('It takes a whole number of days, from 1 on.');
  return Number(text);
}

/** A link as `--json` prints it. */
function describeLink(link: Link, at: number) {
  const instant = (seconds: number | undefined) =>
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
    created_at: instant(link.createdAt),
    last_used_at: instant(link.lastUsedAt),
    expires_at: instant(link.expiresAt),
    revoked_at: instant(link.revokedAt),
  };
}

/** `pending` while Alexa has yet to come for the tokens. */
function stateOf(link: Link, at: number): 'live' | 'pending' | 'revoked' | 'expired' {
  if (link.revokedAt !== undefined) return 'revoked';
  if (link.expiresAt !== undefined && link.expiresAt <= at) return 'expired';
  return isUnredeemed(link) ? 'pending' : 'live';
}

/** Which links an operator means; with several conditions, all must hold. */
export interface Selection {
  readonly user?: string;
  readonly client?: string;
  readonly link?: readonly string[];
  readonly unusedDays?: number;
  /** Also those that are over. */
  readonly all?: boolean;
}

export async function* selectLinks(links: LinkStore, selection: Selection): AsyncIterable<Link> {
  const { user, client: clientId, link: ids, unusedDays, all } = selection;
  const unusedSince = unusedDays === undefined ? undefined : now() - unusedDays * 86_400;
  const filter = { user, clientId, liveAt: all ? undefined : now(), unusedSince };
  if (ids === undefined) yield* links.list(filter);
  else
    for (const id of new Set(ids)) {
      const link = await links.find(id);
      if (link !== undefined && matches(link, filter)) yield link;
    }
}

/** Prints links, in columns or as a JSON object a line; gives how many. */
export async function printLinks(links: AsyncIterable<Link>, json = false): Promise<number> {
  const rows: string[][] = [];
  let count = 0;
  for await (const link of links) {
    count += 1;
    const described = describeLink(link, now());
    if (json) print(JSON.stringify(described));
    else rows.push(cellsOf(described));
    if (!(await drained())) break;
  }
  if (rows.length > 0)
    printTable([['LINK', 'CLIENT', 'SUBJECT', 'USERNAME', 'SINCE', 'LAST USED', 'STATE'], ...rows]);
  return count;
}

function cellsOf(described: ReturnType<typeof describeLink>): string[] {
  const { link_id, client_id, subject, username, created_at, last_used_at, state } = described;
  const day = (instant: string | undefined) => instant?.slice(0, 10) ?? 'never';
  return [link_id, client_id, subject, username, day(created_at), day(last_used_at), state];
}

/** What is done to each of many links, and how it is told. */
export interface BulkChange {
  readonly links: AsyncIterable<Link>;
  /** False where another was faster. */
  readonly change: (linkId: string) => Promise<boolean>;
  /** `revoked`, for what is printed. */
  readonly done: string;
  /** Only lists them. */
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const atOnce = 8;

/**
 * Changes link after link, with a progress bar for a person who waits, and prints how many it were, or with `json` each.
 * Gives how many were found. Rejects with what the first of them that could not be changed failed with.
 */
export async function changeLinks(options: BulkChange): Promise<number> {
  const { links, done, dryRun = false, json = false } = options;
  const { found, changed } = dryRun ? await onlyList(links, json) : await changeAll(options);
  if (!json && found > 0)
    print(`${changed} ${changed === 1 ? 'link' : 'links'} ${dryRun ? `would be ${done}` : done}.`);
  return found;
}

async function onlyList(links: AsyncIterable<Link>, json: boolean) {
  const found = await printLinks(links, json);
  return { found, changed: found };
}

async function changeAll({ links, change, done, json }: BulkChange) {
  // Ids alone: there may be a million.
  const ids: string[] = [];
  for await (const { id } of links) ids.push(id);
  let changed = 0;
  async function changeOne(id: string): Promise<void> {
    const isChanged = await change(id);
    progress.step();
    if (!isChanged) return;
    changed += 1;
    if (json) print(JSON.stringify({ link_id: id, [done]: true }));
  }
  const progress = startProgress(ids.length, done);
  const oneOfFew = pLimit(atOnce);
  try {
    await oneOfFew.map(ids, changeOne);
  } finally {
    oneOfFew.clearQueue();
    progress.end();
  }
  return { found: ids.length, changed };
}
