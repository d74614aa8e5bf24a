/*
 * users: the operator's own users, where they already are. This file is the interface; each other file is one
 * adapter behind it, or a part of several. Adapters read, and never write or copy; they import crypto, sql and
 * telemetry at most.
 */

/** What a user store says of somebody. */
export interface Profile {
  /** Stable and never given to anybody else: it becomes the subject of tokens. */
  readonly id: string;
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
}

/** Somebody who can sign in, with what they signed in as. */
export interface User extends Profile {
  readonly username: string;
}

/** With what they signed in as, where the store has no other name for them. */
export function signedInAs(username: string, profile: Profile): User {
  return { ...profile, username: profile.username ?? username };
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
  authenticate(username: string, password: string): Promise<User | undefined>;

  /** The user as they are now; `undefined` when gone or disabled. A store that can't tell leaves this out. */
  findById?(id: string): Promise<Profile | undefined>;

  /** Resolves when users can sign in now. */
  ping(): Promise<void>;

  close(): Promise<void>;
}
