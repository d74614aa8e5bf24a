/**
 * Whether two series of durations, taken in turn, could be told apart by their lengths: by the Mann-Whitney statistic,
 * the chance that one of the second takes longer than one of the first. It is a half where they are alike. With 40 of
 * each it then strays by 0.065, so that a bound of 0.2 and 0.8 is passed once in some 300,000 runs.
 */
export function toldApart(first: readonly number[], second: readonly number[]): boolean {
  let wins = 0;
  for (const one of first) for (const other of second) wins += other > one ? 1 : other === one ? 0.5 : 0;
  const chance = wins / (first.length * second.length);
  return chance < 0.2 || chance > 0.8;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/**
 * Durations in milliseconds of two things done in turn, so that whatever else the machine does meets both. Chance decides which
 * one goes first: in a fixed order, each could always run on the same thread.
 */
export async function inTurn(
  rounds: number,
  first: (round: number) => Promise<unknown>,
  second: (round: number) => Promise<unknown>,
): Promise<[number[], number[]]> {
  const spent: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const which of Math.random() < 0.5 ? ([0, 1] as const) : ([1, 0] as const)) {
      const startedAt = performance.now();
      await [first, second][which]?.(round);
      spent[which].push(performance.now() - startedAt);
    }
  }
  return spent;
}
