import { onTestFinished, vi } from 'vitest';

export interface TestClock {
  /** Seconds since 1970. Setting it runs no timer. */
  now: number;
  /** Lets time pass, and runs the timers that end meanwhile. */
  pass(seconds: number): Promise<void>;
}

/** Stops `Date` and `performance.now()` until the test is finished, and timers too where they are asked for. */
export function stopClock(at = 1_800_000_000, { timers = false } = {}): TestClock {
  const timersToo = timers ? (['setTimeout', 'clearTimeout'] as const) : [];
  vi.useFakeTimers({ toFake: ['Date', ...timersToo], now: at * 1000 });
  // Whole numbers, whose sums are what they seem.
  let sinceStart = Math.round(performance.now());
  const performanceNow = vi.spyOn(performance, 'now').mockImplementation(() => sinceStart);
  onTestFinished(() => {
    performanceNow.mockRestore();
    vi.useRealTimers();
  });
  return {
    get now() {
      return Math.floor(Date.now() / 1000);
    },
    set now(seconds) {
      sinceStart += seconds * 1000 - Date.now();
      vi.setSystemTime(seconds * 1000);
    },
    async pass(seconds) {
      sinceStart += seconds * 1000;
      await vi.advanceTimersByTimeAsync(seconds * 1000);
    },
  };
}

/**
 * Ends every wait at once until the test is finished, like the second that a refusal takes, and stops `Date`. For code that asks nothing of
 * the network.
 */
export function skipWaits(at = 1_800_000_000): void {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: at * 1000 });
  vi.setTimerTickMode('nextTimerAsync');
  onTestFinished(() => void vi.useRealTimers());
}

const realTimeout = globalThis.setTimeout;
const realNow = performance.now.bind(performance);

/** Until the test is finished. What was changed before stays as it is. */
function changeTimers(milliseconds: (given: number) => number): void {
  if (vi.isMockFunction(globalThis.setTimeout)) return;
  const changed = (work: (...given: unknown[]) => void, given = 0, ...parameters: unknown[]) =>
    realTimeout(work, milliseconds(given), ...parameters);
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(changed as typeof setTimeout);
  onTestFinished(() => spy.mockRestore());
}

/** Ends the second that a refusal takes a hundred times as soon, until the test is finished. */
export function hurryRefusals(): void {
  changeTimers((given) => (given > 500 && given <= 1000 ? given / 100 : given));
}

/** Has time run so many times as fast, for timers and `performance.now()`, until the test is finished. */
export function hurry(times: number): void {
  changeTimers((given) => given / times);
  const start = realNow();
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => start + (realNow() - start) * times);
  onTestFinished(() => spy.mockRestore());
}

/** Sets `performance.now()` ahead, until the test is finished: what is kept for a while is old by then. */
export function skipAhead(seconds: number): void {
  const ahead = performance.now() - realNow() + seconds * 1000;
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => realNow() + ahead);
  onTestFinished(() => spy.mockRestore());
}
