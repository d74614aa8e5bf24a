import { describe, expect, it } from 'vitest';
import { decide } from '../../src/oauth/authorization.ts';
import type { Client } from '../../src/oauth/client.ts';
import { signInAndGrant } from '../../src/oauth/grants.ts';
import { StorageUnavailableError } from '../../src/storage/stores.ts';
import { openContext, users } from '../support/context.ts';

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
    const decision = decide(query, new Map([[client.clientId, client]]));
    if (decision.kind !== 'sign-in') throw new Error(decision.kind);
    const { context } = await openContext({ users: { ...users, authenticate: async () => ({ id: '1' }) } });
    const create = () => Promise.reject(new StorageUnavailableError(new Error('the disk is full')));
    const broken = { ...context, links: { ...context.links, create } };
    const attempt = {
      authorization: decision.authorization,
      username: 'alice',
      password: 'wonderland',
      address: '192.0.2.1',
      signal: new AbortController().signal,
      reference: 'ABCD-EFGH',
    };
    for (let time = 0; time < 40; time += 1)
      expect(await signInAndGrant(broken, attempt)).toMatchObject({
        outcome: 'unavailable',
        part: 'storage',
      });
    expect(await signInAndGrant(context, attempt)).toHaveProperty('link');
  });
});
