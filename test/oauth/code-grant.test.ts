import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { randomText } from '../../src/crypto/random.ts';
import { createOpaqueFormat } from '../../src/oauth/access-token.ts';
import type { Client } from '../../src/oauth/client.ts';
import { issueCode } from '../../src/oauth/code-grant.ts';
import { redeemCode } from '../../src/oauth/code-redemption.ts';
import { findActiveToken, introspect } from '../../src/oauth/introspection.ts';
import { OAuthError } from '../../src/oauth/oauth-error.ts';
import { refresh } from '../../src/oauth/refresh.ts';
import { graceSeconds } from '../../src/oauth/refresh-token.ts';
import { revokeToken } from '../../src/oauth/revocation.ts';
import { createLocator, linkIdOf } from '../../src/oauth/token.ts';
import type { TokenGrant, TokenGrantContext } from '../../src/oauth/token-grant.ts';
import { openSqliteStorage } from '../../src/storage/sqlite.ts';
import type { Link } from '../../src/storage/stores.ts';

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
  secretDigest: sha256('secret'),
  refreshTokenTtlSeconds: 400 * day,
  requirePkce: false,
};

/** A storage of its own, with a clock that stands still until it is moved. */
async function openWorld(people: { gone?: boolean } = {}) {
  const { links, close } = await openSqliteStorage(':memory:');
  onTestFinished(close);
  const clock = { now: 1_800_000_000 };
  const reused: [string, string][] = [];
  const context: TokenGrantContext = {
    links,
    accessTokens: createOpaqueFormat(randomText),
    now: () => clock.now,
    randomText,
    stillHas: async () => people.gone !== true,
    onReuse: ({ id }, what) => reused.push([id, what]),
  };
  const tokens = {
    links,
    now: () => clock.now,
    users: {
      authenticate: async () => undefined,
      ping: async () => {},
      close: async () => {},
    },
    onUsersUnavailable: () => {},
    onUse: () => {},
  };

  async function authorize(changes: { codeChallenge?: string; scope?: string } = {}): Promise<string> {
    const { codeChallenge, scope = 'lights profile' } = changes;
    const locator = createLocator(randomText);
    const link: Link = {
      id: linkIdOf(locator),
      clientId: client.clientId,
      subject: 'alice',
      username: 'alice',
      scope,
      redirectHost: 'layla.amazon.com',
      reference: 'K7QM-2R9X',
      createdAt: clock.now,
    };
    const request = { client, redirectUri, responseType: 'code', state: 'x', scope, codeChallenge } as const;
    const { issued } = await issueCode(context, { link, locator }, request);
    return 'code' in issued ? issued.code : '';
  }

  const redeem = (code: string, changes: Readonly<Record<string, string | undefined>> = {}, by = client) =>
    redeemCode(context, by, parametersOf({ code, redirect_uri: redirectUri, ...changes }));
  const renew = (token: string, changes: Readonly<Record<string, string>> = {}, by = client) =>
    refresh(context, by, parametersOf({ refresh_token: token, ...changes }));
  const isActive = async (token: string) => (await findActiveToken(tokens, token)) !== undefined;
  /** Links and gives the first answer, gone out. */
  async function link(): Promise<TokenGrant['response']> {
    const { response, markAnswered } = await redeem(await authorize());
    await markAnswered();
    return response;
  }
  return { clock, context, tokens, links, reused, authorize, redeem, renew, isActive, link };
}

function parametersOf(values: Readonly<Record<string, string | undefined>>) {
  return new Map(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]]])),
  );
}

/** The same, where something happens between keeping a renewal and answering. */
function afterRenewing(context: TokenGrantContext, happening: () => Promise<void>): TokenGrantContext {
  const { links } = context;
  const renew: typeof links.renew = async (...parameters) => {
    const isKept = await links.renew(...parameters);
    await happening();
    return isKept;
  };
  return { ...context, links: { ...links, renew } };
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
    expect(await links.findCodeGrant(linkIdOf(code.slice(0, 16)))).toEqual({
      link: expect.objectContaining({ clientId: 'cloud-lights', subject: 'alice', scope: 'lights profile' }),
      code: { digest: sha256(code), redirectUri, codeChallenge: sha256(verifier) },
      refreshToken: undefined,
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

  it('revokes everything that came from it when it is redeemed again (RFC 6749 4.1.2)', async () => {
    const { authorize, redeem, renew, isActive, reused } = await openWorld();
    const code = await authorize();
    const { response, link } = await redeem(code);
    const renewed = (await renew(response.refresh_token)).response;
    expect(await failure(redeem(code))).toEqual(invalid(/code was used before.*K7QM-2R9X/));
    for (const each of [response, renewed]) {
      expect(await isActive(each.access_token)).toBe(false);
      expect(await failure(renew(each.refresh_token))).toEqual(invalid(/revoked/));
    }
    expect(reused).toEqual([[link.id, 'code']]);
    expect(await failure(redeem(code))).toEqual(invalid(/revoked/));
    expect(reused).toHaveLength(1);
  });

  it('does so also long after it has expired', async () => {
    const { authorize, redeem, renew, clock } = await openWorld();
    const code = await authorize();
    const { response } = await redeem(code);
    clock.now += 30 * day;
    expect(await failure(redeem(code))).toEqual(invalid(/used before/));
    expect(await failure(renew(response.refresh_token))).toEqual(invalid(/revoked/));
  });

  it('is redeemed by one of many requests at once, and the others end what it got', async () => {
    const { authorize, redeem, isActive } = await openWorld();
    const code = await authorize();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(code)));
    const given = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value.response] : []));
    expect(given).toHaveLength(1);
    expect(await isActive(given[0]?.access_token ?? '')).toBe(false);
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
    const { authorize, redeem, isActive } = await openWorld();
    const code = await authorize({ codeChallenge: sha256(verifier) });
    const { response } = await redeem(code, { code_verifier: verifier });
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
  it('gives a new access token and a new refresh token, and goes on so', async () => {
    const { link, renew, isActive, clock } = await openWorld();
    let tokens = await link();
    const seen = new Set([tokens.refresh_token]);
    for (let time = 0; time < 30; time += 1) {
      clock.now += 3000;
      const { response, markAnswered } = await renew(tokens.refresh_token);
      await markAnswered();
      expect(await isActive(tokens.access_token)).toBe(true);
      expect(await isActive(response.access_token)).toBe(true);
      tokens = response;
      seen.add(tokens.refresh_token);
    }
    expect(seen.size).toBe(31);
  });

  it('gives the same again for a minute after its first use, also when that was used meanwhile', async () => {
    const { link, renew, isActive, clock } = await openWorld();
    const first = (await link()).refresh_token;
    const second = await renew(first);
    await second.markAnswered();
    clock.now += 30;
    const again = await renew(first);
    expect(again.response.refresh_token).toBe(second.response.refresh_token);
    expect(again.response.access_token).not.toBe(second.response.access_token);
    const third = await renew(second.response.refresh_token);
    await third.markAnswered();
    clock.now += 30;
    const late = await renew(first);
    expect(late.response.refresh_token).toBe(third.response.refresh_token);
    expect((await renew(second.response.refresh_token)).response.refresh_token).toBe(
      third.response.refresh_token,
    );
    for (const { response } of [second, again, third, late])
      expect(await isActive(response.access_token)).toBe(true);
  });

  it('revokes the link when it is used again later (RFC 9700 4.14.2)', async () => {
    const { link, renew, isActive, clock, reused } = await openWorld();
    const first = (await link()).refresh_token;
    const { response, markAnswered, link: linked } = await renew(first);
    await markAnswered();
    clock.now += graceSeconds + 1;
    expect(await failure(renew(first))).toEqual(invalid(/refresh_token was used before.*K7QM-2R9X/));
    expect(reused).toEqual([[linked.id, 'refresh_token']]);
    expect(await isActive(response.access_token)).toBe(false);
    expect(await failure(renew(response.refresh_token))).toEqual(invalid(/revoked/));
  });

  it('does so also when it is the oldest of many', async () => {
    const { link, renew, links, clock } = await openWorld();
    const first = (await link()).refresh_token;
    let newest = first;
    for (let time = 0; time < 25; time += 1) {
      clock.now += 3600;
      const { response, markAnswered } = await renew(newest);
      await markAnswered();
      newest = response.refresh_token;
    }
    const { refreshToken } = (await links.findCodeGrant(linkIdOf(first.slice(0, 16)))) ?? {};
    expect(refreshToken?.predecessors).toHaveLength(1);
    expect(await failure(renew(first))).toEqual(invalid(/used before/));
    expect(await failure(renew(newest))).toEqual(invalid(/revoked/));
  });

  it('gives a valid answer to each of 20 at once, all with the same new refresh token', async () => {
    const { link, renew, isActive } = await openWorld();
    const first = (await link()).refresh_token;
    const all = await Promise.all(Array.from({ length: 20 }, () => renew(first)));
    expect(new Set(all.map(({ response }) => response.refresh_token)).size).toBe(1);
    for (const { response } of all) expect(await isActive(response.access_token)).toBe(true);
    const [{ response } = { response: { refresh_token: '' } }] = all;
    expect((await renew(response.refresh_token)).response.token_type).toBe('Bearer');
  });

  it('is replaced 20 times a minute at most, so that each of them goes on giving the newest', async () => {
    const { link, renew, clock, reused } = await openWorld();
    const all = [(await link()).refresh_token];
    for (let time = 0; time < 30; time += 1) {
      const { response, markAnswered } = await renew(all.at(-1) ?? '');
      await markAnswered();
      all.push(response.refresh_token);
    }
    expect(new Set(all).size).toBe(21);
    clock.now += graceSeconds;
    for (const token of all) expect((await renew(token)).response.refresh_token).toBe(all.at(-1));
    clock.now += 1;
    const { response, markAnswered } = await renew(all.at(-1) ?? '');
    await markAnswered();
    expect(all).not.toContain(response.refresh_token);
    expect(reused).toEqual([]);
    expect(await failure(renew(all[0] ?? ''))).toEqual(invalid(/used before/));
  });

  it('works once more, however late, when its answer never went out', async () => {
    const { link, renew, isActive, clock, reused } = await openWorld();
    const first = (await link()).refresh_token;
    const lost = await renew(first);
    clock.now += 20 * day;
    const once = await Promise.all(Array.from({ length: 5 }, () => renew(first)));
    for (const { response } of once) {
      expect(response.refresh_token).toBe(lost.response.refresh_token);
      expect(await isActive(response.access_token)).toBe(true);
    }
    await once[0]?.markAnswered();
    clock.now += graceSeconds;
    // Also again, in the minute that then begins anew.
    expect((await renew(first)).response.refresh_token).toBe(lost.response.refresh_token);
    const { response } = await renew(lost.response.refresh_token);
    expect(response.refresh_token).not.toBe(lost.response.refresh_token);
    expect(reused).toEqual([]);
    clock.now += 1;
    expect(await failure(renew(first))).toEqual(invalid(/used before/));
  });

  it('gives the newest one, whatever clocks say that differ by some seconds', async () => {
    const { link, renew, clock } = await openWorld();
    const start = clock.now;
    const all = [(await link()).refresh_token];
    for (const at of [0, -4, 55, 50, 59]) {
      clock.now = start + at;
      const { response, markAnswered } = await renew(all.at(-1) ?? '');
      await markAnswered();
      all.push(response.refresh_token);
    }
    clock.now = start + 60;
    // But for the second, whose minute is over.
    for (const token of [all[0], ...all.slice(2, -1)])
      expect((await renew(token ?? '')).response.refresh_token).toBe(all.at(-1));
    expect((await renew(all.at(-1) ?? '')).response.token_type).toBe('Bearer');
  });

  it('is noticed when it comes again although a clock was far ahead when it was used', async () => {
    const { link, renew, clock } = await openWorld();
    const first = (await link()).refresh_token;
    clock.now += 30 * day;
    let newest = await renew(first);
    await newest.markAnswered();
    clock.now -= 30 * day;
    for (let time = 0; time < 3; time += 1) {
      clock.now += 3600;
      newest = await renew(newest.response.refresh_token);
      await newest.markAnswered();
    }
    expect(await failure(renew(first))).toEqual(invalid(/used before/));
  });

  it('gives the newest one to a request that took long, though another replaced it meanwhile', async () => {
    const { context, link, renew, clock } = await openWorld();
    const first = (await link()).refresh_token;
    const second = await renew(first);
    await second.markAnswered();
    let goOn = () => {};
    const pause = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const waiting = { ...context, stillHas: () => pause.then(() => true) };
    const slow = refresh(waiting, client, parametersOf({ refresh_token: first }));
    const third = await renew(second.response.refresh_token);
    await third.markAnswered();
    goOn();
    expect((await slow).response.refresh_token).toBe(third.response.refresh_token);
    clock.now += 3600;
    expect((await renew((await slow).response.refresh_token)).response.token_type).toBe('Bearer');
  });

  it('does so also to the request that replaced it, when that took long', async () => {
    const { context, link, renew, clock } = await openWorld();
    const first = (await link()).refresh_token;
    let third = '';
    const slowly = afterRenewing(context, async () => {
      const second = await renew(first);
      await second.markAnswered();
      third = (await renew(second.response.refresh_token)).response.refresh_token;
      clock.now += 1;
    });
    const slow = await refresh(slowly, client, parametersOf({ refresh_token: first }));
    expect(slow.response.refresh_token).toBe(third);
  });

  it('does so also to a request during which its minute ends', async () => {
    const { context, link, renew, clock } = await openWorld();
    const first = (await link()).refresh_token;
    const second = await renew(first);
    await second.markAnswered();
    clock.now += graceSeconds;
    let third = '';
    const slowly = afterRenewing(context, async () => {
      third = (await renew(second.response.refresh_token)).response.refresh_token;
      clock.now += 1;
    });
    const slow = await refresh(slowly, client, parametersOf({ refresh_token: first }));
    expect(slow.response.refresh_token).toBe(third);
  });

  it('whose answer was lost gives the same for a minute from the first that was not, whenever that is', async () => {
    const { link, renew, clock, reused } = await openWorld();
    for (const [retry, again] of [
      [31, 61],
      [59, 61],
      [60, 119],
      [61, 121],
    ] as const) {
      const start = clock.now;
      const first = (await link()).refresh_token;
      const lost = (await renew(first)).response.refresh_token;
      clock.now = start + retry;
      const { response, markAnswered } = await renew(first);
      await markAnswered();
      clock.now = start + again;
      for (const token of [response.refresh_token, (await renew(first)).response.refresh_token])
        expect(token).toBe(lost);
    }
    expect(reused).toEqual([]);
  });

  it('whose answer was lost works once more, also after a late request with one before it', async () => {
    const { link, renew, clock } = await openWorld();
    const first = (await link()).refresh_token;
    const second = await renew(first);
    await second.markAnswered();
    const lost = await renew(second.response.refresh_token);
    const late = await renew(first);
    await late.markAnswered();
    expect(late.response.refresh_token).toBe(lost.response.refresh_token);
    clock.now += 7200;
    const { response } = await renew(second.response.refresh_token);
    expect(response.refresh_token).toBe(lost.response.refresh_token);
  });

  it('lasts 400 days from its last use, and no longer', async () => {
    const { link, renew, clock } = await openWorld();
    const { refresh_token: first } = await link();
    clock.now += 400 * day - 1;
    const { response } = await renew(first);
    clock.now += 400 * day;
    expect(await failure(renew(response.refresh_token))).toEqual(invalid(/not used for too long/));
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

  it('gives nothing while the person is gone, and loses nothing by it', async () => {
    const people = { gone: true };
    const { link, renew } = await openWorld(people);
    const { refresh_token: token } = await link();
    expect(await failure(renew(token))).toEqual(invalid(/gone or disabled/));
    people.gone = false;
    expect((await renew(token)).response.token_type).toBe('Bearer');
  });

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
    expect(reused).toEqual([]);
    expect((await renew(token)).response.token_type).toBe('Bearer');
  });

  it('leads to its successor only together with what is stored, and the other way round', async () => {
    const { link, renew, links } = await openWorld();
    const first = (await link()).refresh_token;
    const { response, link: linked } = await renew(first);
    const kept = JSON.stringify(await links.findCodeGrant(linked.id));
    expect(response.refresh_token.slice(36)).not.toBe(first.slice(36));
    for (const token of [first, response.refresh_token, response.access_token]) {
      expect(kept).not.toContain(token);
      expect(kept).not.toContain(token.slice(16));
      expect(kept).not.toContain(token.slice(36));
    }
  });
});

describe('revocation and introspection (RFC 7009, RFC 7662)', () => {
  it.each(['access_token', 'refresh_token'] as const)('%s ends all tokens of the link', async (which) => {
    const { link, renew, isActive, links, clock } = await openWorld();
    const first = await link();
    const { response: second } = await renew(first.refresh_token);
    expect(await revokeToken(links, client, second[which], clock.now)).toMatchObject({ subject: 'alice' });
    for (const each of [first, second]) {
      expect(await isActive(each.access_token)).toBe(false);
      expect(await failure(renew(each.refresh_token))).toEqual(invalid(/revoked/));
    }
  });

  it('takes a refresh token that was replaced long ago, and none that never was', async () => {
    const { link, renew, links, clock } = await openWorld();
    const first = (await link()).refresh_token;
    await (await renew(first)).markAnswered();
    clock.now += 3600;
    const made = first.slice(0, 16) + randomText(36);
    expect(await revokeToken(links, client, made, clock.now)).toBeUndefined();
    expect(await revokeToken(links, client, first, clock.now)).toBeDefined();
  });

  it('finds refresh tokens active while they work, and says when they end', async () => {
    const { link, renew, tokens, clock } = await openWorld();
    const say = (token: string, by = client) => introspect(tokens, 'https://link.example.com', by, token);
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
    clock.now += 100;
    const second = await renew(first.refresh_token);
    await second.markAnswered();
    expect(await say(first.refresh_token)).toMatchObject({ active: true });
    expect(await say(second.response.refresh_token)).toMatchObject({ iat: clock.now });
    clock.now += graceSeconds + 1;
    expect(await say(first.refresh_token)).toEqual({ active: false });
    expect(await say(second.response.refresh_token)).toMatchObject({ active: true });
    clock.now += 400 * day;
    expect(await say(second.response.refresh_token)).toEqual({ active: false });
  });

  it('finds them inactive when they were revoked, or their person is gone', async () => {
    const { link, tokens, links, clock } = await openWorld();
    const [{ refresh_token: first }, { refresh_token: second }] = [await link(), await link()];
    const say = (token: string, context = tokens) =>
      introspect(context, 'https://link.example.com', client, token);
    const gone = { ...tokens, users: { ...tokens.users, findById: async () => undefined } };
    expect(await say(first, gone)).toEqual({ active: false });
    expect(await say(first)).toMatchObject({ active: true });
    await revokeToken(links, client, first, clock.now);
    expect(await say(first)).toEqual({ active: false });
    expect(await say(second)).toMatchObject({ active: true });
  });

  it('revokes by an access token that has expired: a skill has no other', async () => {
    const { link, renew, links, clock } = await openWorld();
    const { access_token: old, refresh_token: token } = await link();
    clock.now += 30 * day;
    expect(await revokeToken(links, client, old, clock.now)).toBeDefined();
    expect(await failure(renew(token))).toEqual(invalid(/revoked/));
  });

  it('looks at nothing of a refresh token as an access token', async () => {
    const { link, isActive } = await openWorld();
    expect(await isActive((await link()).refresh_token)).toBe(false);
  });
});
