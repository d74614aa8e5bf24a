/*
 * users: the operator's own users, where they already are. This file is the interface; each other file is one
 * adapter behind it, or a part of several. Adapters read, and never write or copy; they import crypto, sql and
 * telemetry at most.
 */

/** What a user store says of a user. */
export interface Profile {
  /** Stable and never given to anybody else: it becomes the subject of tokens. */
  readonly id: string;
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
}

/**
 * Where users are. A wrong password is `undefined`; a method rejects only when the back-end can't answer, and
 * the caller then says "try again in a moment". None takes longer than 5 seconds to find that out.
 */
export interface UserStore {
  /**
   * The user whose password this is. `undefined` for an unknown name, a wrong password and a disabled user
   * alike, all after the same time.
   */
  authenticate(username: string, password: string): Promise<Profile | undefined>;

  /** The user as they are now; `undefined` when gone or disabled. A store that can't tell leaves this out. */
  findById?(id: string): Promise<Profile | undefined>;

  /** Resolves when users can sign in now. */
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
   * Never rejects. While the store can't be reached, or does not answer within `patienceMs`, its last answer counts; a user
   * whom it has not answered about counts as there.
   */
  find(id: string, patienceMs?: number): Promise<Lookup>;
}
