import { describe, expect, it, onTestFinished } from 'vitest';
import { createUseRecorder } from '../../src/oauth/use-recorder.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { keepLink, madeAt } from '../storage/storage-conformance.ts';

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

  it('costs nobody anything when it can’t be recorded, and is told of once a minute', async () => {
    const { storage, clock, useStale, runPostponed, failures } = await recorder();
    await storage.close();
    for (let second = 0; second < 120; second += 1) {
      useStale();
      await runPostponed();
      clock.now += 1;
    }
    expect(failures).toHaveLength(2);
  });
});
