import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { now } from '../clock.ts';
import { sha256 } from '../crypto.ts';
import type { AttemptCounter, AttemptStore } from '../storage/stores.ts';

type BudgetName = 'name' | 'name_and_network' | 'network' | 'subject_and_client';

/** A budget that is used up. */
export interface UsedUp {
  readonly budget: BudgetName;
  /** Until it is full again. */
  readonly retryAfterSeconds: number;
}

/** What an attempt has taken from its budgets. */
interface Reservation {
  /** Returns it, since the attempt was no failure after all. Never rejects. */
  giveBack(): Promise<void>;
}

export type Budgets = ReturnType<typeof createBudgets>;

const quarterSeconds = 900;
const hourSeconds = 3600;

/** Failures in a quarter of an hour. */
const ofNameAndNetwork = { usually: 10, whileNameIsGuessed: 3 };

/** Failures in an hour. A name without failures of its own gets in where others have used the network's budget up. */
const ofNetwork = { usually: 100, forOtherNames: 200 };

/**
 * Failures in an hour, from wherever they come. More do not lock the user out, since anybody could cause them. Each network then
 * has fewer attempts at this name.
 */
const ofName = 30;

/** Links in an hour. */
const ofSubjectAndClient = 30;

interface Budget extends AttemptCounter {
  readonly name: BudgetName;
  /** What it holds, for a name that has so many failures: this attempt is one of them. */
  readonly holds: (failuresOfName: number) => number;
}

/**
 * Limits how often passwords are guessed, and how many links one user makes. An attempt takes from its budgets first, so that of
 * many at once no more are judged than the budgets hold. Budgets are full again when the quarter of an hour, or the hour, of the
 * clock is over.
 */
export function createBudgets(attempts: AttemptStore) {
  /** By the key of a budget: a flood of attempts must not become a flood of statements. */
  const usedUp = new LRUCache<string, Budget>({ max: 10_000 });

  async function take(budgets: readonly Budget[]): Promise<Reservation | UsedUp> {
    const known = findUsedUp(budgets);
    if (known !== undefined) return known;
    const counts = await attempts.add(budgets, 1);
    const [failuresOfName = 0] = counts;
    const over = budgets.filter(({ holds }, index) => (counts[index] ?? 0) > holds(failuresOfName));
    for (const budget of over) {
      const count = counts[budgets.indexOf(budget)] ?? 0;
      // Where other names may still get in, only this one is known to be out at this network.
      const closed = budget.name === 'network' && count <= budget.holds(1) ? budgets[1] : budget;
      if (closed !== undefined) usedUp.set(closed.key, budget);
    }
    const last = lastToEnd(over);
    if (last === undefined) return { giveBack: () => giveBack(budgets) };
    await attempts.add(budgets, -1);
    return last;
  }

  async function giveBack(budgets: readonly Budget[]): Promise<void> {
    for (const { key } of budgets) usedUp.delete(key);
    await attempts.add(budgets, -1);
  }

  function findUsedUp(budgets: readonly Budget[]): UsedUp | undefined {
    const found = budgets.map(({ key }) => usedUp.get(key)).filter((each) => each !== undefined);
    return lastToEnd(found);
  }

  function lastToEnd(found: readonly Budget[]): UsedUp | undefined {
    const [last] = found.toSorted((one, other) => other.endsAt - one.endsAt);
    return last && { budget: last.name, retryAfterSeconds: Math.max(1, last.endsAt - now()) };
  }

  return {
    /** A budget of this sign-in that is known to be used up. The storage is not asked. */
    findUsedUp: (username: string, address: string | undefined) => findUsedUp(budgetsOf(username, address)),
    /** Takes a failure from each budget of a sign-in, before its password is verified. */
    takeFailure: (username: string, address: string | undefined) => take(budgetsOf(username, address)),
    /** Takes one of the links that a subject may make with a client. */
    takeLink: (subject: string, clientId: string) =>
      take([budget('subject_and_client', hourSeconds, `${subject} ${clientId}`, () => ofSubjectAndClient)]),
  };
}

/** The name's own comes first, then that of the name at its narrowest network. */
function budgetsOf(username: string, address: string | undefined): Budget[] {
  const name = username.normalize('NFKC').toLowerCase().trim();
  const ofNetworks = networksOf(address).flatMap((network, index) => {
    const times = 2 ** index;
    return [
      budget('name_and_network', quarterSeconds, `${network} ${name}`, (failuresOfName) => {
        const isGuessed = failuresOfName > ofName;
        return times * (isGuessed ? ofNameAndNetwork.whileNameIsGuessed : ofNameAndNetwork.usually);
      }),
      budget('network', hourSeconds, network, (failuresOfName) => {
        const isOther = failuresOfName === 1;
        return times * (isOther ? ofNetwork.forOtherNames : ofNetwork.usually);
      }),
    ];
  });
  return [budget('name', hourSeconds, name, () => Number.POSITIVE_INFINITY), ...ofNetworks];
}

function budget(name: BudgetName, windowSeconds: number, whose: string, holds: Budget['holds']): Budget {
  const window = Math.floor(now() / windowSeconds);
  // A digest, since people type passwords into the wrong field.
  const key = sha256(`${name} ${window} ${whose}`);
  return { name, key, endsAt: (window + 1) * windowSeconds, holds };
}

/**
 * The networks that an address is in: itself for IPv4. For IPv6 the /64, which is what one household or one hired machine has, and
 * then the /56 and the /48, since some have those.
 */
export function networksOf(address = ''): readonly string[] {
  // Some proxies write a port behind an address.
  const host = address.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  if (!ipaddr.isValid(host)) return ['unknown'];
  const parsed = ipaddr.process(host);
  if (parsed.kind() === 'ipv4') return [parsed.toString()];
  const bytes = parsed.toByteArray();
  return [64, 56, 48].map((bits) => `${bytes.slice(0, bits / 8)}/${bits}`);
}
