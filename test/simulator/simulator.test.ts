import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { sha256 } from '../../src/crypto.ts';
import type { Client } from '../../src/oauth/client.ts';
import { checkRefresh, judgeTokenAnswer, skillRequest } from '../../src/simulator/calls.ts';
import { createSimulatedRequests, withSimulatedUris } from '../../src/simulator/requests.ts';
import { type Check, judgeResponse } from '../../src/simulator/verdict.ts';
import { cloudLights } from '../support/server.ts';

const publicUrl = 'http://localhost:8080';
const requests = createSimulatedRequests(publicUrl);
const parsed = parseConfig({ CLIENTS: JSON.stringify([cloudLights]) });
const client = ('config' in parsed && parsed.config.clients.get(cloudLights.client_id)) as Client;
const [vendorId = ''] = cloudLights.alexa_vendor_ids;

type Choice = Parameters<typeof requests.start>[0];
const implicit: Choice = { client, grant: 'token', region: 'eu', shape: 'captured', scope: '' };
const withCode: Choice = { ...implicit, grant: 'code' };

function ask(choice: Choice) {
  const { pathname, search, searchParams } = new URL(requests.start(choice));
  const [state = '', redirectUri = ''] = ['state', 'redirect_uri'].map(
    (name) => searchParams.get(name) ?? '',
  );
  return { pathname, search, searchParams, state, redirectUri };
}

/** The requirements that were not met. */
function unmet(checks: readonly Check[]): string {
  return checks.flatMap(({ met, requirement }) => (met ? [] : [requirement])).join('\n');
}

describe('the simulated Alexa app', () => {
  it('asks as Alexa does: a 715-character state, no scope where there is none', () => {
    const { pathname, search, searchParams } = ask(implicit);
    expect(pathname).toBe('/authorize');
    expect([...searchParams.keys()]).toEqual(['state', 'client_id', 'response_type', 'redirect_uri']);
    expect(searchParams.get('state')).toMatch(/^[\w-]{715}$/);
    expect(search).not.toContain('+');
    expect(ask({ ...implicit, scope: 'a b' }).searchParams.get('scope')).toBe('a b');
  });

  it('sends a state with reserved characters, and one of 4 KB', () => {
    expect(ask({ ...implicit, shape: 'reserved' }).state).toMatch(/^a b\+c&d=e#f ü 100% [\w-]{715}$/);
    expect(ask({ ...implicit, shape: 'longest' }).state).toMatch(/^[\w-]{4096}$/);
  });

  it('asks with the skill’s own vendor ID, or one that stands for it', () => {
    expect(ask(implicit).redirectUri).toBe(
      `${publicUrl}/simulator/eu/spa/skill/account-linking-status.html?vendorId=${vendorId}`,
    );
    expect(ask(withCode).redirectUri).toBe(`${publicUrl}/simulator/eu/api/skill/link/${vendorId}`);
    expect(requests.find(ask(withCode).state)?.realRedirectUri).toBe(
      `https://layla.amazon.com/api/skill/link/${vendorId}`,
    );
    const without = { ...client, redirectUris: new Set(['https://example.com/back']) };
    const { redirectUri, state } = ask({ ...implicit, client: without });
    expect(redirectUri).toMatch(/vendorId=M2SIMULATOR000$/);
    expect(requests.find(state)?.realRedirectUri).toBeUndefined();
    const simulated = withSimulatedUris(new Map([['x', without]]), publicUrl).get('x')?.redirectUris;
    expect(simulated).toContain(redirectUri);
    expect(simulated?.size).toBe(7);
  });

  it('knows a request by its state, if not one character was changed', () => {
    for (const shape of ['captured', 'reserved', 'longest'] as const) {
      const { state } = ask({ ...implicit, shape });
      expect(requests.find(state)).toMatchObject({ ...implicit, shape });
      for (const changed of [`${state}A`, state.slice(0, -1), ` ${state}`, state.toLowerCase(), ''])
        expect(requests.find(changed)).toBeUndefined();
    }
    expect(createSimulatedRequests(publicUrl).find(ask(implicit).state)).toBeUndefined();
  });

  it('asks with a challenge for a verifier of its own (RFC 7636)', () => {
    const { searchParams, state } = ask(withCode);
    expect(searchParams.get('response_type')).toBe('code');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(sha256(requests.find(state)?.codeVerifier ?? '')).toBe(searchParams.get('code_challenge'));
    expect(ask(withCode).searchParams.get('code_challenge')).not.toBe(searchParams.get('code_challenge'));
    const alone = ask({ ...withCode, grant: 'codeAlone' });
    expect(alone.searchParams.has('code_challenge')).toBe(false);
    expect(requests.find(alone.state)?.codeVerifier).toBeUndefined();
  });

  it('shows the skill the token in both places', () => {
    expect(skillRequest('T', '2026-01-01T00:00:00Z')).toMatchObject({
      session: { user: { accessToken: 'T' } },
      context: { System: { user: { accessToken: 'T' } } },
    });
  });
});

describe('the verdict on an authorization response', () => {
  const judge = (
    choice: Choice,
    given: Record<string, string | undefined>,
    change = (href: string) => href,
  ) => {
    const { state, redirectUri } = ask(choice);
    const usual = choice.grant === 'token' ? { access_token: 'T', token_type: 'Bearer' } : { code: 'C' };
    const all = Object.entries({ state, ...usual, ...given }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as [string, string]],
    );
    const mark = choice.grant === 'token' ? '#' : '?';
    const verdict = judgeResponse(change(`${redirectUri}${mark}${new URLSearchParams(all)}`), requests.find);
    return { ...verdict, unmet: unmet(verdict.checks) };
  };

  it('finds a right one right, with either grant', () => {
    expect(judge(implicit, {})).toMatchObject({ unmet: '', accessToken: 'T', asked: implicit });
    expect(judge(withCode, {})).toMatchObject({ unmet: '', code: 'C', asked: withCode });
    const denied = { access_token: undefined, code: undefined, error: 'access_denied' };
    for (const choice of [implicit, withCode])
      expect(judge(choice, denied)).toMatchObject({ unmet: '', error: 'access_denied' });
  });

  const toNorthAmerica = (href: string) => href.replace('/eu/', '/na/');
  it.each<[string, Choice, Record<string, string | undefined>, RegExp, ((href: string) => string)?]>([
    ['an unknown error', implicit, { error: 'nope' }, /one of OAuth’s codes/],
    ['a token that no header can carry', implicit, { access_token: 'a\nb' }, /access_token is there/],
    ['a token of 3 KB', implicit, { access_token: 'x'.repeat(3072) }, /access_token is there/],
    ['no token', implicit, { access_token: undefined }, /access_token is there/],
    ['token_type=bearer', implicit, { token_type: 'bearer' }, /token_type is Bearer/],
    ['expires_in=60', implicit, { expires_in: '60' }, /does not expire soon/],
    ['a changed state', implicit, { state: 'xyz' }, /state came back/],
    ['no state', withCode, { state: undefined }, /state came back/],
    ['no code', withCode, { code: undefined }, /code is there/],
    ['another region', implicit, {}, /redirect URI that was asked for/, toNorthAmerica],
    ['another region with a code', withCode, {}, /redirect URI that was asked for/, toNorthAmerica],
    ['no vendorId', implicit, {}, /its query kept/, (href) => href.replace(/\?.*#/, '#')],
    ['no fragment', implicit, {}, /in the fragment, after #/, (href) => href.replace('#', '&')],
    ['a parameter twice', withCode, {}, /in the query, after \?, each once/, (href) => `${href}&code=D`],
    ['what is no address', implicit, {}, /in the fragment/, () => 'x'],
  ])('finds %s wrong', (_what, choice, given, requirement, change) => {
    expect(judge(choice, given, change).unmet).toMatch(requirement);
  });
});

describe('the verdict on a token response', () => {
  const good = {
    status: 200,
    contentType: 'application/json',
    cacheControl: 'no-store',
    milliseconds: 10,
    body: { access_token: 'A', token_type: 'Bearer', expires_in: 3600, refresh_token: 'R' },
  };

  it('finds a right one right', () => {
    expect(unmet(judgeTokenAnswer(good))).toBe('');
    for (const answer of [good, { ...good, body: { access_token: 'A' } }])
      expect(checkRefresh('x', answer)).toMatchObject({ met: true, found: '200 after 10 ms' });
    for (const bad of [
      { ...good, status: 400 },
      { ...good, body: {} },
    ])
      expect(checkRefresh('x', bad).met).toBe(false);
  });

  it.each([
    ['a slow one', { milliseconds: 4500 }, /accepts the code within 4\.5 seconds/],
    ['a refusal', { status: 400, body: { error: 'invalid_grant' } }, /accepts the code/],
    ['HTML', { contentType: 'text/html' }, /JSON that no cache keeps/],
    ['one that is kept', { cacheControl: undefined }, /JSON that no cache keeps/],
    ['no access token', { body: { ...good.body, access_token: undefined } }, /access_token is there/],
    ['another token type', { body: { ...good.body, token_type: 'mac' } }, /token_type is Bearer/],
    ['no lifetime', { body: { ...good.body, expires_in: undefined } }, /expires_in says/],
    ['a lifetime in quotes', { body: { ...good.body, expires_in: '3600' } }, /expires_in says/],
    ['a short lifetime', { body: { ...good.body, expires_in: 300 } }, /expires_in says/],
    [
      'an endless refresh token',
      { body: { ...good.body, refresh_token: 'x'.repeat(3000) } },
      /refresh_token is there/,
    ],
    ['no refresh token', { body: { ...good.body, refresh_token: undefined } }, /refresh_token is there/],
  ])('finds %s wrong', (_what, changes, requirement) => {
    expect(unmet(judgeTokenAnswer({ ...good, ...changes }))).toMatch(requirement);
  });
});
