/*
 * storage: where links are kept. This file is the interfaces; each engine is one other file. Engines see digests
 * only, never a token, and import sql at most. Instants are whole seconds since 1970.
 */

/** What a user granted to a client, from one sign-in until it is revoked or the last of its tokens ends. */
export interface Link {
  readonly id: string;
  readonly clientId: string;
  /** The user's id in the user store. */
  readonly subject: string;
  /** The name that the user store has, or else the one that the user typed. */
  readonly username: string;
  /** Granted scope, space separated (RFC 6749 3.3); may be empty. */
  readonly scope: string;
  /** Host of the redirect URI that was answered. It shows the region of the user's Alexa account. */
  readonly redirectHost: string;
  /** Reference of the sign-in, which leads from a user's report to the log and to the link. */
  readonly reference: string;
  readonly createdAt: number;
  /** When the last of its tokens ends, or its code while nobody has redeemed that. Absent: never. */
  readonly expiresAt?: number;
  /** When one of its tokens was last used, to the hour. Absent: not yet. */
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
  /** SHA-256 of the authorization code that the link began with. Absent, like the next three: the implicit grant. */
  readonly codeDigest?: string;
  /** Where the code was sent, which the token request has to repeat (RFC 6749 4.1.3). */
  readonly codeRedirectUri?: string;
  /** As `S256` makes it (RFC 7636 4.2). Absent also where the request had none. */
  readonly codeChallenge?: string;
  /** When the code was redeemed and the refresh token issued. */
  readonly redeemedAt?: number;
  /** SHA-256 of the refresh token. */
  readonly refreshDigest?: string;
}

/** Whether a link still waits for its code to be redeemed, or did so in vain. */
export function isUnredeemed({ codeDigest, redeemedAt }: Link): boolean {
  return codeDigest !== undefined && redeemedAt === undefined;
}

/** How a token is found. Each engine uses what suits it. */
export interface TokenKey {
  readonly linkId: string;
  /** SHA-256 of the token. */
  readonly digest: string;
}

/** An access token as it is stored. */
export interface AccessTokenRecord {
  readonly digest: string;
  readonly issuedAt: number;
  /** Absent: it ends only with its link. */
  readonly expiresAt?: number;
}

/** A new access token of a link, and when the link ends from now on. */
export interface Renewal {
  readonly accessToken: AccessTokenRecord;
  readonly expiresAt: number;
}

/** How many access tokens a link keeps; a refresh deletes those that have expired, and then the oldest. */
export const mostAccessTokens = 50;

/** Which links to list. All conditions that are given must hold. */
export interface LinkFilter {
  readonly subject?: string;
  readonly username?: string;
  readonly clientId?: string;
  /** Of the sign-in. */
  readonly reference?: string;
  /** Neither revoked nor expired at this instant. */
  readonly liveAt?: number;
  /** Neither created nor used since then. */
  readonly unusedSince?: number;
}

/** Whether a link matches a filter, for engines that can't tell. */
export function matches(link: Link, { liveAt, unusedSince, ...equal }: LinkFilter): boolean {
  return (
    (Object.keys(equal) as (keyof typeof equal)[]).every(
      (name) => equal[name] === undefined || link[name] === equal[name],
    ) &&
    (liveAt === undefined ||
      (link.revokedAt === undefined && (link.expiresAt === undefined || link.expiresAt > liveAt))) &&
    (unusedSince === undefined || Math.max(link.createdAt, link.lastUsedAt ?? 0) < unusedSince)
  );
}

/** What a method changes is durable when its promise resolves, and all of it or nothing is changed. */
export interface LinkStore {
  /**
   * Stores a link with its access tokens. Returns false, and changes nothing, where there is such a link: ids are random, so it is the
   * same one, written before by a request whose answer was lost.
   */
  create(link: Link, accessTokens: readonly AccessTokenRecord[]): Promise<boolean>;

  /**
   * Stores both tokens, and sets `redeemedAt` to when the access token was issued. Returns false, and changes nothing, where
   * the code was redeemed before or the link is revoked. Of many calls, one returns true.
   */
  redeemCode(linkId: string, refreshTokenDigest: string, renewal: Renewal): Promise<boolean>;

  /**
   * Adds an access token, records the use, and deletes access tokens (`mostAccessTokens`). Returns false, and changes
   * nothing, where the code was not redeemed or the link is revoked.
   */
  addAccessToken(linkId: string, renewal: Renewal): Promise<boolean>;

  /** One keyed lookup. Returns expired and revoked ones too: the caller says what they mean. */
  findByAccessToken(
    key: TokenKey,
  ): Promise<{ readonly link: Link; readonly accessToken: AccessTokenRecord } | undefined>;

  find(linkId: string): Promise<Link | undefined>;

  /** Links of a `subject` come newest first, others in no order. What changes meanwhile may be listed or not. */
  list(filter: LinkFilter): AsyncIterable<Link>;

  /** Sets `lastUsedAt` to `at`, unless it is between `notSince` and `at` already. */
  recordUse(linkId: string, at: number, notSince: number): Promise<void>;

  /** Returns true to one of many calls for a link, and stores the instant of that one. */
  revoke(linkId: string, at: number): Promise<boolean>;

  /** Deletes a link and its tokens. Returns false where there is none. */
  erase(linkId: string): Promise<boolean>;

  /** Returns what `create` takes, for another storage. */
  export(linkId: string): Promise<ExportedLink | undefined>;
}

/** All that is stored of a link. */
export interface ExportedLink {
  readonly link: Link;
  readonly accessTokens: readonly AccessTokenRecord[];
}

/** Lets a user who has signed in change their links, in place of a cookie. */
export interface Ticket {
  readonly subject: string;
  readonly username: string;
  readonly expiresAt: number;
}

export interface TicketStore {
  create(digest: string, ticket: Ticket): Promise<void>;
  /**
   * Counts one use. Returns `undefined` where there is no such ticket, or it was used `mostUses` times before. Returns one
   * that has expired too: the caller says what that means.
   */
  use(digest: string, mostUses: number): Promise<Ticket | undefined>;
}

/** One count of attempts. The number of its time window is part of the key. */
export interface AttemptCounter {
  /** A digest of whom the count is about, and of the window. */
  readonly key: string;
  /** When the window ends, and the count is worth nothing. */
  readonly endsAt: number;
}

/** Counts attempts, all instances together. Counts are not durable: some may be lost with the power. */
export interface AttemptStore {
  /**
   * Adds 1 or -1 to each count, and returns the counts in the order of `counters`. Atomic for each count. One that is not
   * there begins at 0.
   */
  add(counters: readonly AttemptCounter[], by: 1 | -1): Promise<readonly number[]>;
}

export interface Storage {
  readonly links: LinkStore;
  readonly tickets: TicketStore;
  readonly attempts: AttemptStore;
  /**
   * Deletes a small batch of tickets and counts that have expired, and of links that ended `retentionSeconds` ago. Returns
   * how many rows it deleted: 0 when nothing is left, or when the engine does it by itself.
   */
  removeEnded(now: number): Promise<number>;
  /** Resolves when the engine answers a query. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How long a link is kept for the record after it was revoked or has expired: 90 days. */
export const retentionSeconds = 90 * 86_400;

/** The engine could not answer; trying again later may help. Every method of a store rejects with this alone. */
export class StorageUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the storage engine could not answer', { cause });
    this.name = 'StorageUnavailableError';
  }
}

/** Whether what holds the links is made where it is not there, or has to be there. */
export type OpenMode = 'create' | 'existing';

/** Runs one operation of an engine; rejects with a `StorageUnavailableError` alone. */
export type Run = <Result>(operation: () => Promise<Result>) => Promise<Result>;

export const confirmed: Run = async (operation) => {
  try {
    return await operation();
  } catch (cause) {
    throw new StorageUnavailableError(cause);
  }
};
