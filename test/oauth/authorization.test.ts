import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuthorizationRequest,
  decide,
  errorRedirect,
  successRedirect,
} from '../../src/oauth/authorization.ts';
import type { Client } from '../../src/oauth/client.ts';
import { OAuthError } from '../../src/oauth/oauth-error.ts';

const redirectUri = 'https://layla.amazon.com/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA';

const client: Client = {
  clientId: 'cloud-lights',
  texts: { clientName: 'Cloud Lights', scopeDescriptions: new Map() },
  textsIn: new Map(),
  redirectUris: new Set([redirectUri, 'https://app.example.com/linked']),
  responseTypes: new Set(['token']),
  scope: new Set(['profile', 'lights']),
  secretDigests: [],
  shortestSecret: 0,
  refreshTokenTtlSeconds: 34_560_000,
  requirePkce: false,
};
const clients = new Map([[client.clientId, client]]);

const valid = { client_id: client.clientId, redirect_uri: redirectUri, response_type: 'token', state: 'xyz' };

function query(parameters: Record<string, string>): string {
  return new URLSearchParams(parameters).toString();
}

/** Why nobody is answered. */
function refusalOf(encoded: string) {
  const decision = decide(encoded, clients);
  return decision.kind === 'error-page' ? decision.refusal : decision.kind;
}

/** The request, where it may be granted. */
function granted(encoded: string): AuthorizationRequest {
  const decision = decide(encoded, clients);
  if (decision.kind !== 'sign-in') throw new Error(JSON.stringify(decision));
  return decision.authorization;
}

/** Where an error goes. */
function locationOf(encoded: string): string {
  const decision = decide(encoded, clients);
  return decision.kind === 'error-redirect' ? decision.location : decision.kind;
}

function codeOf(encoded: string): string {
  const decision = decide(encoded, clients);
  return decision.kind === 'error-redirect' ? decision.error.code : decision.kind;
}

describe('whom an authorization request may be answered', () => {
  it('finds the client and the redirect URI that it was sent', () => {
    expect(granted(query(valid))).toMatchObject({ client, redirectUri });
  });

  it.each([
    ['client_id is missing', query({ redirect_uri: redirectUri })],
    ['client_id is repeated', `${query(valid)}&client_id=cloud-lights`],
    ['redirect_uri is missing', query({ client_id: client.clientId })],
    ['redirect_uri is repeated', `${query(valid)}&redirect_uri=https%3A%2F%2Fapp.example.com%2Flinked`],
    ['percent sign', `${query(valid)}&x=%`],
  ])('answers nobody when %s', (problem, encoded) => {
    const refusal = refusalOf(encoded);
    expect(refusal).toMatchObject({ reason: 'malformed' });
    expect(JSON.stringify(refusal)).toContain(problem);
  });

  it('answers nobody for an unknown client', () => {
    for (const clientId of ['x', '__proto__'])
      expect(refusalOf(query({ ...valid, client_id: clientId }))).toEqual({
        reason: 'unknown_client',
        clientId,
      });
  });

  it('compares redirect URIs character by character (RFC 9700 2.1)', () => {
    const near = [
      redirectUri.replace('https', 'http'),
      redirectUri.replace('layla', 'LAYLA'),
      `${redirectUri}/`,
      `${redirectUri}#`,
      `${redirectUri}&x=1`,
      ` ${redirectUri}`,
      redirectUri.replace('layla.amazon.com', 'layla.amazon.com:443'),
      redirectUri.replace('layla.amazon.com', 'layla.amazon.com@evil.example'),
      redirectUri.replace('/spa', '/%73pa'),
      redirectUri.replace('AAAAAAAAAAAA', 'AAAAAAAAAAAa'),
    ];
    for (const uri of near) {
      const refusal = refusalOf(query({ ...valid, redirect_uri: uri }));
      expect(refusal, uri).toMatchObject({ reason: 'unregistered_redirect_uri', redirectUri: uri });
    }
  });

  it('answers at no redirect URI but the registered ones, whatever is tried', () => {
    const mutation = fc.tuple(
      fc.nat(redirectUri.length),
      fc.nat(3),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(mutation, ([at, remove, insert]) => {
        const uri = redirectUri.slice(0, at) + insert + redirectUri.slice(at + remove);
        const { kind } = decide(query({ ...valid, redirect_uri: uri }), clients);
        expect(kind).toBe(client.redirectUris.has(uri) ? 'sign-in' : 'error-page');
      }),
    );
  });
});

describe('the rest of an authorization request', () => {
  it('is granted with exactly the scope that was asked for', () => {
    const request = granted(query({ ...valid, scope: 'lights' }));
    expect(request).toMatchObject({ responseType: 'token', state: 'xyz', scope: 'lights' });
  });

  it('grants no scope where none was asked for', () => {
    expect(granted(query(valid)).scope).toBe('');
  });

  it.each([
    ['invalid_request', 'response_type is missing', query({ ...valid, response_type: '' })],
    ['unsupported_response_type', 'response_type is unknown', query({ ...valid, response_type: 'id_token' })],
    ['unauthorized_client', 'response_type is code', query({ ...valid, response_type: 'code' })],
    ['invalid_request', 'response_type is repeated', `${query(valid)}&response_type=token`],
    ['invalid_request', 'state is repeated', `${query(valid)}&state=abc`],
    ['invalid_request', 'scope is repeated', `${query({ ...valid, scope: 'profile' })}&scope=lights`],
    ['invalid_request', 'state is over 4 KB', query({ ...valid, state: 'x'.repeat(4097) })],
    ['invalid_request', 'state is over 4 KB in UTF-8', query({ ...valid, state: 'ü'.repeat(2049) })],
    ['invalid_scope', 'scope is not the client’s', query({ ...valid, scope: 'profile admin' })],
    ['invalid_request', 'response_mode is query', query({ ...valid, response_mode: 'query' })],
    ['invalid_request', 'response_mode is form_post', query({ ...valid, response_mode: 'form_post' })],
    [
      'invalid_request',
      'response_mode is repeated',
      `${query({ ...valid, response_mode: 'fragment' })}&response_mode=fragment`,
    ],
    ['sign-in', 'response_mode is fragment', query({ ...valid, response_mode: 'fragment' })],
    ['sign-in', 'response_mode is empty', query({ ...valid, response_mode: '' })],
    ['sign-in', 'state is 4 KB', query({ ...valid, state: 'x'.repeat(4096) })],
    ['sign-in', 'there are unknown parameters', `${query(valid)}&locale=de&locale=fr`],
    ['sign-in', 'state is left out', query({ ...valid, state: '' })],
  ])('is %s when %s', (code, _when, encoded) => {
    expect(codeOf(encoded)).toBe(code);
  });
});

describe('the authorization response', () => {
  const state = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });

  function parametersBehind(mark: '#' | '?', location: string): URLSearchParams {
    const url = new URL(location);
    return new URLSearchParams((mark === '#' ? url.hash : url.search).slice(1));
  }

  it('has state, access_token and token_type in the fragment, in this order, and keeps the query', () => {
    const request = granted(query(valid));
    expect(successRedirect(request, { accessToken: '2YotnFZFEjr1zCsicMWpAA' })).toBe(
      `${redirectUri}#state=xyz&access_token=2YotnFZFEjr1zCsicMWpAA&token_type=Bearer`,
    );
  });

  it('has expires_in only where the token expires', () => {
    const request = granted(query(valid));
    expect(successRedirect(request, { accessToken: 'T', expiresInSeconds: 2_592_000 })).toBe(
      `${redirectUri}#state=xyz&access_token=T&token_type=Bearer&expires_in=2592000`,
    );
  });

  it('gives state back byte for byte, to readers of forms and to readers of URIs', () => {
    fc.assert(
      fc.property(state, (sent) => {
        const request = granted(query({ ...valid, state: sent }));
        const location = successRedirect(request, { accessToken: 'T' });
        expect(parametersBehind('#', location).get('state')).toBe(sent);
        const encoded = /#state=([^&]*)&/.exec(location)?.[1] ?? '';
        expect(decodeURIComponent(encoded)).toBe(sent);
        expect(location).toMatch(/^[\x21-\x7E]+$/);
        expect(location.startsWith(`${redirectUri}#`)).toBe(true);
      }),
      { examples: [['a b+c&d=e#f'], ['100% ü']] },
    );
  });

  it('says errors in the fragment, with state', () => {
    const request = granted(query({ ...valid, state: 'a b+c&d=e#f' }));
    const location = errorRedirect(request, new OAuthError('access_denied', 'The user cancelled.'));
    expect(location.startsWith(`${redirectUri}#error=access_denied&error_description=`)).toBe(true);
    expect(parametersBehind('#', location).get('state')).toBe('a b+c&d=e#f');
  });

  it('says errors in the query, behind what is there, for response_type=code', () => {
    const location = locationOf(query({ ...valid, response_type: 'code' }));
    expect(location.startsWith(`${redirectUri}&error=unauthorized_client&error_description=`)).toBe(true);
    expect(location.endsWith('&state=xyz')).toBe(true);
  });

  it.each([
    ['is repeated', `${query(valid)}&state=abc`],
    ['is too long', query({ ...valid, state: 'x'.repeat(38_000) })],
    ['is too long, beside another fault', query({ ...valid, scope: 'admin', state: 'x'.repeat(4097) })],
  ])('leaves out a state that %s', (_what, encoded) => {
    const location = locationOf(encoded);
    expect(parametersBehind('#', location).get('error')).toMatch(/^invalid_/);
    expect(parametersBehind('#', location).has('state')).toBe(false);
    expect(location.length).toBeLessThan(300);
  });
});
