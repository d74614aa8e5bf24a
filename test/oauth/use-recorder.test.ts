import { setImmediate as afterAnswer } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createUseRecorder } from '../../src/oauth/use-recorder.ts';
import { keepLink, keepMany, madeAt } from '../storage/storage-conformance.ts';
import { stopClock } from '../support/clock.ts';
import { openContext } from '../support/context.ts';

async function recorder() {
  const clock = stopClock(madeAt + 10);
  const { context, storage, reported } = await openContext();
  const { link } = await keepLink(storage);
  let asked = 0;
  let underWay: Promise<unknown> = Promise.resolve();
  const links = {
    ...storage.links,
    recordUse(...parameters: Parameters<typeof storage.links.recordUse>) {
      asked += 1;
      const recording = storage.links.recordUse(...parameters);
      underWay = Promise.allSettled([underWay, recording]);
      return recording;
    },
  };
  const recordUse = createUseRecorder(links, context.report);
  return {
    storage,
    clock,
    reported,
    /** How many uses were recorded since it was called last. */
    async recorded() {
      for (let turn = 0; turn < 3; turn += 1) await afterAnswer();
      await underWay;
      const count = asked;
      asked = 0;
      return count;
    },
    use: async () => recordUse((await storage.links.find(link.id)) ?? link),
    useStale: () => recordUse(link),
    lastUsed: async () => (await storage.links.find(link.id))?.lastUsedAt,
  };
}

describe('the last use of a link', () => {
  it('is recorded after the answer, and not again within the hour', async () => {
    const { clock, use, recorded, lastUsed } = await recorder();
    await use();
    expect(await recorded()).toBe(1);
    expect(await lastUsed()).toBe(madeAt + 10);
    clock.now += 3599;
    await use();
    expect(await recorded()).toBe(0);
    clock.now += 1;
    await use();
    expect(await recorded()).toBe(1);
    expect(await lastUsed()).toBe(madeAt + 3610);
  });

  it('is recorded once for many requests that come together', async () => {
    const { useStale, recorded, use } = await recorder();
    for (let time = 0; time < 20; time += 1) useStale();
    expect(await recorded()).toBe(1);
    await use();
    expect(await recorded()).toBe(0);
  });

  it('takes two connections at most, whoever waits for what', async () => {
    const { storage } = await recorder();
    let underWay = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const links = {
      ...storage.links,
      async recordUse() {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => release.push(resolve));
        underWay -= 1;
      },
    };
    const recordUse = createUseRecorder(links, () => {});
    for (const { link } of await keepMany(storage, 20, {})) recordUse(link);
    for (let done = 0; done < 20; done += 1) {
      await expect.poll(() => release.length, { interval: 1 }).toBeGreaterThan(0);
      release.shift()?.();
    }
    await expect.poll(() => underWay).toBe(0);
    expect(most).toBe(2);
  });

  it('is recorded again where a clock had run ahead', async () => {
    const { clock, use, recorded, lastUsed } = await recorder();
    clock.now += 10 * 86_400;
    await use();
    await recorded();
    clock.now -= 10 * 86_400;
    await use();
    await recorded();
    expect(await lastUsed()).toBe(clock.now);
  });

  it('costs nobody anything when it can’t be recorded, and is tried again every five seconds', async () => {
    const { storage, clock, useStale, recorded, reported } = await recorder();
    await storage.close();
    for (let second = 0; second < 120; second += 1) {
      useStale();
      await recorded();
      clock.now += 1;
    }
    expect(reported).toHaveLength(24);
    expect(reported[0]).toMatchObject({ event: 'link.use_unrecorded', err: expect.any(Error) });
  });
});
