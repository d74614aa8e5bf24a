/** Why somebody got no turn: too many wait for their network, or for all networks together; or they are gone. */
export type TurnedAway = 'network_crowded' | 'all_crowded' | 'gone';

export type FairQueue = ReturnType<typeof createFairQueue>;

/**
 * So many wait at most. With the three at work, twenty of one network: at bcrypt's usual cost of 12, two processors need some two seconds
 * for them.
 */
const mostWaiting = { ofNetwork: 17, ofAll: 300 };

interface Line {
  readonly waiting: ((turnedAway: TurnedAway | undefined) => void)[];
  atWork: number;
  /** Turns since this line was made; it goes when nobody of it waits or works. */
  served: number;
}

/**
 * Lets a few work at once and the others wait, so that no network keeps the others waiting: the one that was served least goes first,
 * then the one with fewer waiting; within it, the order of arrival. Where too many wait, the one that has waited longest in the longest
 * line makes room. `onTurn` is told how many seconds somebody waited.
 */
export function createFairQueue(atOnce: number, onTurn: (seconds: number) => void = () => {}) {
  const lines = new Map<string, Line>();
  let atWork = 0;

  function startNext(): void {
    if (atWork >= atOnce) return;
    const [line] = [...lines.values()]
      .filter(({ waiting }) => waiting.length > 0)
      .sort((one, other) => one.served - other.served || one.waiting.length - other.waiting.length);
    const start = line?.waiting.shift();
    if (line === undefined || start === undefined) return;
    atWork += 1;
    line.atWork += 1;
    line.served += 1;
    start(undefined);
  }

  function makeRoom(own: Line): void {
    const all = [own, ...lines.values()];
    const waiting = [...lines.values()].reduce((sum, line) => sum + line.waiting.length, 0);
    const longest = all.reduce((one, other) => (other.waiting.length > one.waiting.length ? other : one));
    if (own.waiting.length > mostWaiting.ofNetwork) own.waiting.shift()?.('network_crowded');
    else if (waiting > mostWaiting.ofAll) longest.waiting.shift()?.('all_crowded');
  }

  function turn(line: Line, signal: AbortSignal): Promise<TurnedAway | undefined> {
    const { promise, resolve } = Promise.withResolvers<TurnedAway | undefined>();
    line.waiting.push(resolve);
    signal.addEventListener('abort', () => {
      const place = line.waiting.indexOf(resolve);
      if (place !== -1) line.waiting.splice(place, 1);
      resolve('gone');
    });
    startNext();
    makeRoom(line);
    return promise;
  }

  return {
    /** Does the work when it is this network's turn; leaves the queue when `signal` aborts before. */
    async enter<Result>(
      network: string,
      signal: AbortSignal,
      work: () => Promise<Result>,
    ): Promise<{ readonly result: Result } | { readonly turnedAway: TurnedAway }> {
      if (signal.aborted) return { turnedAway: 'gone' };
      const line = lines.get(network) ?? { waiting: [], atWork: 0, served: 0 };
      lines.set(network, line);
      const since = performance.now();
      const turnedAway = await turn(line, signal);
      if (turnedAway === undefined) {
        onTurn((performance.now() - since) / 1000);
        try {
          return { result: await work() };
        } finally {
          atWork -= 1;
          line.atWork -= 1;
          forget(network, line);
          startNext();
        }
      }
      forget(network, line);
      return { turnedAway };
    },
  };

  function forget(network: string, line: Line): void {
    if (line.waiting.length === 0 && line.atWork === 0) lines.delete(network);
  }
}
