import { once } from 'node:events';
import { openStorage } from '../../src/adapters.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { Operation } from './races.ts';

/*
 * One of many processes on one storage: opens it, says so, waits for the word, does its part and prints what it got.
 */

const { STORAGE, OPERATION = '', KEY = '' } = process.env;
const parsed = parseConfig({ STORAGE });
if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
const storage = await openStorage(parsed.config.storage);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const renewal = (time: number) => ({
  accessToken: { digest: `${process.pid} ${time}`, issuedAt: 1_800_000_000, expiresAt: 1_800_003_600 },
  expiresAt: 2_000_000_000,
});
const operations: Record<Operation, () => Promise<unknown>> = {
  redeem: () => storage.links.redeemCode(KEY, String(process.pid), renewal(0)),
  refresh: () =>
    Promise.all(
      [1, 2, 3, 4, 5].map(async (time) => {
        const { accessToken, expiresAt } = renewal(time);
        await storage.links.addAccessToken(KEY, { accessToken, expiresAt });
        return accessToken.digest;
      }),
    ),
  revoke: () => storage.links.revoke(KEY, process.pid),
  use: () => Promise.all([1, 2, 3, 4].map(async () => (await storage.tickets.use(KEY, 20)) !== undefined)),
  fail: async () => {
    const counters = [KEY, `other ${process.pid}`].map((key) => ({ key, endsAt: 2_000_000_000 }));
    for (let time = 0; time < 10; time += 1) await storage.attempts.add(counters, 1);
  },
  remove: () => storage.removeEnded(Number(KEY)),
};
const result = await operations[OPERATION as Operation]();
process.stdout.write(`${JSON.stringify(result ?? null)}\n`);
// Closing can lock a SQLite file while the disk writes, and other workers still need it.
await once(process.stdin, 'end');
await storage.close();
