import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto.ts';
import { authenticateClient, type Client } from '../../src/oauth/client.ts';

const client: Client = {
  clientId: 'cloud-lights',
  texts: { clientName: 'Cloud Lights', scopeDescriptions: new Map() },
  textsIn: new Map(),
  redirectUris: new Set(),
  responseTypes: new Set(['token']),
  scope: new Set(),
  secretDigests: [sha256('right')],
  shortestSecret: 0,
  refreshTokenTtlSeconds: 34_560_000,
  requirePkce: false,
};
const withoutSecret = { ...client, clientId: 'public', secretDigests: [] };
const clients = new Map([client, withoutSecret].map((each) => [each.clientId, each]));

function causeOf(...presented: [clientId: string, clientSecret: string][]): unknown {
  try {
    return authenticateClient(
      clients,
      presented.map(([clientId, clientSecret]) => ({ clientId, clientSecret })),
    );
  } catch (error) {
    expect(error).toMatchObject({
      code: 'invalid_client',
      description: 'The client credentials are missing or wrong.',
    });
    return (error as Error).cause;
  }
}

describe('client authentication (RFC 6749 2.3.1)', () => {
  it('accepts either of two secrets, while one is being replaced', () => {
    const both = { ...client, clientId: 'both', secretDigests: [sha256('old'), sha256('new')] };
    const twoSecrets = new Map([['both', both]]);
    for (const clientSecret of ['old', 'new'])
      expect(authenticateClient(twoSecrets, [{ clientId: 'both', clientSecret }])).toBe(both);
    for (const clientSecret of ['', 'other', 'A'.repeat(43)])
      expect(() => authenticateClient(twoSecrets, [{ clientId: 'both', clientSecret }])).toThrow();
  });

  it('refuses a right secret that is too short, and the log says so', () => {
    const weak = { ...client, shortestSecret: 32 };
    const withWeak = new Map([[weak.clientId, weak]]);
    const cause =
      'the client_secret of cloud-lights is right, but has fewer than 32 characters: make a longer one';
    expect(() => authenticateClient(withWeak, [{ clientId: 'cloud-lights', clientSecret: 'right' }])).toThrow(
      expect.objectContaining({ code: 'invalid_client', cause }),
    );
  });

  it('accepts the right secret, also as the second way to read the header', () => {
    expect(causeOf(['cloud-lights', 'right'])).toBe(client);
    expect(causeOf(['cloud-lights', 'wrong'], ['cloud-lights', 'right'])).toBe(client);
  });

  it.each([
    ['no client credentials', []],
    ['unknown client_id', [['nobody', 'right']]],
    ['wrong client_secret for cloud-lights', [['cloud-lights', 'Right']]],
    ['wrong client_secret for cloud-lights', [['cloud-lights', '']]],
    ['public has no client_secret in CLIENTS', [['public', '']]],
    ['public has no client_secret in CLIENTS', [['public', 'undefined']]],
  ] as [string, [string, string][]][])(
    'refuses everybody with the same words, and logs: %s',
    (cause, presented) => {
      expect(causeOf(...presented)).toBe(cause);
    },
  );
});
