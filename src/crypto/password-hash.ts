import { hash as argon2Hash, parseOptions as parseArgon2, verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import pLimit from 'p-limit';

/** A stored password hash that was found well-formed and affordable. */
export interface PasswordHash {
  /** Runs on a thread of the pool, never on the main one. Rejects at once when too many are waiting already. */
  verify(password: string): Promise<boolean>;
}

/**
 * Node's pool has four threads unless told otherwise. One stays free for everything else that needs one, reading files
 * above all, or a hundred sign-ins would hold up every skill that asks about a token.
 */
const verifyOneOfFew = pLimit(3);

/** Some seconds of work at usual costs; longer nobody waits on a phone. */
const mostWaiting = 100;

async function queued(verify: () => Promise<boolean>): Promise<boolean> {
  if (verifyOneOfFew.pendingCount >= mostWaiting)
    throw new Error('too many passwords are waiting to be verified');
  return verifyOneOfFew(verify);
}

interface PasswordHashFormat {
  /** What the stored value starts with; it alone decides the format. */
  readonly prefix: RegExp;
  /** What is wrong with the stored value, in words that repeat nothing of it. Throws where it can't be parsed. */
  problem(stored: string): string | undefined;
  verify(stored: string, password: string): Promise<boolean>;
}

/**
 * Upper bounds on what one verification may cost. They are several times what anybody recommends, and exist so
 * that a damaged or hostile value can't take the machine's memory or hold a thread for minutes.
 */
const bounds = { bcryptCost: 15, argon2KiB: 256 * 1024, argon2Passes: 16, argon2Lanes: 16 };

const formats: readonly PasswordHashFormat[] = [
  {
    prefix: /^\$2[aby]\$/,
    problem(stored) {
      const cost = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(stored)?.[1];
      if (cost === undefined) return 'the bcrypt hash is cut short or damaged';
      return Number(cost) > bounds.bcryptCost
        ? `bcrypt cost ${cost} is over ${bounds.bcryptCost}`
        : undefined;
    },
    verify: (stored, password) => verifyBcrypt(password, stored),
  },
  {
    prefix: /^\$argon2id?\$/,
    problem(stored) {
      const { memoryCost, timeCost, parallelism } = parseArgon2(stored);
      if (memoryCost > bounds.argon2KiB) return `argon2 memory ${memoryCost} KiB is over ${bounds.argon2KiB}`;
      if (timeCost > bounds.argon2Passes) return `argon2 passes ${timeCost} are over ${bounds.argon2Passes}`;
      if (parallelism > bounds.argon2Lanes)
        return `argon2 lanes ${parallelism} are over ${bounds.argon2Lanes}`;
      return undefined;
    },
    verify: (stored, password) => verifyArgon2(stored, password),
  },
];

/**
 * Recognises a stored hash by its value alone.
 * The problem names at most the format's prefix, never the value, so that it may be logged.
 */
export function parsePasswordHash(stored: string): { hash: PasswordHash } | { problem: string } {
  const format = formats.find((candidate) => candidate.prefix.test(stored));
  if (format === undefined) {
    const prefix = /^\$[\w-]{1,12}\$|^\{\w{1,12}\}/.exec(stored)?.[0];
    const given =
      prefix === undefined ? 'no known password hash' : `a ${prefix} password hash, which is unknown`;
    return { problem: `${given} (known: bcrypt $2y$ and argon2id)` };
  }
  try {
    const problem = format.problem(stored);
    return problem === undefined
      ? { hash: { verify: (password) => queued(() => format.verify(stored, password)) } }
      : { problem };
  } catch {
    return { problem: 'the password hash is cut short or damaged' };
  }
}

/** Hashes a new password with argon2id (19 MiB, 2 passes, 1 lane: OWASP's recommendation), in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return argon2Hash(password);
}
