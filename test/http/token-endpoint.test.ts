import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import * as oauth from 'oauth4webapi';
import request from 'supertest';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { skipAhead } from '../support/clock.ts';
import {
  authorizeCode,
  authorizeCodePath,
  authorizePath,
  clientSecret,
  cloudHeating,
  codeRedirectUri,
  freePort,
  htpasswd,
  isActive,
  otherSecret,
  postToken,
  redeem,
  refresh,
  settings,
  signIn,
  startServer,
  startServerIn,
  type TestServer,
  temporaryFolder,
} from '../support/server.ts';

const insecure = { [oauth.allowInsecureRequests]: true };
const client: oauth.Client = { client_id: 'cloud-heating' };
const credentials = { client_id: 'cloud-heating', client_secret: clientSecret };

async function discover(server: TestServer): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(issuer, answer);
}

/** The redirect that an authorization request gets. */
async function redirectOf(server: TestServer, path: string): Promise<URL> {
  const answer = await request(server.url).get(path);
  return new URL(answer.headers['location'] ?? 'x:');
}

function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

const formEncode = (value: string) => new URLSearchParams({ value }).toString().slice('value='.length);

describe('the code grant, with a client of others’ making', () => {
  it.each([
    ['HTTP Basic', oauth.ClientSecretBasic(clientSecret)],
    ['credentials in the body', oauth.ClientSecretPost(clientSecret)],
  ])('goes from the page to tokens, refreshed and revoked, by %s', async (_name, authentication) => {
    const server = await startServer();
    const as = await discover(server);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: codeRedirectUri,
      scope: 'profile lights',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const answer = await signIn(server, url.pathname + url.search);
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers['location'] ?? '');
    expect(location.href.startsWith(`${codeRedirectUri}?state=${state}&code=`)).toBe(true);
    const given = oauth.validateAuthResponse(as, client, location, state);

    const redeemed = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        given,
        codeRedirectUri,
        verifier,
        insecure,
      ),
    );
    expect(redeemed).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 3600,
    });

    const refreshing = await oauth.refreshTokenGrantRequest(
      as,
      client,
      authentication,
      redeemed.refresh_token ?? '',
      insecure,
    );
    const refreshed = await oauth.processRefreshTokenResponse(as, client, refreshing);
    expect(refreshed.refresh_token).toBe(redeemed.refresh_token);
    expect(refreshed.access_token).not.toBe(redeemed.access_token);

    const introspecting = await oauth.introspectionRequest(
      as,
      client,
      authentication,
      refreshed.access_token,
      insecure,
    );
    const said = await oauth.processIntrospectionResponse(as, client, introspecting);
    expect(said).toMatchObject({ active: true, sub: 'alice', scope: 'profile lights', token_type: 'Bearer' });
    expect((said.exp ?? 0) - (said.iat ?? 0)).toBe(3600);

    const revoking = await oauth.revocationRequest(
      as,
      client,
      authentication,
      refreshed.refresh_token ?? '',
      insecure,
    );
    await oauth.processRevocationResponse(revoking);
    for (const token of [redeemed.access_token, refreshed.access_token])
      expect(await isActive(server, token)).toBe(false);
    expect(JSON.stringify(server.log)).not.toMatch(
      new RegExp(
        [given.get('code'), redeemed.refresh_token, refreshed.access_token, verifier, clientSecret]
          .map((secret) => RegExp.escape(String(secret)))
          .join('|'),
      ),
    );
  });

  it('gives JWT access tokens, an hour long, where that is the format', async () => {
    const server = await startServer({ ACCESS_TOKEN_FORMAT: 'jwt' });
    const first = await redeem(server, await authorizeCode(server));
    const again = (await refresh(server, first.refresh_token)).body as typeof first;
    for (const { access_token: token } of [first, again]) {
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      expect(claims).toMatchObject({ sub: 'alice', aud: 'cloud-heating', exp: claims.iat + 3600 });
      expect(await isActive(server, token)).toBe(true);
    }
  });
});

describe('GET and POST /authorize with response_type=code', () => {
  it('keep a query that the redirect URI has, and say errors there (RFC 6749 4.1.2, 4.1.2.1)', async () => {
    const server = await startServer();
    const redirect_uri = 'https://app.example.com/linked?from=alexa';
    const answer = await signIn(server, authorizeCodePath({ redirect_uri, state: 'a b+c&d=e#f' }));
    expect(answer.headers['location']).toMatch(
      /^https:\/\/app\.example\.com\/linked\?from=alexa&state=a%20b%2Bc%26d%3De%23f&code=[\w-]{43}$/,
    );
    const cancelled = await signIn(server, authorizeCodePath({ redirect_uri }), { action: 'cancel' });
    expect(cancelled.headers['location']).toMatch(
      /^https:\/\/app\.example\.com\/linked\?from=alexa&error=access_denied&error_description=[^#&]+&state=xyz$/,
    );
  });

  it('refuse a response_mode that is not the grant’s own, and say so in the one that is', async () => {
    const server = await startServer();
    const asked = await redirectOf(server, authorizeCodePath({ response_mode: 'fragment' }));
    expect(asked.searchParams.get('error')).toBe('invalid_request');
    expect(asked.searchParams.get('error_description')).toMatch(/response_mode must be query/);
    const token = await redirectOf(server, authorizePath({ response_mode: 'query' }));
    expect(token.hash).toMatch(/^#error=invalid_request&/);
    for (const path of [
      authorizeCodePath({ response_mode: 'query' }),
      authorizePath({ response_mode: 'fragment' }),
    ])
      expect((await request(server.url).get(path)).status).toBe(200);
  });

  const challenge = 'x'.repeat(43);
  it.each([
    ['plain', { code_challenge: challenge, code_challenge_method: 'plain' }],
    ['no method, which means plain', { code_challenge: challenge }],
    ['another method', { code_challenge: challenge, code_challenge_method: 's256' }],
    ['a method without a challenge', { code_challenge_method: 'S256' }],
    ['a short challenge', { code_challenge: challenge.slice(1), code_challenge_method: 'S256' }],
    ['a long challenge', { code_challenge: `${challenge}x`, code_challenge_method: 'S256' }],
    [
      'a challenge that is not base64url',
      { code_challenge: `${challenge.slice(1)}+`, code_challenge_method: 'S256' },
    ],
    ['a padded challenge', { code_challenge: `${challenge}=`, code_challenge_method: 'S256' }],
  ])('refuse %s as invalid_request (RFC 7636 4.4.1)', async (_what, changes) => {
    const location = await redirectOf(await startServer(), authorizeCodePath(changes));
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      error: 'invalid_request',
      state: 'xyz',
    });
    expect(location.hash).toBe('');
  });

  it('refuse a repeated challenge, and mind none of it for a token', async () => {
    const server = await startServer();
    const twice = `${authorizeCodePath()}&code_challenge=${challenge}&code_challenge=${challenge}&code_challenge_method=S256`;
    expect((await redirectOf(server, twice)).searchParams.get('error')).toBe('invalid_request');
    const path = authorizePath({ code_challenge: 'x', code_challenge_method: 'plain' });
    expect((await request(server.url).get(path)).status).toBe(200);
  });

  it('ask for a challenge where the client requires one', async () => {
    const CLIENTS = JSON.stringify([{ ...cloudHeating, require_pkce: true }]);
    const server = await startServer({ CLIENTS });
    expect((await redirectOf(server, authorizeCodePath())).searchParams.get('error')).toBe('invalid_request');
    const path = authorizeCodePath({ code_challenge: challenge, code_challenge_method: 'S256' });
    expect((await request(server.url).get(path)).status).toBe(200);
  });

  it.each([
    ['code of a client of the implicit grant', { client_id: 'cloud-lights', response_type: 'code' }, '?'],
    ['token of a client of the code grant', { response_type: 'token' }, '#'],
    ['both at once', { response_type: 'code token' }, '?'],
  ])('refuse %s', async (_what, changes, mark) => {
    const server = await startServer();
    const location = await redirectOf(server, authorizeCodePath(changes));
    expect(location.href).toMatch(
      new RegExp(
        `${RegExp.escape(codeRedirectUri)}\\${mark}error=(unauthorized_client|unsupported_response_type)&`,
      ),
    );
    expect(server.events('authorization.failed')).toHaveLength(1);
  });

  it('give a client of both grants what it asks for', async () => {
    const CLIENTS = JSON.stringify([{ ...cloudHeating, response_types: ['code', 'token'] }]);
    const server = await startServer({ CLIENTS });
    expect((await redeem(server, await authorizeCode(server))).access_token).toBeDefined();
    const answer = await signIn(server, authorizeCodePath({ response_type: 'token' }));
    expect(answer.headers['location']).toMatch(/#state=xyz&access_token=[\w-]{43}&token_type=Bearer$/);
  });
});

describe('POST /token', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('answers JSON that nobody keeps (RFC 6749 5.1)', async () => {
    const server = await startServer();
    const code = await authorizeCode(server);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: codeRedirectUri };
    const answer = await postToken(server, fields);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['pragma']).toBe('no-cache');
    expect(Object.keys(answer.body as object)).toEqual([
      'access_token',
      'token_type',
      'expires_in',
      'refresh_token',
    ]);
  });

  it('makes the link when the code is redeemed, under the reference of the sign-in', async () => {
    const server = await startServer();
    const code = await authorizeCode(server);
    expect(server.events('link.created')).toEqual([]);
    const [issued] = server.events('code.issued');
    expect(issued).toMatchObject({ client_id: 'cloud-heating', redirect_host: 'layla.amazon.com' });
    const { refresh_token: token } = await redeem(server, code);
    await refresh(server, token);
    for (const event of ['link.created', 'token.refreshed'])
      expect(server.events(event)).toEqual([
        expect.objectContaining({ link_id: issued?.['link_id'], reference: issued?.['reference'] }),
      ]);
  });

  it('says one thing of whatever gives nothing, and the log says why', async () => {
    const server = await startServer();
    const [code, used] = [await authorizeCode(server), await authorizeCode(server)];
    await redeem(server, used);
    const redeeming = { grant_type: 'authorization_code', redirect_uri: codeRedirectUri };
    const said = new Set<string>();
    const requests: [fields: Record<string, string>, why: RegExp][] = [
      [{ ...redeeming, code: 'x' }, /unknown code/],
      [{ ...redeeming, code: used }, /code was used before/],
      [{ ...redeeming, code, redirect_uri: 'https://x.example/' }, /redirect_uri is not that/],
      [{ ...redeeming, code, code_verifier: 'x'.repeat(43) }, /had no challenge/],
      [{ grant_type: 'refresh_token', refresh_token: 'x' }, /does not look like/],
      [{ grant_type: 'refresh_token', refresh_token: 'x'.repeat(64) }, /unknown refresh token/],
    ];
    for (const [fields, why] of requests) {
      const answer = await postToken(server, fields);
      expect(answer.status).toBe(400);
      expect(answer.headers['cache-control']).toBe('no-store');
      said.add(answer.text);
      expect(server.events('token.refused').at(-1)?.['cause']).toMatch(why);
    }
    expect([...said].map((text) => JSON.parse(text))).toEqual([
      { error: 'invalid_grant', error_description: expect.any(String) },
    ]);
  });

  it.each([
    ['no grant_type', {}, 'invalid_request'],
    ['an unknown grant_type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['the name of something else', { grant_type: 'constructor' }, 'unsupported_grant_type'],
    ['no code', { grant_type: 'authorization_code', redirect_uri: 'x' }, 'invalid_request'],
    ['no redirect_uri', { grant_type: 'authorization_code', code: 'x' }, 'invalid_request'],
    ['no refresh_token', { grant_type: 'refresh_token' }, 'invalid_request'],
  ])('answers 400 to %s', async (_what, fields, error) => {
    const answer = await postToken(await startServer(), fields);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error });
  });

  it('refuses a parameter that is given twice, whichever it is (RFC 6749 3.2)', async () => {
    const server = await startServer();
    const code = await authorizeCode(server);
    const redeeming = { grant_type: 'authorization_code', redirect_uri: codeRedirectUri, code };
    const all = { ...redeeming, client_id: 'cloud-heating', client_secret: clientSecret };
    for (const [name, value] of Object.entries(all)) {
      const body = new URLSearchParams(all);
      body.append(name, value);
      const answer = await request(server.url).post('/token').type('form').send(body.toString());
      expect(answer.body, name).toMatchObject({ error: 'invalid_request' });
    }
    expect((await redeem(server, code)).access_token).toBeDefined();
  });

  it('is POST only, and takes forms only', async () => {
    const { url } = await startServer();
    const got = await request(url).get('/token?grant_type=refresh_token&refresh_token=x');
    expect(got.status).toBe(405);
    expect(got.headers['allow']).toBe('POST');
    expect((await request(url).post('/token').type('json').send('{}')).status).toBe(415);
  });

  it('understands Basic with both parts form-encoded, and as curl sends it (RFC 6749 2.3.1)', async () => {
    const id = 'a client: 100% +';
    const CLIENTS = JSON.stringify([{ ...cloudHeating, client_id: id }]);
    const server = await startServer({ CLIENTS });
    for (const authorization of [
      basic(formEncode(id), formEncode(clientSecret)),
      basic(encodeURIComponent(id), encodeURIComponent(clientSecret)),
    ]) {
      const code = await authorizeCode(server, { client_id: id });
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: codeRedirectUri,
      });
      const headers = { Authorization: authorization };
      const answer = await request(server.url).post('/token').set(headers).type('form').send(body.toString());
      expect(answer.status).toBe(200);
    }
  });

  it('takes a secret with percent and plus signs as curl sends it, as it is', async () => {
    const secret = 'a+b%41 %zz';
    const server = await startServer({
      CLIENTS: JSON.stringify([{ ...cloudHeating, client_secret: secret }]),
    });
    const code = await authorizeCode(server);
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: codeRedirectUri,
    });
    const headers = { Authorization: basic('cloud-heating', secret) };
    expect(
      (await request(server.url).post('/token').set(headers).type('form').send(body.toString())).status,
    ).toBe(200);
  });

  it('takes credentials in one way at a time, and challenges who has wrong ones (RFC 6749 5.2)', async () => {
    const server = await startServer();
    const code = await authorizeCode(server);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: codeRedirectUri };
    const right = basic('cloud-heating', formEncode(clientSecret));
    const post = async (authorization: string, more: Record<string, string> = {}) =>
      await request(server.url)
        .post('/token')
        .set('Authorization', authorization)
        .type('form')
        .send({ ...fields, ...more });
    const both = await post(right, { client_secret: clientSecret });
    expect([both.status, both.body]).toMatchObject([400, { error: 'invalid_request' }]);
    const wrong = await post(basic('cloud-heating', 'wrong'));
    expect([wrong.status, wrong.body]).toMatchObject([401, { error: 'invalid_client' }]);
    expect(wrong.headers['www-authenticate']).toMatch(/^Basic realm=/);
    expect(wrong.headers['cache-control']).toBe('no-store');
    const other = await post(basic('other-skill', otherSecret));
    expect([other.status, other.body]).toMatchObject([400, { error: 'unauthorized_client' }]);
    const mixed = await post(right, { client_id: 'other-skill' });
    expect([mixed.status, mixed.body]).toMatchObject([400, { error: 'invalid_request' }]);
    // Nothing of this has cost the code anything.
    expect((await post(right, { client_id: 'cloud-heating' })).status).toBe(200);
  });

  it('has an answer for whatever parameters come, and never one of a failure', async () => {
    const server = await startServer();
    const name = fc.constantFrom(
      'grant_type',
      'code',
      'refresh_token',
      'redirect_uri',
      'code_verifier',
      'scope',
      '__proto__',
    );
    const known = fc.constantFrom(
      'authorization_code',
      'refresh_token',
      'toString',
      '',
      '\0',
      codeRedirectUri,
    );
    const value = fc.oneof(
      known,
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.stringMatching(/^[\w-]{64}$/),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 6 }), async (pairs) => {
        const body = new URLSearchParams(pairs);
        body.append('client_id', 'cloud-heating');
        body.append('client_secret', clientSecret);
        const answer = await request(server.url).post('/token').type('form').send(body.toString());
        expect(answer.status).toBe(400);
        const said = answer.body as Record<string, string>;
        expect(['invalid_request', 'invalid_grant', 'unsupported_grant_type', 'invalid_scope']).toContain(
          said['error'],
        );
      }),
      { numRuns: 200 },
    );
    expect(server.events('request.failed')).toEqual([]);
    expect(server.events('storage.unavailable')).toEqual([]);
  });

  it('says in log and metric that a code came again after its end, and by whom the link was revoked', async () => {
    const metricsPort = await freePort();
    const server = await startServer({ METRICS_PORT: String(metricsPort) });
    const code = await authorizeCode(server);
    const again = { grant_type: 'authorization_code', code, redirect_uri: codeRedirectUri };
    const { access_token: token } = await redeem(server, code);
    expect((await postToken(server, again)).status).toBe(400);
    expect(await isActive(server, token)).toBe(true);
    expect(server.events('token.reused')).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 301_000);
    expect((await postToken(server, again)).status).toBe(400);
    expect(await isActive(server, token)).toBe(false);
    expect(server.events('token.reused')).toMatchObject([{ reused: 'code' }]);
    expect(server.events('link.revoked')).toMatchObject([{ by: 'reuse' }]);
    const said = (await request(`http://127.0.0.1:${metricsPort}`).get('/metrics')).text;
    for (const line of [
      'alexa_linking_tokens_reused_total{client_id="cloud-heating",reused="code"} 1',
      'alexa_linking_links_revoked_total{client_id="cloud-heating",by="reuse"} 1',
      'alexa_linking_links_created_total{client_id="cloud-heating"} 1',
    ])
      expect(said).toContain(`${line}\n`);
  });

  /** Sends a refresh on a connection of its own, which is left to the caller. */
  function sendRefresh(server: TestServer, token: string): Socket {
    const fields = { grant_type: 'refresh_token', refresh_token: token };
    const body = new URLSearchParams({ ...credentials, ...fields }).toString();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      `POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  }

  it.each([
    ['was never read', () => {}],
    ['found the connection closed', (socket: Socket) => void socket.destroy()],
  ])(
    'loses no link when its answer %s, however late the same refresh token comes again',
    async (_how, act) => {
      const server = await startServer();
      const { refresh_token: token } = await redeem(server, await authorizeCode(server));
      const database = new DatabaseSync(join(server.folder, 'links.db'));
      database.exec('begin immediate');
      const arrived = new Promise((resolve) => subscribe('http.server.request.start', resolve));
      const socket = sendRefresh(server, token).pause();
      onTestFinished(() => void socket.destroy());
      await arrived;
      // While another process holds the storage nothing is stored; afterwards it is, and nobody learns of it.
      act(socket);
      if (socket.destroyed)
        await expect.poll(() => server.events('request').some((line) => line['aborted'])).toBe(true);
      database.exec('rollback');
      database.close();
      await expect.poll(() => server.events('token.refreshed').length).toBe(1);
      vi.useFakeTimers({ toFake: ['Date'] });
      const start = Date.now();
      for (const later of [0, 64, 3600, 365 * 86_400]) {
        vi.setSystemTime(start + later * 1000);
        const answer = await refresh(server, token);
        expect(answer.status).toBe(200);
        expect((answer.body as { refresh_token: string }).refresh_token).toBe(token);
      }
      expect(server.events('token.reused')).toEqual([]);
      expect(server.events('link.revoked')).toEqual([]);
    },
  );

  it.each(['ISO-8859-1', 'us-ascii', '"utf-8"', 'no-such-charset', 'utf-16'])(
    'takes a form that is labelled %s and is UTF-8, as old clients send it',
    async (charset) => {
      const server = await startServer();
      const code = await authorizeCode(server);
      const fields = { grant_type: 'authorization_code', code, redirect_uri: codeRedirectUri };
      const headers = { 'Content-Type': `application/x-www-form-urlencoded; charset=${charset}` };
      const body = new URLSearchParams({ ...credentials, ...fields }).toString();
      expect(
        (await request(server.url).post('/token').set(headers).type('form').send(body.toString())).status,
      ).toBe(200);
    },
  );

  it('refuses who is gone, and keeps the link', async () => {
    const folder = temporaryFolder();
    const env = await settings(folder);
    const server = await startServerIn(folder, env);
    const { refresh_token: token } = await redeem(server, await authorizeCode(server));
    const path = join(folder, 'users.htpasswd');
    writeFileSync(path, htpasswd.replace('alice', 'alicia'));
    utimesSync(path, 1, 1);
    skipAhead(56);
    await expect.poll(async () => (await refresh(server, token)).status).toBe(400);
    expect(server.events('token.refused').at(-1)?.['cause']).toMatch(/gone or disabled; the link is kept/);
    writeFileSync(path, htpasswd);
    skipAhead(56);
    await expect.poll(async () => (await refresh(server, token)).status).toBe(200);
  });
});

describe('wrong client secrets', () => {
  it('keeps nobody out, however many wrong secrets come', async () => {
    const server = await startServer();
    const { refresh_token: token } = await redeem(server, await authorizeCode(server));
    const fields = { grant_type: 'refresh_token', refresh_token: token };
    for (let time = 0; time < 300; time += 1)
      expect((await postToken(server, { ...fields, client_secret: `guess ${time}` })).status).toBe(401);
    expect((await postToken(server, fields)).status).toBe(200);
  });
});

describe('what is kept of the code grant', () => {
  it('is digests alone: no code and no token is in the database’s files', async () => {
    const server = await startServer();
    const code = await authorizeCode(server);
    const first = await redeem(server, code);
    const second = (await refresh(server, first.refresh_token)).body as typeof first;
    const secrets = [code, ...[first, second].flatMap((each) => [each.access_token, each.refresh_token])];
    for (const file of ['links.db', 'links.db-wal']) {
      const bytes = readFileSync(join(server.folder, file)).toString('latin1');
      for (const secret of secrets) expect(bytes).not.toContain(secret.slice(-26));
    }
  });
});
