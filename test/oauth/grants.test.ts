import { describe, expect, it } from 'vitest';
import { createFairQueue } from '../../src/crypto/fair-queue.ts';
import { randomText } from '../../src/crypto/random.ts';
import { findRecipient, parseAuthorizationRequest } from '../../src/oauth/authorization-request.ts';
import { createBudgets } from '../../src/oauth/budgets.ts';
import type { Client } from '../../src/oauth/client.ts';
import { signInAndGrant } from '../../src/oauth/grants.ts';
import { createOpaqueFormat } from '../../src/oauth/token.ts';
import { createMemoryAttempts } from '../../src/storage/memory-attempts.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import { StorageUnavailableError } from '../../src/storage/stores.ts';

const client: Client = {
  clientId: 'cloud-lights',
  texts: { clientName: 'Cloud Lights', scopeDescriptions: new Map() },
  textsIn: new Map(),
  redirectUris: new Set(['https://app.example.com/linked']),
  responseTypes: new Set(['token']),
  scope: new Set(),
  secretDigests: [],
  shortestSecret: 0,
  refreshTokenTtlSeconds: 34_560_000,
  requirePkce: false,
};

describe('a grant', () => {
  it('that could not be stored does not count as one of thirty', async () => {
    const query =
      'client_id=cloud-lights&response_type=token&redirect_uri=https%3A%2F%2Fapp.example.com%2Flinked';
    const recipient = findRecipient(query, new Map([[client.clientId, client]]));
    if ('refused' in recipient) throw new Error(recipient.refused);
    const { links, close } = await openSqliteStorage(':memory:');
    const broken = {
      ...links,
      create: () => Promise.reject(new StorageUnavailableError(new Error('the disk is full'))),
    };
    const now = () => 1_800_000_000;
    const context = {
      users: {
        authenticate: async () => ({ id: '1' }),
        find: async () => ({ isGone: false }),
        ping: async () => {},
        close: async () => {},
      },
      budgets: createBudgets(createMemoryAttempts(), now),
      queue: createFairQueue(3),
      refusalSeconds: 0,
      accessTokens: createOpaqueFormat(randomText),
      now,
      randomText,
    };
    const attempt = {
      authorization: parseAuthorizationRequest(recipient),
      username: 'alice',
      password: 'wonderland',
      address: '192.0.2.1',
      signal: new AbortController().signal,
      reference: 'ABCD-EFGH',
    };
    for (let time = 0; time < 40; time += 1)
      expect(await signInAndGrant({ ...context, links: broken }, attempt)).toMatchObject({
        outcome: 'unavailable',
        part: 'storage',
      });
    expect(await signInAndGrant({ ...context, links }, attempt)).toHaveProperty('link');
    await close();
  });
});
