import ipaddr from 'ipaddr.js';
import pLimit, { type LimitFunction } from 'p-limit';
import { sha256 } from '../crypto/digest.ts';
import type { FailureStore } from '../storage/stores.ts';

/** Who tries to sign in as whom. */
interface Guesser {
  readonly username: string;
  /** Undefined where the connection is gone already. */
  readonly address: string | undefined;
}

/** What the attempt gave, or when another will be made. */
export type AttemptOutcome<Result> =
  | { readonly result: Result | undefined }
  | { readonly retryAfterSeconds: number };

export interface GuessLimits {
  /**
   * Makes an attempt, unless too many have failed. One that gives nothing has failed; one that rejects does not count,
   * and one that succeeds takes back what this person failed here.
   */
  attempt<Result>(
    guesser: Guesser,
    verify: () => Promise<Result | undefined>,
  ): Promise<AttemptOutcome<Result>>;
}

const minute = 60;

/** Failures that are allowed, and the seconds after which they are forgotten. */
const ofPair = { failures: 10, windowSeconds: 15 * minute };
const ofAddress = { failures: 100, windowSeconds: 60 * minute };

/**
 * A username that is guessed at from everywhere is not locked, which would lock its owner out. From then on each
 * address has fewer attempts at it: enough for somebody who mistypes, and few for somebody who guesses.
 */
const ofUsername = { failures: 30, windowSeconds: 60 * minute };
const failuresOfPairUnderAttack = 3;

/**
 * How many attempts of an address run at once; the others wait. Without this, a thousand guesses could be under way before
 * the first has failed, and a few addresses could keep everybody else from having a password looked at.
 */
const atOnce = 3;

export function createGuessLimits(store: FailureStore): GuessLimits {
  const inLane = createLanes();

  async function secondsToWait({ pair, address, username }: Keys): Promise<number> {
    const found = await Promise.all([store.find(pair), store.find(address), store.find(username)]);
    const [ofThisPair, ofThisAddress, ofThisUsername] = found;
    const underAttack = (ofThisUsername?.count ?? 0) >= ofUsername.failures;
    const allowed = underAttack ? failuresOfPairUnderAttack : ofPair.failures;
    const waits = [
      (ofThisPair?.count ?? 0) >= allowed && ofThisPair?.secondsLeft,
      (ofThisAddress?.count ?? 0) >= ofAddress.failures && ofThisAddress?.secondsLeft,
    ];
    return Math.max(0, ...waits.map(Number));
  }

  return {
    async attempt(guesser, verify) {
      const keys = keysOf(guesser);
      return inLane(keys.address, async () => {
        const retryAfterSeconds = await secondsToWait(keys);
        if (retryAfterSeconds > 0) return { retryAfterSeconds };
        const result = await verify();
        if (result === undefined) {
          await Promise.all([
            store.add(keys.pair, ofPair.windowSeconds),
            store.add(keys.address, ofAddress.windowSeconds),
            store.add(keys.username, ofUsername.windowSeconds),
          ]);
        } else if ((await store.find(keys.pair)) !== undefined) await store.forget(keys.pair);
        return { result };
      });
    },
  };
}

interface Keys {
  readonly pair: string;
  readonly address: string;
  readonly username: string;
}

/** Digests, since people type passwords into the wrong field. */
function keysOf({ username, address = '' }: Guesser): Keys {
  const name = comparable(username);
  const network = networkOf(address);
  return {
    pair: sha256(`pair ${network} ${name}`),
    address: sha256(`address ${network}`),
    username: sha256(`username ${name}`),
  };
}

/** Much as lenient databases and directories compare: or one person would have as many names as spellings. */
function comparable(username: string): string {
  return username
    .normalize('NFKD')
    .replace(/[\p{M}\p{C}\s]/gu, '')
    .toLowerCase()
    .replace(/[łøđðß]/g, (letter) => plainLetters[letter] ?? letter);
}

/** Letters that lenient collations take for others, and that Unicode doesn't decompose. */
const plainLetters: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', ß: 's' };

/** IPv6 by /64, which is what one household or one hired machine has. Some proxies write a port behind an address. */
function networkOf(given: string): string {
  const address = given.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv6' ? String(parsed.toByteArray().slice(0, 8)) : parsed.toString();
}

/** Lets a few through at once for each key, and the others after them. */
function createLanes() {
  const lanes = new Map<string, { readonly enter: LimitFunction; inside: number }>();
  return async <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    const lane = lanes.get(key) ?? { enter: pLimit(atOnce), inside: 0 };
    lanes.set(key, lane);
    lane.inside += 1;
    try {
      return await lane.enter(work);
    } finally {
      lane.inside -= 1;
      if (lane.inside === 0) lanes.delete(key);
    }
  };
}
