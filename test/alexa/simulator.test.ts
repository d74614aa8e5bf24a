import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/alexa/checks.ts';
import { judgeCodeResponse } from '../../src/alexa/code-verdict.ts';
import { createSimulator, type SimulatedRequest, simulatedRedirectUri } from '../../src/alexa/simulator.ts';
import { skillRequest } from '../../src/alexa/skill-request.ts';
import { judgeRefresh, judgeRetry, judgeTokenAnswer, tokensOf } from '../../src/alexa/token-verdict.ts';
import { judgeResponse } from '../../src/alexa/verdict.ts';
import { sha256 } from '../../src/crypto/digest.ts';

const publicUrl = 'http://localhost:8080';
const simulator = createSimulator(publicUrl);
const request: SimulatedRequest = {
  clientId: 'demo-skill',
  grant: 'token',
  region: 'eu',
  shape: 'captured',
  scope: '',
};

function stateOf(asked: SimulatedRequest): string {
  return new URL(simulator.authorizationUrl(asked)).searchParams.get('state') ?? '';
}

function answer(fragment: Record<string, string>, uri = simulatedRedirectUri(publicUrl, 'eu', 'token')) {
  return judgeResponse(simulator, publicUrl, `${uri}#${new URLSearchParams(fragment)}`);
}

/** The requirements that were not met. */
function unmet(href: ReturnType<typeof judgeResponse>): string[] {
  return href.checks.flatMap(({ met, requirement }) => (met ? [] : [requirement]));
}

describe('the simulated Alexa app', () => {
  it('asks as Alexa does: a 715-character state, no scope where there is none', () => {
    const url = new URL(simulator.authorizationUrl(request));
    expect(url.pathname).toBe('/authorize');
    expect([...url.searchParams.keys()]).toEqual(['state', 'client_id', 'response_type', 'redirect_uri']);
    expect(url.searchParams.get('state')).toMatch(/^[\w-]{715}$/);
    expect(url.search).not.toContain('+');
    expect(new URL(simulator.authorizationUrl({ ...request, scope: 'a b' })).searchParams.get('scope')).toBe(
      'a b',
    );
  });

  it('sends a state with reserved characters, and one of 4 KB', () => {
    expect(stateOf({ ...request, shape: 'reserved' })).toMatch(/^a b\+c&d=e#f ü 100% [\w-]{715}$/);
    expect(stateOf({ ...request, shape: 'longest' })).toMatch(/^[\w-]{4096}$/);
  });

  it('remembers by the state alone what it asked, if not one character was changed', () => {
    for (const shape of ['captured', 'reserved', 'longest'] as const) {
      const state = stateOf({ ...request, shape });
      expect(simulator.recall(state)).toEqual({
        clientId: 'demo-skill',
        grant: 'token',
        region: 'eu',
        shape,
      });
      for (const changed of [
        `${state}A`,
        state.slice(0, -1),
        state.slice(1),
        `${state} `,
        ` ${state}`,
        state.toLowerCase(),
      ]) {
        expect(simulator.recall(changed)).toBeUndefined();
      }
    }
    expect(createSimulator(publicUrl).recall(stateOf(request))).toBeUndefined();
    expect(simulator.recall('')).toBeUndefined();
  });

  const right = () => ({ state: stateOf(request), access_token: 'T', token_type: 'Bearer' });

  it('finds a right answer right', () => {
    expect(unmet(answer(right()))).toEqual([]);
    expect(answer(right())).toMatchObject({ accessToken: 'T', asked: { region: 'eu' } });
  });

  it.each([
    ['an unknown error', () => answer({ error: 'nope', state: stateOf(request) }), /one of OAuth’s codes/],
    [
      'a token that no header can carry',
      () => answer({ ...right(), access_token: 'a\nb' }),
      /access_token is there/,
    ],
    [
      'another region',
      () => answer(right(), simulatedRedirectUri(publicUrl, 'na', 'token')),
      /region that asked/,
    ],
    [
      'no vendorId',
      () => answer(right(), simulatedRedirectUri(publicUrl, 'eu', 'token').split('?')[0]),
      /its query kept/,
    ],
    [
      'no fragment',
      () => judgeResponse(simulator, publicUrl, `${publicUrl}/x?access_token=T`),
      /in the fragment/,
    ],
    ['a changed state', () => answer({ ...right(), state: 'xyz' }), /state came back/],
    ['no token', () => answer({ state: stateOf(request), token_type: 'Bearer' }), /access_token is there/],
    [
      'a token of 3 KB',
      () => answer({ ...right(), access_token: 'x'.repeat(3072) }),
      /access_token is there/,
    ],
    ['token_type=bearer', () => answer({ ...right(), token_type: 'bearer' }), /token_type is Bearer/],
    ['expires_in=60', () => answer({ ...right(), expires_in: '60' }), /does not expire soon/],
  ])('finds %s wrong', (_what, judge, requirement) => {
    expect(unmet(judge()).join('\n')).toMatch(requirement);
  });

  it('shows the skill the token in both places', () => {
    expect(skillRequest('T', '2026-01-01T00:00:00Z')).toMatchObject({
      session: { user: { accessToken: 'T' } },
      context: { System: { user: { accessToken: 'T' } } },
    });
  });
});

describe('the simulated Alexa app, with the code grant', () => {
  const asking = { ...request, grant: 'code' } as const;
  const uri = simulatedRedirectUri(publicUrl, 'eu', 'code');
  const judge = (query: Record<string, string>, at = uri) =>
    judgeCodeResponse(simulator, publicUrl, `${at}?${new URLSearchParams(query)}`);
  const requirements = (checks: readonly Check[]) =>
    checks.flatMap(({ met, requirement }) => (met ? [] : [requirement]));

  it('asks with a challenge whose verifier it finds again by the state alone', () => {
    const { searchParams } = new URL(simulator.authorizationUrl(asking));
    expect(searchParams.get('response_type')).toBe('code');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('redirect_uri')).toMatch(/\/api\/skill\/link\/M2SIMULATOR000$/);
    const { codeVerifier } = judge({ state: searchParams.get('state') ?? '', code: 'C' });
    expect(sha256(codeVerifier ?? '')).toBe(searchParams.get('code_challenge'));
    const another = new URL(simulator.authorizationUrl(asking)).searchParams;
    expect(another.get('code_challenge')).not.toBe(searchParams.get('code_challenge'));
    const alone = new URL(simulator.authorizationUrl({ ...asking, grant: 'codeAlone' })).searchParams;
    expect(alone.has('code_challenge')).toBe(false);
    expect(judge({ state: alone.get('state') ?? '', code: 'C' }).codeVerifier).toBeUndefined();
  });

  it('finds a right answer right, and says what is wrong with others', () => {
    const right = { state: stateOf(asking), code: 'C' };
    expect(requirements(judge(right).checks)).toEqual([]);
    expect(judge(right)).toMatchObject({ code: 'C', redirectUri: uri, asked: { clientId: 'demo-skill' } });
    expect(requirements(judge({ state: right.state }).checks)).toEqual(['code is there']);
    expect(requirements(judge({ ...right, state: 'x' }).checks)).toEqual(['state came back byte for byte']);
    const denied = judge({ state: right.state, error: 'access_denied' });
    expect([denied.error, requirements(denied.checks)]).toEqual(['access_denied', []]);
    const twice = judgeCodeResponse(simulator, publicUrl, `${uri}?${new URLSearchParams(right)}&code=D`);
    expect(requirements(twice.checks)).toEqual(['The parameters are in the query, behind ?, each once']);
    const elsewhere = judge(right, simulatedRedirectUri(publicUrl, 'na', 'code'));
    expect(requirements(elsewhere.checks)).toEqual([expect.stringMatching(/of the region that asked/)]);
  });

  const good = {
    status: 200,
    contentType: 'application/json',
    cacheControl: 'no-store',
    milliseconds: 10,
    body: { access_token: 'A', token_type: 'Bearer', expires_in: 3600, refresh_token: 'R' },
  };

  it('finds a right answer of the token endpoint right', () => {
    expect(requirements(judgeTokenAnswer(good))).toEqual([]);
    expect(tokensOf(good)).toEqual({ accessToken: 'A', refreshToken: 'R' });
    expect(judgeRefresh(good).met).toBe(true);
    const renewed = { ...good, body: { access_token: 'A' } };
    for (const answer of [good, renewed])
      expect(judgeRetry(answer)).toMatchObject({ met: true, found: '200 after 10 ms' });
    for (const bad of [
      { ...good, status: 400 },
      { ...good, body: {} },
      { ...good, body: undefined },
    ]) {
      expect(tokensOf(bad)).toBeUndefined();
      expect([judgeRefresh(bad).met, judgeRetry(bad).met]).toEqual([false, false]);
    }
  });

  it.each([
    ['a slow one', { milliseconds: 4500 }, /takes the code within 4\.5 seconds/],
    ['a refusal', { status: 400, body: { error: 'invalid_grant' } }, /takes the code/],
    ['HTML', { contentType: 'text/html' }, /JSON that nobody keeps/],
    ['one that is kept', { cacheControl: undefined }, /JSON that nobody keeps/],
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
    expect(requirements(judgeTokenAnswer({ ...good, ...changes })).join('\n')).toMatch(requirement);
  });
});
