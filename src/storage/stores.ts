/*
 * storage: where links are kept. This file is the interfaces; each engine is one other file. Engines see digests
 * only, never a token, and import sql at most.
 */

/** What a person granted: from one sign-in on, until it is revoked. Instants are seconds since 1970. */
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
  readonly revokedAt?: number;
}

/** An access token as it is kept: by its digest. */
export interface AccessTokenRecord {
  readonly digest: string;
  readonly issuedAt: number;
  /** Absent: it ends only with its link. */
  readonly expiresAt?: number;
}

export interface LinkedAccessToken {
  readonly link: Link;
  readonly accessToken: AccessTokenRecord;
}

export interface LinkStore {
  /** Keeps a link with its first access token: both or neither. Resolves once that is durable. */
  create(link: Link, accessToken: AccessTokenRecord): Promise<void>;

  /** One keyed lookup. Gives expired and revoked ones too: what they mean is for the caller to say. */
  findByAccessToken(digest: string): Promise<LinkedAccessToken | undefined>;

  /** Atomic: of many calls for a link, one resolves to true, and the instant of that one stays. */
  revoke(linkId: string, at: number): Promise<boolean>;
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
  readonly failures: FailureStore;
  /** Resolves when the engine answers a query. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The engine could not answer; trying again later may help. Every method of a store rejects with this alone. */
export class StorageUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the storage engine could not answer', { cause });
    this.name = 'StorageUnavailableError';
  }
}
