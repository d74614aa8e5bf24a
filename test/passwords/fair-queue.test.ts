import { describe, expect, it } from 'vitest';
import { createFairQueue } from '../../src/passwords/fair-queue.ts';

/** A queue whose work ends when it is told. */
function open(atOnce: number) {
  const started: string[] = [];
  const working: (() => void)[] = [];
  const waited: number[] = [];
  const queue = createFairQueue(atOnce, (seconds) => waited.push(seconds));
  return {
    started,
    working,
    waited,
    enter(network: string, name = network, signal = new AbortController().signal) {
      return queue.enter(network, signal, async () => {
        started.push(name);
        await new Promise<void>((resolve) => working.push(resolve));
        return name;
      });
    },
    /** Ends the oldest work, and so on until none is left. */
    async finish(times = Number.POSITIVE_INFINITY) {
      for (let time = 0; time < times; time += 1) {
        await new Promise(setImmediate);
        const end = working.shift();
        if (end === undefined) return;
        end();
      }
      await new Promise(setImmediate);
    },
  };
}

const many = <Value>(times: number, make: (index: number) => Value) =>
  Array.from({ length: times }, (_, index) => make(index));

describe('the queue of sign-ins', () => {
  it('works on so many at once, and gives what the work gives', async () => {
    const { enter, started, finish, waited } = open(2);
    const all = many(5, (index) => enter('a', `a${index}`));
    await new Promise(setImmediate);
    expect(started).toEqual(['a0', 'a1']);
    await finish();
    expect(await Promise.all(all)).toEqual(many(5, (index) => ({ result: `a${index}` })));
    expect(waited).toHaveLength(5);
  });

  it('goes on after work that fails', async () => {
    const queue = createFairQueue(1);
    const { signal } = new AbortController();
    const failing = queue.enter('a', signal, () => Promise.reject(new Error('down')));
    const next = queue.enter('a', signal, async () => 'done');
    await expect(failing).rejects.toThrow('down');
    expect(await next).toEqual({ result: 'done' });
  });

  it('has the network go first that was served least, then the one with fewer waiting, then who came first', async () => {
    const { enter, started, finish } = open(1);
    many(3, (index) => enter('a', `a${index}`));
    many(3, (index) => enter('b', `b${index}`));
    enter('c');
    await finish();
    expect(started).toEqual(['a0', 'c', 'b0', 'a1', 'b1', 'a2', 'b2']);
  });

  it('forgets how often a network was served that waits for nothing any more', async () => {
    const { enter, started, finish } = open(1);
    many(5, () => enter('a'));
    await finish();
    enter('c');
    enter('a');
    enter('b');
    await finish();
    expect(started.slice(5)).toEqual(['c', 'a', 'b']);
  });

  it('has somebody new not wait for sixty networks with three attempts each', async () => {
    const { enter, started, finish } = open(2);
    for (let network = 0; network < 60; network += 1) many(3, () => enter(`network${network}`));
    await finish(10);
    enter('alice');
    await finish(4);
    expect(started.indexOf('alice')).toBeLessThan(16);
    await finish();
  });

  it('has seventeen wait for each network; one more, and who waited longest is turned away', async () => {
    const { enter, started, finish } = open(1);
    const all = many(30, (index) => enter('a', `a${index}`));
    const other = enter('b');
    await finish();
    const turnedAway = { turnedAway: 'network_crowded' };
    expect(await Promise.all(all.slice(1, 13))).toEqual(Array(12).fill(turnedAway));
    expect(await other).toEqual({ result: 'b' });
    expect(started).toEqual(['a0', 'b', ...many(17, (index) => `a${index + 13}`)]);
  });

  it('has 300 wait in all: then somebody of the longest line makes room for who is new', async () => {
    const { enter, finish } = open(1);
    enter('first');
    const crowd = many(30, (network) => many(10, () => enter(`network${network}`))).flat();
    const alice = enter('alice');
    await finish();
    expect(await alice).toEqual({ result: 'alice' });
    const answers = await Promise.all(crowd);
    expect(answers.filter((answer) => 'turnedAway' in answer)).toEqual([{ turnedAway: 'all_crowded' }]);
  });

  it('turns the newest away where all that wait are of different networks', async () => {
    const { enter, finish } = open(1);
    enter('first');
    const crowd = many(300, (network) => enter(`network${network}`));
    expect(await enter('one-more')).toEqual({ turnedAway: 'all_crowded' });
    await finish();
    for (const answer of await Promise.all(crowd)) expect(answer).toHaveProperty('result');
  });

  it('lets go who is gone, and gives their place to others', async () => {
    const { enter, started, finish } = open(1);
    enter('a', 'a0');
    const gone = new AbortController();
    const leaving = many(17, () => enter('a', 'leaving', gone.signal));
    gone.abort();
    expect(await Promise.all(leaving)).toEqual(Array(17).fill({ turnedAway: 'gone' }));
    const staying = many(17, (index) => enter('a', `a${index + 1}`));
    expect(await enter('a', 'late', gone.signal)).toEqual({ turnedAway: 'gone' });
    await finish();
    for (const answer of await Promise.all(staying)) expect(answer).toHaveProperty('result');
    expect(started).not.toContain('leaving');
  });
});
