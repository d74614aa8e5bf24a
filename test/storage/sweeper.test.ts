import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { retentionSeconds } from '../../src/storage/stores.ts';
import { sweepUntil } from '../../src/storage/sweeper.ts';
import { stopClock } from '../support/clock.ts';
import { keepLink, keepMany, madeAt } from './storage-conformance.ts';

async function sweeping(at: number) {
  const clock = stopClock(at, { timers: true });
  const storage = await openSqliteStorage(':memory:');
  onTestFinished(() => storage.close().catch(() => {}));
  const reported: { readonly event: string; readonly rows?: unknown }[] = [];
  const stopping = new AbortController();
  const sweep = () =>
    sweepUntil(stopping.signal, storage, (event, fields) => void reported.push({ event, ...fields }));
  return { clock, storage, sweep, stopping, reported };
}

describe('the sweeper', () => {
  it('takes out batch after batch by itself, a minute after the start, says how many, and stops when told', async () => {
    const { clock, storage, sweep, stopping, reported } = await sweeping(madeAt + retentionSeconds);
    await keepMany(storage, 450, { expiresAt: madeAt });
    const { link } = await keepLink(storage);
    const sweepingNow = sweep();
    await clock.pass(59);
    expect(reported).toEqual([]);
    await clock.pass(2);
    expect(reported).toEqual([{ event: 'links.removed', rows: expect.any(Number) }]);
    stopping.abort();
    await sweepingNow;
    expect(await Array.fromAsync(storage.links.list({}))).toEqual([link]);
  });

  it('tries again ten minutes later when the storage can’t answer', async () => {
    const { clock, storage, sweep, stopping, reported } = await sweeping(madeAt);
    await storage.close();
    const sweepingNow = sweep();
    await clock.pass(61);
    expect(reported).toMatchObject([{ event: 'storage.unavailable' }]);
    await clock.pass(600);
    expect(reported).toHaveLength(2);
    stopping.abort();
    await sweepingNow;
  });
});
