import { sleep } from '../clock.ts';
import type { TurnedAway } from '../passwords/fair-queue.ts';
import { isUnreachable, type Profile } from '../users/user-store.ts';
import { networksOf, type UsedUp } from './budgets.ts';
import type { Context } from './context.ts';

/** Who has signed in. */
interface User extends Profile {
  /** As the user store has it, or else as it was typed. */
  readonly username: string;
}

/**
 * How long a refusal takes at least, from the attempt's turn. An unknown name then takes as long as a wrong password, also where
 * passwords are verified elsewhere.
 */
const refusalMs = 1000;

/** What a user sent from a sign-in page. */
export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  /** Where it came from. */
  readonly address: string | undefined;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export type SignInOutcome = { readonly outcome: 'signed-in'; readonly user: User } | SignInFailure;

export type SignInFailure =
  /** An unknown user and a wrong password alike. The cause is for the log alone. */
  | { readonly outcome: 'refused'; readonly cause: string }
  /** Too many have failed; the password was not looked at. */
  | ({ readonly outcome: 'limited' } & UsedUp)
  /** The password was not looked at. */
  | { readonly outcome: 'turned-away'; readonly turnedAway: TurnedAway }
  /** Nothing was decided or kept; the same attempt may be made again. */
  | { readonly outcome: 'unavailable'; readonly part: 'users' | 'storage'; readonly cause: unknown };

/** Whether the password is that of a user, and whose. Never rejects for a back-end that is down. */
export async function signIn(context: Context, attempt: SignInAttempt): Promise<SignInOutcome> {
  const { budgets, queue } = context;
  const impossible = whyImpossible(attempt);
  if (impossible !== undefined) return { outcome: 'refused', cause: impossible };
  // Phones put a space behind a word that they completed, and may send a letter and its accent apart.
  const username = attempt.username.normalize('NFC').trim();
  const { password, address, signal } = attempt;
  const usedUp = budgets.findUsedUp(username, address);
  if (usedUp !== undefined) return { outcome: 'limited', ...usedUp };
  let startedAt = 0;
  // One who has many narrow networks has one turn for them all.
  const turn = await queue.enter(networksOf(address).at(-1) ?? '', signal, () => {
    startedAt = performance.now();
    return judge(context, username, password, address);
  });
  if ('turnedAway' in turn) return { outcome: 'turned-away', ...turn };
  const early = startedAt + refusalMs - performance.now();
  if (turn.result.outcome === 'refused' && early > 0) await sleep(early);
  return turn.result;
}

const longest = { usernameCharacters: 256, passwordBytes: 1024 };

/** What can't be anybody's is refused before it costs anything, and is not counted. */
function whyImpossible({ username, password }: SignInAttempt): string | undefined {
  if (username.trim() === '' || password === '') return 'empty';
  // A character has two units at most. Counting the characters of a long text would cost time.
  const isLong =
    username.length > 2 * longest.usernameCharacters || [...username].length > longest.usernameCharacters;
  if (isLong || Buffer.byteLength(password) > longest.passwordBytes) return 'too_long';
  // No text of a database holds it.
  return username.includes('\0') || password.includes('\0') ? 'has_nul' : undefined;
}

/** Reserves, then verifies. What turns out to be no failure is given back. */
async function judge(
  { budgets, users }: Context,
  username: string,
  password: string,
  address: string | undefined,
): Promise<SignInOutcome> {
  const reserved = await budgets.takeFailure(username, address);
  if (!('giveBack' in reserved)) return { outcome: 'limited', ...reserved };
  let failed = false;
  try {
    const answer = await users.authenticate(username, password);
    failed = 'refused' in answer;
    return 'refused' in answer
      ? { outcome: 'refused', cause: answer.refused }
      : { outcome: 'signed-in', user: { ...answer, username: answer.username ?? username } };
  } catch (cause) {
    // An error that was answered may depend on the password, and tell whether it is right.
    failed = !isUnreachable(cause);
    return { outcome: 'unavailable', part: 'users', cause };
  } finally {
    if (!failed) await reserved.giveBack();
  }
}
