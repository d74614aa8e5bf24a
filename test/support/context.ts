import { onTestFinished } from 'vitest';
import { createBudgets } from '../../src/oauth/budgets.ts';
import type { Context } from '../../src/oauth/context.ts';
import { opaqueFormat } from '../../src/oauth/token.ts';
import { createFairQueue } from '../../src/passwords/fair-queue.ts';
import { createMemoryAttempts } from '../../src/storage/memory-attempts.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';

/** Users of whom each is there, and none has a password. */
export const users: Context['users'] = {
  authenticate: async () => ({ refused: 'unknown_user' }),
  find: async () => ({ isGone: false }),
  ping: async () => {},
  close: async () => {},
};

/** What the protocol works with, with a storage of its own, and what was reported. */
export async function openContext(changes: Partial<Context> = {}) {
  const storage = await openSqliteStorage(':memory:');
  onTestFinished(() => storage.close().catch(() => {}));
  const reported: { readonly event: string; readonly [field: string]: unknown }[] = [];
  const context: Context = {
    issuer: 'https://link.example.com',
    clients: new Map(),
    users,
    budgets: createBudgets(createMemoryAttempts()),
    queue: createFairQueue(3),
    links: storage.links,
    tickets: storage.tickets,
    accessTokens: opaqueFormat,
    recordUse: () => {},
    report: (event, fields) => void reported.push({ event, ...fields }),
    ...changes,
  };
  return { context, storage, reported };
}
