import { describe, expect, it, onTestFinished } from 'vitest';
import { createUseRecorder } from '../../src/oauth/use-recorder.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { keepLink, keepMany, madeAt } from '../storage/storage-conformance.ts';

async function recorder() {
  const storage = await openSqliteStorage(':memory:');
  onTestFinished(() => storage.close().catch(() => {}));
  const { link } = await keepLink(storage);
  const clock = { now: madeAt + 10 };
  const postponed: (() => Promise<void>)[] = [];
  const failures: unknown[] = [];
  const use = createUseRecorder({
    links: storage.links,
    now: () => clock.now,
    later: (work) => void postponed.push(work),
    onFailure: (cause) => void failures.push(cause),
  });
  return {
    storage,
    clock,
    postponed,
    failures,
    use: async () => use((await storage.links.find(link.id)) ?? link),
    useStale: () => use(link),
    runPostponed: () => Promise.all(postponed.splice(0).map((work) => work())),
    lastUsed: async () => (await storage.links.find(link.id))?.lastUsedAt,
  };
}

describe('the last use of a link', () => {
  it('is recorded after the answer, and not again within the hour', async () => {
    const { clock, postponed, use, runPostponed, lastUsed } = await recorder();
    await use();
    expect(postponed).toHaveLength(1);
    expect(await lastUsed()).toBeUndefined();
    await runPostponed();
    expect(await lastUsed()).toBe(madeAt + 10);
    clock.now += 3599;
    await use();
    expect(postponed).toHaveLength(0);
    clock.now += 1;
    await use();
    await runPostponed();
    expect(await lastUsed()).toBe(madeAt + 3610);
  });

  it('is recorded once for many requests that come together', async () => {
    const { postponed, useStale, runPostponed, use } = await recorder();
    for (let time = 0; time < 20; time += 1) useStale();
    expect(postponed).toHaveLength(1);
    await runPostponed();
    await use();
    expect(postponed).toHaveLength(0);
  });

  it('takes two connections at most, whoever waits for what', async () => {
    const { storage, clock } = await recorder();
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
    const works: Promise<void>[] = [];
    const use = createUseRecorder({
      links,
      now: () => clock.now,
      later: (work) => void works.push(work()),
      onFailure: () => {},
    });
    const kept = await keepMany(storage, 20, {});
    for (const { link } of kept) use(link);
    for (let done = 0; done < 20; done += 1) {
      await expect.poll(() => release.length, { interval: 1 }).toBeGreaterThan(0);
      release.shift()?.();
    }
    await Promise.all(works);
    expect(most).toBe(2);
  });

  it('is recorded again where a clock had run ahead', async () => {
    const { clock, storage, use, runPostponed, lastUsed } = await recorder();
    clock.now += 10 * 86_400;
    await use();
    await runPostponed();
    clock.now -= 10 * 86_400;
    await use();
    await runPostponed();
    expect(await lastUsed()).toBe(clock.now);
    await storage.close();
  });

  it('costs nobody anything when it can’t be recorded, and is tried again every five seconds', async () => {
    const { storage, clock, useStale, runPostponed, failures } = await recorder();
    await storage.close();
    for (let second = 0; second < 120; second += 1) {
      useStale();
      await runPostponed();
      clock.now += 1;
    }
    expect(failures).toHaveLength(24);
  });
});
