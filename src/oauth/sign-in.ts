import type { Profile, Users } from '../users/user-store.ts';
import type { AttemptOutcome, GuessLimits } from './guess-limits.ts';

/** Who has signed in. */
interface User extends Profile {
  /** As the user store has it, or else as it was typed. */
  readonly username: string;
}

/** Where users are, and what stands before them. */
export interface SignInContext {
  readonly users: Users;
  readonly limits: GuessLimits;
}

/** What a person sent from a sign-in page. */
export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  /** Where it came from. */
  readonly address: string | undefined;
}

export type SignInOutcome = { readonly outcome: 'signed-in'; readonly user: User } | SignInFailure;

export type SignInFailure =
  /** An unknown user and a wrong password alike. */
  | { readonly outcome: 'refused' }
  /** Too many have failed; the password was not looked at. */
  | { readonly outcome: 'limited'; readonly retryAfterSeconds: number }
  /** Nothing was decided or kept; the same attempt may be made again. */
  | { readonly outcome: 'unavailable'; readonly part: 'users' | 'storage'; readonly cause: unknown };

/** Whether the password is that of a user, and whose. Never rejects for a back-end that is down. */
export async function signIn(context: SignInContext, attempt: SignInAttempt): Promise<SignInOutcome> {
  const { limits, users } = context;
  // Phones put a space behind a word that they completed, and may send a letter and its accent apart.
  const username = attempt.username.normalize('NFC').trim();
  let attempted: AttemptOutcome<Profile>;
  try {
    attempted = await limits.attempt({ username, address: attempt.address }, () =>
      authenticate(users, username, attempt.password),
    );
  } catch (cause) {
    return { outcome: 'unavailable', part: 'users', cause };
  }
  if ('retryAfterSeconds' in attempted) return { outcome: 'limited', ...attempted };
  const { result: profile } = attempted;
  if (profile === undefined) return { outcome: 'refused' };
  return { outcome: 'signed-in', user: { ...profile, username: profile.username ?? username } };
}

/** Longer ones are nobody's, and would only cost time. */
const longest = { usernameCharacters: 256, passwordBytes: 1024 };

/** What can't be anybody's, a store is never asked about: an empty password above all. */
async function authenticate(users: Users, username: string, password: string): Promise<Profile | undefined> {
  const possible =
    username !== '' &&
    // No text of a database holds it.
    !username.includes('\0') &&
    [...username].length <= longest.usernameCharacters &&
    password !== '' &&
    Buffer.byteLength(password) <= longest.passwordBytes;
  return possible ? users.authenticate(username, password) : undefined;
}
