import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomText, sha256 } from '../../src/crypto.ts';
import { createBudgets } from '../../src/oauth/budgets.ts';
import type { Client } from '../../src/oauth/client.ts';
import { signInAndGrant } from '../../src/oauth/grants.ts';
import { findActiveToken, introspect, revokeToken } from '../../src/oauth/introspection.ts';
import { OAuthError } from '../../src/oauth/oauth-error.ts';
import { linkIdOf } from '../../src/oauth/token.ts';
import { redeemCode, refresh } from '../../src/oauth/token-grants.ts';
import { createMemoryAttempts } from '../../src/storage/memory-attempts.ts';
import { createKnownUsers } from '../../src/users/known-users.ts';
import type { UserStore } from '../../src/users/user-store.ts';
import { stopClock } from '../support/clock.ts';
import { users as nobody, openContext } from '../support/context.ts';

const day = 86_400;
const redirectUri = 'https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA';
const verifier = 'a-code-verifier.of~RFC_7636-with-43-or-more-characters';

const client: Client = {
  clientId: 'cloud-lights',
  texts: { clientName: 'Cloud Lights', scopeDescriptions: new Map() },
  textsIn: new Map(),
  redirectUris: new Set([redirectUri]),
  responseTypes: new Set(['code']),
  scope: new Set(['profile', 'lights']),
  secretDigests: [sha256('secret')],
  shortestSecret: 0,
  refreshTokenTtlSeconds: 400 * day,
  requirePkce: false,
};

/** A storage of its own, with a clock that stands still until it is moved. */
async function openWorld(people: { gone?: boolean } = {}) {
  const clock = stopClock();
  const { context, reported } = await openContext({
    users: {
      ...nobody,
      authenticate: async () => ({ id: 'alice', username: 'alice' }),
      find: async () => ({ isGone: people.gone === true }),
    },
  });
  const { links } = context;
  let signedIn = 0;

  async function authorize(changes: { codeChallenge?: string; scope?: string } = {}): Promise<string> {
    const { codeChallenge, scope = 'lights profile' } = changes;
    const authorization = {
      client,
      redirectUri,
      mode: 'query',
      responseType: 'code',
      state: 'x',
      scope,
      codeChallenge,
    } as const;
    signedIn += 1;
    const granted = await signInAndGrant(
      { ...context, budgets: createBudgets(createMemoryAttempts()) },
      {
        authorization,
        username: 'alice',
        password: 'wonderland',
        address: `10.0.0.${signedIn % 250}`,
        signal: new AbortController().signal,
        reference: 'K7QM-2R9X',
      },
    );
    return 'issued' in granted && 'code' in granted.issued ? granted.issued.code : '';
  }

  const redeem = (code: string, changes: Readonly<Record<string, string | undefined>> = {}, by = client) =>
    redeemCode(context, by, parametersOf({ code, redirect_uri: redirectUri, ...changes }));
  const renew = (token: string, changes: Readonly<Record<string, string>> = {}, by = client) =>
    refresh(context, by, parametersOf({ refresh_token: token, ...changes }));
  const isActive = async (token: string) => !('inactive' in (await findActiveToken(context, token)));
  /** Links and gives the first answer. */
  async function link() {
    return (await redeem(await authorize())).response;
  }
  const reused = () =>
    reported.filter(({ event }) => event === 'token.reused').map((each) => each['link_id']);
  return { clock, context, links, reported, reused, authorize, redeem, renew, isActive, link };
}

function parametersOf(values: Readonly<Record<string, string | undefined>>) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) parameters.set(name, value);
  return parameters;
}

/** How a grant failed: the code and, for the log, why, with the reference of the attempt. */
async function failure(granting: Promise<unknown>): Promise<{ code: string; cause: string }> {
  try {
    await granting;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return { code: error.code, cause: `${error.cause} ${error.reference ?? ''}` };
  }
  return { code: 'none', cause: 'granted' };
}

const invalid = (cause: RegExp) => ({ code: 'invalid_grant', cause: expect.stringMatching(cause) });

describe('an authorization code', () => {
  it('has 256 random bits and is kept as its digest, with what it is bound to (RFC 6749 4.1.2)', async () => {
    const { authorize, links } = await openWorld();
    const code = await authorize({ codeChallenge: sha256(verifier) });
    expect(code).toMatch(/^[\w-]{43}$/);
    expect(await links.find(linkIdOf(code.slice(0, 16)))).toMatchObject({
      clientId: 'cloud-lights',
      subject: 'alice',
      scope: 'lights profile',
      codeDigest: sha256(code),
      codeRedirectUri: redirectUri,
      codeChallenge: sha256(verifier),
    });
  });

  it('gives tokens that hold, for an hour, and a refresh token (RFC 6749 5.1)', async () => {
    const { authorize, redeem, isActive, clock } = await openWorld();
    const { response } = await redeem(await authorize());
    expect(response).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^[\w-]{64}$/),
    });
    clock.now += 3599;
    expect(await isActive(response.access_token)).toBe(true);
    clock.now += 1;
    expect(await isActive(response.access_token)).toBe(false);
  });

  it('says and keeps the lifetimes that the client sets', async () => {
    const { authorize, redeem, isActive, clock, links } = await openWorld();
    const own = { ...client, accessTokenTtlSeconds: 600, refreshTokenTtlSeconds: 30 * day };
    const { response, link } = await redeem(await authorize(), {}, own);
    expect(response.expires_in).toBe(600);
    expect((await links.find(link.id))?.expiresAt).toBe(clock.now + 30 * day);
    clock.now += 600;
    expect(await isActive(response.access_token)).toBe(false);
  });

  it('can be redeemed for five minutes', async () => {
    const { authorize, redeem, clock } = await openWorld();
    const [code, late] = [await authorize(), await authorize()];
    clock.now += 299;
    expect((await redeem(code)).response.access_token).toBeDefined();
    clock.now += 1;
    expect(await failure(redeem(late))).toEqual(invalid(/has expired/));
  });

  it('is refused when it comes again while it lives, and nothing is lost, since Alexa repeats requests', async () => {
    const { authorize, redeem, renew, isActive, reused, clock } = await openWorld();
    const code = await authorize();
    const { response } = await redeem(code);
    for (const after of [0, 1, 298]) {
      clock.now += after;
      expect(await failure(redeem(code))).toEqual(
        invalid(/code was used before; its link is kept.*K7QM-2R9X/),
      );
    }
    expect(await isActive(response.access_token)).toBe(true);
    expect((await renew(response.refresh_token)).response.token_type).toBe('Bearer');
    expect(reused()).toEqual([]);
  });

  it('revokes everything that came from it when it comes again after its end (RFC 6749 4.1.2)', async () => {
    const { authorize, redeem, renew, isActive, reused, clock } = await openWorld();
    const code = await authorize();
    const { response, link } = await redeem(code);
    clock.now += 300;
    const renewed = (await renew(response.refresh_token)).response;
    expect(await failure(redeem(code))).toEqual(invalid(/came again after its end.*revoked.*K7QM-2R9X/));
    for (const each of [response, renewed]) {
      expect(await isActive(each.access_token)).toBe(false);
      expect(await failure(renew(each.refresh_token))).toEqual(invalid(/revoked/));
    }
    expect(reused()).toEqual([link.id]);
    expect(await failure(redeem(code))).toEqual(invalid(/revoked/));
    expect(reused()).toHaveLength(1);
  });

  it('does so also a month later', async () => {
    const { authorize, redeem, renew, clock } = await openWorld();
    const code = await authorize();
    const { response } = await redeem(code);
    clock.now += 30 * day;
    expect(await failure(redeem(code))).toEqual(invalid(/came again/));
    expect(await failure(renew(response.refresh_token))).toEqual(invalid(/revoked/));
  });

  it('is redeemed by one of many requests at once, and what that one got works', async () => {
    const { authorize, redeem, renew, isActive, reused } = await openWorld();
    const code = await authorize();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(code)));
    const given = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value.response] : []));
    expect(given).toHaveLength(1);
    expect(await isActive(given[0]?.access_token ?? '')).toBe(true);
    expect((await renew(given[0]?.refresh_token ?? '')).response.token_type).toBe('Bearer');
    expect(reused()).toEqual([]);
  });

  it.each([
    ['another client’s', {}, { ...client, clientId: 'other-skill' }, /not other-skill’s/],
    ['another redirect URI', { redirect_uri: `${redirectUri}/` }, client, /redirect_uri is not that/],
    ['no code verifier', { code_verifier: undefined }, client, /code_verifier is missing/],
    ['another code verifier', { code_verifier: `${verifier}x` }, client, /does not match/],
    ['the challenge for the verifier', { code_verifier: sha256(verifier) }, client, /does not match/],
    ['a short code verifier', { code_verifier: verifier.slice(0, 42) }, client, /not one of RFC 7636/],
    ['a verifier of 129', { code_verifier: 'x'.repeat(129) }, client, /not one of RFC 7636/],
    ['a verifier with odd characters', { code_verifier: `${verifier}+` }, client, /not one of RFC 7636/],
  ])('gives nothing to a request with %s, and can still be redeemed', async (_what, changes, by, cause) => {
    const { authorize, redeem } = await openWorld();
    const code = await authorize({ codeChallenge: sha256(verifier) });
    const right = { code_verifier: verifier };
    expect(await failure(redeem(code, { ...right, ...changes }, by))).toEqual(invalid(cause));
    expect((await redeem(code, right)).response.token_type).toBe('Bearer');
  });

  it('loses nothing by a request that does not fit it after it was redeemed', async () => {
    const { authorize, redeem, isActive, clock } = await openWorld();
    const code = await authorize({ codeChallenge: sha256(verifier) });
    const { response } = await redeem(code, { code_verifier: verifier });
    clock.now += 300;
    expect(await failure(redeem(code))).toEqual(invalid(/code_verifier is missing/));
    expect(await isActive(response.access_token)).toBe(true);
  });

  it('takes no code verifier where the request had no challenge (RFC 9700 4.8.2)', async () => {
    const { authorize, redeem } = await openWorld();
    const code = await authorize();
    expect(await failure(redeem(code, { code_verifier: verifier }))).toEqual(invalid(/had no challenge/));
    expect((await redeem(code)).response.token_type).toBe('Bearer');
  });

  it('is nothing when it was revoked before, and is no token', async () => {
    const { authorize, redeem, renew, isActive, links, clock } = await openWorld();
    const code = await authorize();
    expect(await isActive(code)).toBe(false);
    expect(await failure(renew(code))).toEqual(invalid(/does not look like/));
    await links.revoke(linkIdOf(code.slice(0, 16)), clock.now);
    expect(await failure(redeem(code))).toEqual(invalid(/revoked/));
  });

  it('needs both parameters (RFC 6749 4.1.3)', async () => {
    const { authorize, redeem } = await openWorld();
    const code = await authorize();
    expect((await failure(redeem(code, { redirect_uri: undefined }))).code).toBe('invalid_request');
    expect((await failure(redeem(''))).code).toBe('invalid_request');
  });

  it('can’t be made up: whatever is sent instead of it gives nothing', async () => {
    const { authorize, redeem } = await openWorld();
    const code = await authorize();
    const near = fc
      .tuple(fc.nat(42), fc.constantFrom(...'Aa0-_'), fc.nat(3))
      .map(([at, letter, more]) => code.slice(0, at) + letter.repeat(more) + code.slice(at + 1));
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, fc.string({ unit: 'binary' })), async (sent) => {
        fc.pre(sent !== code && sent !== '');
        expect((await failure(redeem(sent))).code).toBe('invalid_grant');
      }),
    );
    expect((await redeem(code)).response.token_type).toBe('Bearer');
  });
});

describe('a refresh token', () => {
  it('is one for the life of the link: each answer has it again, with a new access token', async () => {
    const { link, renew, isActive, clock } = await openWorld();
    const { refresh_token: token, access_token: first } = await link();
    const seen = new Set([first]);
    for (const later of [0, 1, 60, 3600, day, 365 * day, 399 * day]) {
      clock.now += later;
      const { response } = await renew(token);
      expect(response).toEqual({
        access_token: expect.stringMatching(/^[\w-]{43}$/),
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: token,
      });
      expect(await isActive(response.access_token)).toBe(true);
      seen.add(response.access_token);
    }
    expect(seen.size).toBe(8);
  });

  it('gives each of 20 at once an access token that works, and leaves those from before alone', async () => {
    const { link, renew, isActive } = await openWorld();
    const first = await link();
    const all = await Promise.all(Array.from({ length: 20 }, () => renew(first.refresh_token)));
    const tokens = [first, ...all.map(({ response }) => response)];
    expect(new Set(tokens.map((each) => each.access_token)).size).toBe(21);
    for (const each of tokens) {
      expect(each.refresh_token).toBe(first.refresh_token);
      expect(await isActive(each.access_token)).toBe(true);
    }
  });

  it('gives nothing where its link is revoked while it is refreshed', async () => {
    const { context, link, links, clock, isActive } = await openWorld();
    const { refresh_token: token, access_token: first } = await link();
    const users = {
      ...nobody,
      async find() {
        await links.revoke(linkIdOf(token.slice(0, 16)), clock.now);
        return { isGone: false };
      },
    };
    const refreshing = refresh({ ...context, users }, client, parametersOf({ refresh_token: token }));
    expect(await failure(refreshing)).toEqual(invalid(/revoked at the same time/));
    expect(await isActive(first)).toBe(false);
  });

  it('lasts 400 days from its last use, and no longer', async () => {
    const { link, renew, clock } = await openWorld();
    const { refresh_token: first } = await link();
    for (let time = 0; time < 3; time += 1) {
      clock.now += 400 * day - 1;
      await renew(first);
    }
    clock.now += 400 * day;
    expect(await failure(renew(first))).toEqual(invalid(/not used for too long/));
  });

  it('records the use, and keeps the link’s end ahead of it', async () => {
    const { link, renew, links, clock } = await openWorld();
    const { refresh_token: first } = await link();
    clock.now += 100 * day;
    const { id } = (await renew(first)).link;
    expect(await links.find(id)).toMatchObject({
      lastUsedAt: clock.now,
      expiresAt: clock.now + 400 * day,
    });
  });

  it('is not ended by a scope that the client lost, and is by nobody else', async () => {
    const { link, renew } = await openWorld();
    const { refresh_token: token } = await link();
    const poorer = { ...client, scope: new Set<string>(), responseTypes: new Set(['token'] as const) };
    expect((await renew(token, {}, poorer)).response.token_type).toBe('Bearer');
    expect(await failure(renew(token, {}, { ...client, clientId: 'other' }))).toEqual(invalid(/not other’s/));
    expect((await renew(token)).response.token_type).toBe('Bearer');
  });

  it('gives nothing while the user is gone, and loses nothing by it', async () => {
    const people = { gone: true };
    const { link, renew } = await openWorld(people);
    const { refresh_token: token } = await link();
    expect(await failure(renew(token))).toEqual(invalid(/gone or disabled/));
    people.gone = false;
    expect((await renew(token)).response.token_type).toBe('Bearer');
  });

  it('does not wait for users who can’t be looked up: Alexa gives up after 4.5 seconds', async () => {
    const { context, link } = await openWorld();
    const { refresh_token: token } = await link();
    const silent: UserStore = {
      authenticate: async () => ({ refused: 'unknown_user' }),
      findById: () => new Promise(() => {}),
      ping: async () => {},
      close: async () => {},
    };
    const users = createKnownUsers(silent, () => {});
    const refreshing = refresh({ ...context, users }, client, parametersOf({ refresh_token: token }));
    expect((await refreshing).response.refresh_token).toBe(token);
  }, 4500);

  it('may be asked for less, says what it covers, and refuses more (RFC 6749 6)', async () => {
    const { link, renew } = await openWorld();
    const { refresh_token: token } = await link();
    expect((await renew(token, { scope: 'profile' })).response.scope).toBe('lights profile');
    expect((await renew(token, { scope: 'profile lights' })).response.scope).toBeUndefined();
    expect((await failure(renew(token, { scope: 'profile lights admin' }))).code).toBe('invalid_scope');
    expect((await renew(token)).response.scope).toBeUndefined();
  });

  it('can’t be made up: what is like it gives nothing, and what never was one ends nothing', async () => {
    const { link, renew, reused } = await openWorld();
    const { refresh_token: token } = await link();
    // All that others know of it is what an access token begins with too.
    const sent = fc.oneof(
      fc.stringMatching(/^[\w-]{48}$/).map((rest) => token.slice(0, 16) + rest),
      fc.stringMatching(/^[\w-]{64}$/),
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(token.slice(1), `${token}A`, token.toLowerCase(), ` ${token}`),
    );
    await fc.assert(
      fc.asyncProperty(sent, async (made) => {
        expect((await failure(renew(made))).code).toBe('invalid_grant');
      }),
    );
    expect(reused()).toEqual([]);
    expect((await renew(token)).response.token_type).toBe('Bearer');
  });

  it('is stored as its digest, and nothing else of it', async () => {
    const { links, redeem, authorize } = await openWorld();
    const { response, link } = await redeem(await authorize());
    const exported = await links.export(link.id);
    expect(exported?.link.refreshDigest).toBe(sha256(response.refresh_token));
    for (const token of [response.refresh_token, response.access_token])
      expect(JSON.stringify(exported)).not.toContain(token.slice(16));
  });
});

describe('revocation and introspection (RFC 7009, RFC 7662)', () => {
  it.each(['access_token', 'refresh_token'] as const)('%s ends all tokens of the link', async (which) => {
    const { link, renew, isActive, context } = await openWorld();
    const first = await link();
    const { response: second } = await renew(first.refresh_token);
    expect(await revokeToken(context, client, second[which])).toMatchObject({ subject: 'alice' });
    for (const each of [first, second]) {
      expect(await isActive(each.access_token)).toBe(false);
      expect(await failure(renew(each.refresh_token))).toEqual(invalid(/revoked/));
    }
  });

  it('takes no refresh token that never was one', async () => {
    const { link, context, isActive } = await openWorld();
    const { refresh_token: token, access_token: access } = await link();
    const made = token.slice(0, 16) + randomText(36);
    expect(await revokeToken(context, client, made)).toBeUndefined();
    expect(await isActive(access)).toBe(true);
  });

  it('finds refresh tokens active while they work, and says when they end', async () => {
    const { link, renew, context, clock } = await openWorld();
    const say = (token: string, by = client) => introspect(context, by, token);
    const first = await link();
    expect(await say(first.refresh_token)).toEqual({
      active: true,
      iss: 'https://link.example.com',
      client_id: 'cloud-lights',
      sub: 'alice',
      username: 'alice',
      scope: 'lights profile',
      iat: clock.now,
      exp: clock.now + 400 * day,
    });
    expect(await say(first.access_token)).toMatchObject({ active: true, token_type: 'Bearer' });
    expect(await say(first.refresh_token, { ...client, clientId: 'x' })).toEqual({ active: false });
    const linkedAt = clock.now;
    clock.now += 100;
    await renew(first.refresh_token);
    expect(await say(first.refresh_token)).toMatchObject({ iat: linkedAt, exp: clock.now + 400 * day });
    clock.now += 400 * day - 1;
    expect(await say(first.refresh_token)).toMatchObject({ active: true });
    clock.now += 1;
    expect(await say(first.refresh_token)).toEqual({ active: false });
  });

  it('finds them inactive when they were revoked, or their user is gone', async () => {
    const { link, context } = await openWorld();
    const [{ refresh_token: first }, { refresh_token: second }] = [await link(), await link()];
    const say = (token: string, by = context) => introspect(by, client, token);
    const gone = { ...context, users: { ...nobody, find: async () => ({ isGone: true }) } };
    expect(await say(first, gone)).toEqual({ active: false });
    expect(await say(first)).toMatchObject({ active: true });
    await revokeToken(context, client, first);
    expect(await say(first)).toEqual({ active: false });
    expect(await say(second)).toMatchObject({ active: true });
  });

  it('revokes by an access token that has expired: a skill has no other', async () => {
    const { link, renew, context, clock } = await openWorld();
    const { access_token: old, refresh_token: token } = await link();
    clock.now += 30 * day;
    expect(await revokeToken(context, client, old)).toBeDefined();
    expect(await failure(renew(token))).toEqual(invalid(/revoked/));
  });

  it('looks at nothing of a refresh token as an access token', async () => {
    const { link, isActive } = await openWorld();
    expect(await isActive((await link()).refresh_token)).toBe(false);
  });
});
