import { describe, expect, it } from 'vitest';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { retentionSeconds } from '../../src/storage/stores.ts';
import { createSweeper } from '../../src/storage/sweeper.ts';
import { keepLink, keepMany, madeAt } from './storage-conformance.ts';

async function sweeping(now: number) {
  const storage = await openSqliteStorage(':memory:');
  const removed: number[] = [];
  const failures: unknown[] = [];
  const sweeper = createSweeper({
    storage,
    now: () => now,
    onRemoved: (rows) => void removed.push(rows),
    onFailure: (cause) => void failures.push(cause),
    everySeconds: 0.01,
  });
  return { storage, sweeper, removed, failures };
}

describe('the sweeper', () => {
  it('takes out batch after batch by itself, says how many, and stops when told', async () => {
    const { storage, sweeper, removed, failures } = await sweeping(madeAt + retentionSeconds);
    await keepMany(storage, 450, { expiresAt: madeAt });
    const { link } = await keepLink(storage);
    sweeper.start();
    await expect.poll(() => removed).toHaveLength(1);
    await sweeper.stop();
    expect(await Array.fromAsync(storage.links.list({}))).toEqual([link]);
    await storage.close();
    expect(failures).toEqual([]);
  });

  it('tries again later when the storage can’t answer', async () => {
    const { storage, sweeper, failures } = await sweeping(madeAt);
    await storage.close();
    sweeper.start();
    await expect.poll(() => failures.length).toBeGreaterThan(1);
    await sweeper.stop();
  });
});
