import { describe, expect, it } from 'vitest';
import { createSimulator, type SimulatedRequest, simulatedRedirectUri } from '../../src/alexa/simulator.ts';
import { judgeResponse, skillRequest } from '../../src/alexa/verdict.ts';

const publicUrl = 'http://localhost:8080';
const simulator = createSimulator(publicUrl);
const request: SimulatedRequest = { clientId: 'demo-skill', region: 'eu', shape: 'captured', scope: '' };

function stateOf(asked: SimulatedRequest): string {
  return new URL(simulator.authorizationUrl(asked)).searchParams.get('state') ?? '';
}

function answer(fragment: Record<string, string>, uri = simulatedRedirectUri(publicUrl, 'eu')) {
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
      expect(simulator.recall(state)).toEqual({ region: 'eu', shape });
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
    expect(answer(right())).toMatchObject({ accessToken: 'T', region: 'eu' });
  });

  it.each([
    ['an unknown error', () => answer({ error: 'nope', state: stateOf(request) }), /one of OAuth’s codes/],
    [
      'a token that no header can carry',
      () => answer({ ...right(), access_token: 'a\nb' }),
      /access_token is there/,
    ],
    ['another region', () => answer(right(), simulatedRedirectUri(publicUrl, 'na')), /region that asked/],
    [
      'no vendorId',
      () => answer(right(), simulatedRedirectUri(publicUrl, 'eu').split('?')[0]),
      /vendorId= kept/,
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
