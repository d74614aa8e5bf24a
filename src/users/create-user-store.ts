/**
 * What your module exports as `createUserStore`, for users that none of the built-in user stores can reach. It is called once, when the
 * server starts. Don't connect in it: connect when `authenticate` or `ping` first needs to, so that the server starts
 * while your users can't be reached.
 *
 * @example
 * ```ts
 * import type { CreateUserStore } from 'alexa-account-linking/user-store';
 *
 * export const createUserStore: CreateUserStore = ({ verifyPassword }) => ({
 *   async authenticate(username, password) {
 *     const user = await findUser(username);
 *     return (await verifyPassword(username, user?.passwordHash, password)) ? user : undefined;
 *   },
 * });
 * ```
 */
export type CreateUserStore = (options: UserStoreOptions) => UserStore | Promise<UserStore>;

/** What the server calls your `createUserStore` with. */
export interface UserStoreOptions {
  /**
   * Resolves with whether `password` belongs to the stored hash, in any format that docs/users.md lists. Without a stored hash, and with
   * one that can't be used, it resolves with `false` after the same time. So call it for unknown users as well: then nobody can tell by the
   * time who has an account.
   */
  verifyPassword(username: string, stored: string | null | undefined, password: string): Promise<boolean>;
}

/** What your `createUserStore` returns. Each call has five seconds. */
export interface UserStore {
  /**
   * Resolves with the user whose password this is, and with nothing for a wrong password or an unknown user. Rejects only when it
   * can't tell: the user is asked to try again, and the error is logged.
   */
  authenticate(username: string, password: string): Promise<User | null | undefined>;

  /**
   * Resolves with the user as they are now, and with nothing once they are gone or disabled: their tokens then stop working within a
   * minute. Without this function tokens work until somebody revokes them.
   */
  findById?(id: string): Promise<User | null | undefined>;

  /** Rejects when nobody can sign in at the moment. */
  ping?(): Promise<void>;

  /** Called when the server stops. */
  close?(): Promise<void>;
}

export interface User {
  /** Stays the same for good and is never given to anybody else: your skill gets it as `sub`. */
  readonly id: string | number;
  /** Without it, what the user typed. */
  readonly username?: string | null;
  readonly name?: string | null;
  readonly email?: string | null;
}
