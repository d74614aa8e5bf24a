/*
 * storage: where links are kept. This file is the interfaces; each engine is one other file. Engines see digests
 * only, never a token, and import sql at most. Instants are whole seconds since 1970.
 */

/** What a person granted: from one sign-in on, until it is revoked or the last of its tokens ends. */
export interface Link {
  readonly id: string;
  readonly clientId: string;
  /** The user's id in the user store. */
  readonly subject: string;
  /** What the person signed in as. */
  readonly username: string;
  /** Granted scope, space separated (RFC 6749 3.3); may be empty. */
  readonly scope: string;
  /** Host of the redirect URI that was answered, which shows the region of the person's Alexa account. */
  readonly redirectHost: string;
  /** The attempt's reference, so that a person's report and the log lead to the link. */
  readonly reference: string;
  readonly createdAt: number;
  /** When the last of its tokens ends. Absent: never by itself. */
  readonly expiresAt?: number;
  /** When a token of it was last found to hold, to the hour. Absent: not yet. */
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
}

/** How an access token is found; an engine uses what suits it. */
export interface AccessTokenKey {
  readonly linkId: string;
  readonly digest: string;
}

/** An access token as it is kept: by its digest. */
export interface AccessTokenRecord {
  readonly digest: string;
  readonly issuedAt: number;
  /** Absent: it ends only with its link. */
  readonly expiresAt?: number;
}

interface LinkedAccessToken {
  readonly link: Link;
  readonly accessToken: AccessTokenRecord;
}

/** An authorization code as it is kept, as long as its link is (RFC 6749 4.1.2). Until it is redeemed, both end together. */
export interface CodeRecord {
  readonly digest: string;
  /** Where the authorization request was answered, which redeeming has to repeat. */
  readonly redirectUri: string;
  /** As `S256` makes it (RFC 7636 4.2). Absent: the request had none. */
  readonly codeChallenge?: string;
}

/** How long a code may be redeemed, and its link lasts if nobody does (RFC 6749 4.1.2: ten minutes at most). */
export const codeSeconds = 300;

/** Whether a link waits for its code to be redeemed, or did so in vain: nothing else has so short a life. */
export function isUnredeemed({ createdAt, expiresAt }: Link): boolean {
  return expiresAt !== undefined && expiresAt - createdAt <= codeSeconds;
}

/** The refresh token of a link: one at a time, replaced with each use (RFC 9700 4.14.2). It ends with the link. */
export interface RefreshTokenRecord {
  /** Of what all refresh tokens of the link have in common: tells one that was used from one that never was. */
  readonly familyDigest: string;
  readonly digest: string;
  /** When it was first given out; after an answer that got lost, when it was so again. */
  readonly issuedAt: number;
  /** Whether the answer with it is known to have gone out. */
  readonly answered: boolean;
  /** Those that it came from, the newest first: the last one, and others that were used a moment ago. */
  readonly predecessors: readonly Predecessor[];
}

/** A refresh token that was used. With it and the salt, and with neither alone, its successor can be made again. */
export interface Predecessor {
  readonly digest: string;
  readonly salt: string;
  /** First. */
  readonly usedAt: number;
}

/** A link that began with an authorization code. */
export interface CodeGrantRecord {
  readonly link: Link;
  readonly code: CodeRecord;
  /** Absent: the code was not redeemed yet. */
  readonly refreshToken?: RefreshTokenRecord;
}

/** What a code or a refresh token is answered with, as it is kept. */
export interface Renewal {
  /** Absent: what is there stays, another's too. */
  readonly refreshToken?: RefreshTokenRecord | undefined;
  readonly accessToken: AccessTokenRecord;
  /** When the link now ends. */
  readonly expiresAt: number;
  /** The link's last use. Absent: leaves it as it is. */
  readonly usedAt?: number | undefined;
}

/** Which links to list; all conditions that are given must hold. */
export interface LinkFilter {
  readonly subject?: string;
  /** Matches the subject or the username. */
  readonly user?: string;
  readonly clientId?: string;
  /** Holds at this instant: neither revoked nor expired. */
  readonly liveAt?: number;
  /** Neither made nor used since then. */
  readonly unusedSince?: number;
}

/** Whether a link is one that a filter means: for engines that can't say so themselves. */
export function matches(link: Link, { subject, user, clientId, liveAt, unusedSince }: LinkFilter): boolean {
  return (
    (subject === undefined || link.subject === subject) &&
    (user === undefined || link.subject === user || link.username === user) &&
    (clientId === undefined || link.clientId === clientId) &&
    (liveAt === undefined ||
      (link.revokedAt === undefined && (link.expiresAt === undefined || link.expiresAt > liveAt))) &&
    (unusedSince === undefined || Math.max(link.createdAt, link.lastUsedAt ?? 0) < unusedSince)
  );
}

export interface LinkStore {
  /**
   * Keeps a link with its first access token: both or neither. Resolves once that is durable; rejects where there is
   * such a link or token already.
   */
  create(link: Link, accessToken: AccessTokenRecord): Promise<void>;

  /** As `create`, with a code in place of the token. */
  createWithCode(link: Link, code: CodeRecord): Promise<void>;

  /** One keyed lookup; `undefined` also for a link that began without a code. Gives expired and revoked ones too. */
  findCodeGrant(linkId: string): Promise<CodeGrantRecord | undefined>;

  /**
   * Atomic: keeps the renewal, and lets go of access tokens that have expired, where the link is not revoked and its refresh
   * token is still the one that was found (`undefined`: none, as the code was not redeemed); for a renewal without a refresh
   * token any will do. False where that is not so. Resolves once it is durable.
   */
  renew(linkId: string, found: RefreshTokenRecord | undefined, renewal: Renewal): Promise<boolean>;

  /** Notes that the answer with this refresh token has gone out, if it is still the link's. */
  markAnswered(linkId: string, refreshTokenDigest: string): Promise<void>;

  /** One keyed lookup. Gives expired and revoked ones too: what they mean is for the caller to say. */
  findByAccessToken(key: AccessTokenKey): Promise<LinkedAccessToken | undefined>;

  find(linkId: string): Promise<Link | undefined>;

  /** In no particular order, read a page at a time: what changes meanwhile may be in it or not. */
  list(filter: LinkFilter): AsyncIterable<Link>;

  /** Atomic: keeps `at` as the last use, unless there was one between `notSince` and then. */
  recordUse(linkId: string, at: number, notSince: number): Promise<void>;

  /** Atomic: of many calls for a link, one resolves to true, and the instant of that one stays. */
  revoke(linkId: string, at: number): Promise<boolean>;

  /** Takes a link and its tokens away without a trace; false where there is none. */
  erase(linkId: string): Promise<boolean>;

  /** How many live links will end by themselves between two instants. */
  countEnding(from: number, until: number): Promise<number>;
}

/** What lets somebody who has signed in make one change to their links, in place of a cookie. */
export interface Ticket {
  readonly subject: string;
  readonly username: string;
  readonly expiresAt: number;
}

/** A ticket, and when it was first used for its change. */
export type UsedTicket = Ticket & { readonly usedAt: number };

export interface TicketStore {
  keep(digest: string, ticket: Ticket): Promise<void>;
  /**
   * Atomic: the first call's change is the one that the ticket is for, and its instant stays; calls for the same one get the
   * ticket as well. Also one that has expired: what that means is for the caller to say.
   */
  consume(digest: string, change: string, at: number): Promise<UsedTicket | undefined>;
  /** Takes out those of a subject or username. */
  erase(user: string): Promise<void>;
}

/** Failures that were counted under a key, in a window that began with the first of them. */
interface Failures {
  readonly count: number;
  /** Until the window ends and the count is forgotten. */
  readonly secondsLeft: number;
}

/**
 * Counts failures, all instances together. While the engine can't answer, each instance counts in its own memory:
 * no method rejects. Keys are digests of whom they are about.
 */
export interface FailureStore {
  find(key: string): Promise<Failures | undefined>;
  /** Atomic. Opens a window of that length where none is open. */
  add(key: string, windowSeconds: number): Promise<void>;
  forget(key: string): Promise<void>;
}

export interface Storage {
  readonly links: LinkStore;
  readonly tickets: TicketStore;
  readonly failures: FailureStore;
  /**
   * Takes out a small batch of what has ended: tickets and counts that have expired, and links with their tokens that have
   * been over for longer than `recordSeconds`, or `unredeemedSeconds`. Gives how many rows went; 0 when nothing is left, or
   * the engine does it by itself.
   */
  removeEnded(now: number): Promise<number>;
  /** Resolves when the engine answers a query. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How long a link that was revoked or has expired is kept for the record: 90 days. */
export const recordSeconds = 90 * 86_400;

/** How long one is kept whose code nobody redeemed, so that nobody was linked: a day. */
export const unredeemedSeconds = 86_400;

/** The engine could not answer; trying again later may help. Every method of a store rejects with this alone. */
export class StorageUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the storage engine could not answer', { cause });
    this.name = 'StorageUnavailableError';
  }
}

/** Runs one operation of an engine; rejects with a `StorageUnavailableError` alone. */
export type Run = <Result>(operation: () => Promise<Result>) => Promise<Result>;

export const confirmed: Run = async (operation) => {
  try {
    return await operation();
  } catch (cause) {
    throw new StorageUnavailableError(cause);
  }
};
