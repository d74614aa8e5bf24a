/*
 * users: the operator's own users, where they already are. This file is the interface; each other file is one
 * adapter behind it, or a part of several. Adapters read, and never write or copy; they import crypto, sql and
 * telemetry at most.
 */
import { withDeadline } from '../clock.ts';

/** What a user store says of a user. */
export interface Profile {
  /** Stable and never given to anybody else: it becomes the subject of tokens. */
  readonly id: string;
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
}

export interface Refused {
  /** Why nobody was signed in: for the log, never for the page. README.md, “When linking fails”, lists the causes. */
  readonly refused: string;
}

/**
 * Where users are. A method rejects when the back-end can't be reached (`isUnreachable`), or answers with an error; the caller then
 * says "try again in a moment". Each question to the back-end ends after 5 seconds.
 */
export interface UserStore {
  /** The user whose password this is, or why there is none. */
  authenticate(username: string, password: string): Promise<Profile | Refused>;

  /** The user as they are now; `undefined` when gone or disabled. A store that can't tell leaves this out. */
  findById?(id: string): Promise<Profile | undefined>;

  /** Resolves when users can sign in now. No sign-in is made up to find out. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

/** What is known of a user by the id. */
export interface Lookup {
  /** Whether the user store says that there is no such user any more, or that it is disabled. */
  readonly isGone: boolean;
  /** Absent for one who is gone, while the store can't be reached, and where it can't look users up. */
  readonly profile?: Profile | undefined;
}

/** A user store as the server asks it. */
export interface Users extends Omit<UserStore, 'findById'> {
  /**
   * Never rejects. While the store can't be reached, or does not answer within `timeoutMs`, its last answer counts; a user
   * whom it has not answered about counts as there.
   */
  find(id: string, timeoutMs?: number): Promise<Lookup>;
}

/** The back-end was not reached, or did not answer in time. */
export class UnreachableError extends Error {}

/** Names and codes of errors that say so: of Node.js, undici, PostgreSQL, MySQL, LDAP and AWS. */
const unreachable = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN'],
  ...['ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN', 'EMFILE', 'ENFILE'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET', 'TimeoutError', 'AbortError'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08003', '08006', '57014'],
  ...['PROTOCOL_CONNECTION_LOST', 'ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN'],
  ...['ER_TOO_MANY_USER_CONNECTIONS', 'ER_QUERY_TIMEOUT', 'ER_LOCK_WAIT_TIMEOUT'],
  ...['BusyError', 'UnavailableError', 'TimeLimitExceededError'],
  ...['ThrottlingException', 'ProvisionedThroughputExceededException', 'InternalServerError'],
]);

const sqliteBusy = 5;

/**
 * Whether an error says that nothing was reached, and not that something was answered. A sign-in that fails with one is not
 * counted, and a start waits.
 */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code, errcode, cause } = error as Error & Readonly<Record<string, unknown>>;
  return (
    error instanceof UnreachableError ||
    unreachable.has(name) ||
    unreachable.has(String(code)) ||
    (Number(errcode) & 255) === sqliteBusy ||
    isUnreachable(cause)
  );
}

/** How long a back-end may take before it counts as unreachable. */
export const deadlineSeconds = 5;

/** Rejects when `asking` takes longer; what it was doing is then for `giveUp` to end, which is called with the same error. */
export function inTime<Result>(
  asking: Promise<Result>,
  giveUp: (error: Error) => void = () => {},
): Promise<Result> {
  return withDeadline(asking, deadlineSeconds * 1000, () => {
    const error = new UnreachableError(`no answer within ${deadlineSeconds} seconds`);
    giveUp(error);
    return error;
  });
}
