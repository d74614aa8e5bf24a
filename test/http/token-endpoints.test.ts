import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as oauth from 'oauth4webapi';
import request, { type Response } from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { skipAhead } from '../support/clock.ts';
import {
  authorizePath,
  clientSecret,
  cloudLights,
  htpasswd,
  link,
  otherSecret,
  signIn,
  startServer,
  type TestServer,
} from '../support/server.ts';

const insecure = { [oauth.allowInsecureRequests]: true };
const client: oauth.Client = { client_id: 'cloud-lights' };

async function discover(server: TestServer): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(issuer, answer);
}

/** Asks as another's client would, and gives the body. */
async function introspect(server: TestServer, token: string, by = client, secret = clientSecret) {
  const as = await discover(server);
  const answer = await oauth.introspectionRequest(as, by, oauth.ClientSecretPost(secret), token, insecure);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return oauth.processIntrospectionResponse(as, by, answer);
}

async function userinfo(server: TestServer, authorization?: string, query = ''): Promise<Response> {
  const asking = request(server.url).get(`/userinfo${query}`);
  return await (authorization === undefined ? asking : asking.set('Authorization', authorization));
}

async function post(
  server: TestServer,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await request(server.url).post(path).type('form').set(headers).send(body);
}

function basic(id: string, secret: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

describe('the metadata (RFC 8414)', () => {
  it('is what a client of others’ making accepts, and lists what there is', async () => {
    const server = await startServer();
    expect(await discover(server)).toEqual({
      issuer: server.url,
      authorization_endpoint: `${server.url}/authorize`,
      token_endpoint: `${server.url}/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_endpoint: `${server.url}/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      revocation_endpoint: `${server.url}/revoke`,
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      userinfo_endpoint: `${server.url}/userinfo`,
      response_types_supported: ['code', 'token'],
      response_modes_supported: ['query', 'fragment'],
      grant_types_supported: ['authorization_code', 'implicit', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
    });
  });

  it('comes from PUBLIC_URL and never from the Host header', async () => {
    const server = await startServer({ PUBLIC_URL: 'https://link.example.com' });
    const answer = await request(server.url)
      .get('/.well-known/oauth-authorization-server')
      .set('X-Forwarded-Host', 'evil.example');
    expect(JSON.stringify(answer.body)).not.toMatch(/evil|127\.0\.0\.1/);
  });
});

describe('POST /introspect (RFC 7662)', () => {
  it('tells a client everything of its own token, by either way to authenticate', async () => {
    const server = await startServer();
    const token = await link(server, { scope: 'lights profile' });
    const as = await discover(server);
    for (const authentication of [
      oauth.ClientSecretBasic(clientSecret),
      oauth.ClientSecretPost(clientSecret),
    ]) {
      const answer = await oauth.introspectionRequest(as, client, authentication, token, insecure);
      const said = await oauth.processIntrospectionResponse(as, client, answer);
      expect(said).toEqual({
        active: true,
        iss: server.url,
        client_id: 'cloud-lights',
        sub: 'alice',
        username: 'alice',
        scope: 'lights profile',
        token_type: 'Bearer',
        iat: expect.any(Number),
      });
      expect(Math.abs((said.iat ?? 0) - Date.now() / 1000)).toBeLessThan(30);
    }
  });

  it('says exp where the token expires, and no scope where none was granted', async () => {
    const server = await startServer();
    const token = await link(server, { client_id: 'other-skill' });
    const said = await introspect(server, token, { client_id: 'other-skill' }, otherSecret);
    expect((said.exp ?? 0) - (said.iat ?? 0)).toBe(2_592_000);
    expect(said).not.toHaveProperty('scope');
  });

  it('says no more than active: false of another client’s token and an unknown one', async () => {
    const server = await startServer();
    const foreign = await link(server, { client_id: 'other-skill' });
    for (const token of [foreign, 'unknown', `${foreign}x`, 'x'.repeat(8000), '\u{1F600}']) {
      expect(await introspect(server, token)).toEqual({ active: false });
    }
  });

  it('finds the token of a person who is gone inactive, and holds on while users can’t be reached', async () => {
    const server = await startServer();
    const token = await link(server);
    const path = join(server.folder, 'users.htpasswd');
    rmSync(path);
    expect(await introspect(server, token)).toMatchObject({ active: true });
    writeFileSync(path, htpasswd.replace('alice', 'alicia'));
    utimesSync(path, 1, 1);
    skipAhead(56);
    expect(await introspect(server, token)).toEqual({ active: false });
    expect((await userinfo(server, `Bearer ${token}`)).status).toBe(401);
  });

  it.each([
    ['no credentials', {}, 'token=x'],
    ['a wrong secret', basic('cloud-lights', 'wrong'), 'token=x'],
    ['an unknown client', basic('nobody', clientSecret), 'token=x'],
    ['a wrong secret in the body', {}, 'token=x&client_id=cloud-lights&client_secret=wrong'],
    ['an id without a secret', {}, 'token=x&client_id=cloud-lights'],
    ['another scheme', { Authorization: 'Bearer x' }, 'token=x'],
    ['Basic that is not base64', { Authorization: 'Basic %%%' }, 'token=x'],
    ['Basic without a colon', { Authorization: `Basic ${btoa('cloud-lights')}` }, 'token=x'],
  ])(
    'answers 401 invalid_client to %s, and a Basic challenge',
    async (_what, headers: Record<string, string>, body) => {
      const server = await startServer();
      const answer = await post(server, '/introspect', body, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Basic realm="account linking"');
      expect(answer.body).toEqual({
        error: 'invalid_client',
        error_description: 'The client credentials are missing or wrong.',
      });
      expect(server.events('client.refused')[0]?.['cause']).toEqual(expect.any(String));
      expect(JSON.stringify(server.log)).not.toContain(clientSecret);
    },
  );

  it('understands Basic with both parts form-encoded, and as curl sends it', async () => {
    const server = await startServer();
    const token = await link(server);
    const encoded = new URLSearchParams({ a: clientSecret }).toString().slice(2);
    for (const secret of [encoded, encodeURIComponent(clientSecret), clientSecret]) {
      const answer = await post(server, '/introspect', `token=${token}`, basic('cloud-lights', secret));
      expect(answer.body, secret).toMatchObject({ active: true });
    }
  });

  it.each([
    [
      'credentials in header and body',
      'token=x&client_secret=y',
      basic('cloud-lights', 'z'),
      400,
      'invalid_request',
    ],
    ['no token', 'x=y', basic('cloud-lights', encodeURIComponent(clientSecret)), 400, 'invalid_request'],
    [
      'a repeated token',
      'token=x&token=y',
      basic('cloud-lights', encodeURIComponent(clientSecret)),
      400,
      'invalid_request',
    ],
    ['JSON', '{}', { 'Content-Type': 'application/json' }, 415, 'invalid_request'],
    ['bytes that are no parameters', 'token=%zz', {}, 400, 'invalid_request'],
    ['17 KB', 'x'.repeat(17 * 1024), {}, 413, 'invalid_request'],
  ])(
    'answers %s with JSON that says what is wrong',
    async (_what, body, headers: Record<string, string>, status, error) => {
      const server = await startServer();
      const answer = await post(server, '/introspect', body, headers);
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(answer.body).toMatchObject({ error, error_description: expect.stringMatching(/\w/) });
    },
  );

  it('is POST only', async () => {
    const answer = await request((await startServer()).url).get('/introspect?token=x');
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('POST');
  });
});

describe('POST /revoke (RFC 7009)', () => {
  async function revoke(server: TestServer, token: string, by = client, secret = clientSecret) {
    return oauth.revocationRequest(
      await discover(server),
      by,
      oauth.ClientSecretBasic(secret),
      token,
      insecure,
    );
  }

  it('ends the link at once: the token is dead everywhere', async () => {
    const server = await startServer();
    const [token, other] = [await link(server), await link(server)];
    await oauth.processRevocationResponse(await revoke(server, token));
    expect(await introspect(server, token)).toEqual({ active: false });
    expect((await userinfo(server, `Bearer ${token}`)).status).toBe(401);
    expect(await introspect(server, other)).toMatchObject({ active: true });
    const [created] = server.events('link.created');
    expect(server.events('link.revoked')).toEqual([
      expect.objectContaining({ link_id: created?.['link_id'], reference: created?.['reference'] }),
    ]);
  });

  it('answers 200 for a token that is unknown or dead already (2.2)', async () => {
    const server = await startServer();
    const token = await link(server);
    for (const each of [token, token, 'unknown']) {
      const answer = await revoke(server, each);
      // simple-oauth2 and @fastify/oauth2 read it as JSON.
      expect([answer.status, await answer.json()]).toEqual([200, {}]);
    }
    expect(server.events('link.revoked')).toHaveLength(1);
  });

  it('refuses another client’s token, and leaves it alive (2.1)', async () => {
    const server = await startServer();
    const token = await link(server, { client_id: 'other-skill' });
    const answer = await revoke(server, token);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: 'unauthorized_client' });
    expect((await userinfo(server, `Bearer ${token}`)).status).toBe(200);
  });

  it('refuses who can’t authenticate', async () => {
    const server = await startServer();
    const token = await link(server);
    expect((await revoke(server, token, client, 'wrong')).status).toBe(401);
    expect((await userinfo(server, `Bearer ${token}`)).status).toBe(200);
  });
});

describe('GET /userinfo (RFC 6750)', () => {
  it('says who the token’s person is', async () => {
    const server = await startServer();
    const as = await discover(server);
    const answer = await oauth.userInfoRequest(as, client, await link(server), insecure);
    expect(await oauth.processUserInfoResponse(as, client, 'alice', answer)).toEqual({
      sub: 'alice',
      username: 'alice',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('only challenges a request that did not try (3.1)', async () => {
    const server = await startServer();
    for (const header of [undefined, 'Basic eDp5']) {
      const answer = await userinfo(server, header);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="account linking"');
      expect(answer.text).toBe('');
    }
  });

  it('does not take a token from the query (RFC 9700 4.3.2)', async () => {
    const server = await startServer();
    const answer = await request(server.url).get(`/userinfo?access_token=${await link(server)}`);
    expect(answer.status).toBe(401);
  });

  it('answers 401 invalid_token to a token that does not hold', async () => {
    const answer = await userinfo(await startServer(), `Bearer ${'x'.repeat(43)}`);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer realm="account linking", error="invalid_token", error_description="[^"\\]+"$/,
    );
    expect(answer.body).toMatchObject({ error: 'invalid_token' });
  });

  it.each(['Bearer', 'Bearer ', 'Bearer a b', 'Bearer ä', 'bearer "x"'])(
    'answers 401 invalid_token to %o',
    async (header) => {
      const answer = await userinfo(await startServer(), header);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    },
  );

  it('has the cause of each 401 in the log, with the reference of the link where there is one', async () => {
    const server = await startServer();
    const token = await link(server);
    const other = await link(server);
    const [linked] = server.events('link.created');
    const database = new DatabaseSync(join(server.folder, 'links.db'));
    onTestFinished(() => database.close());
    const causes = async (authorization?: string, query = '') => {
      expect((await userinfo(server, authorization, query)).status).toBe(401);
      const { cause, reference } = server.events('token.refused').at(-1) ?? {};
      return { cause, known: reference === linked?.['reference'] };
    };
    expect(await causes()).toEqual({ cause: 'no Bearer token', known: false });
    expect(await causes('Basic eDp5')).toEqual({ cause: 'no Bearer token', known: false });
    expect(await causes(undefined, `?access_token=${token}`)).toEqual({
      cause: 'the token is in the query',
      known: false,
    });
    expect(await causes('Bearer a b')).toEqual({ cause: 'malformed', known: false });
    expect(await causes(`Bearer ${other}x`)).toEqual({ cause: 'unknown', known: false });
    database.exec('update alexa_access_tokens set expires_at = 1');
    expect(await causes(`Bearer ${token}`)).toEqual({ cause: 'it has expired', known: true });
    database.exec('update alexa_access_tokens set expires_at = null');
    const path = join(server.folder, 'users.htpasswd');
    writeFileSync(path, htpasswd.replace('alice', 'alicia'));
    utimesSync(path, 1, 1);
    skipAhead(56);
    expect(await causes(`Bearer ${token}`)).toEqual({ cause: 'its user is gone or disabled', known: true });
    database.exec('update alexa_links set revoked_at = 1');
    expect(await causes(`Bearer ${token}`)).toEqual({ cause: 'its link is revoked', known: true });
    expect(JSON.stringify(server.log)).not.toContain(token);
  });

  it('takes the scheme in any case (RFC 9110 11.1)', async () => {
    const server = await startServer();
    expect((await userinfo(server, `bearer ${await link(server)}`)).status).toBe(200);
  });
});

describe('what is kept', () => {
  it('is digests alone: no token and no secret is in the database’s files', async () => {
    const server = await startServer();
    const token = await link(server);
    for (const file of ['links.db', 'links.db-wal']) {
      const bytes = readFileSync(join(server.folder, file)).toString('latin1');
      expect(bytes).not.toContain(token);
      expect(bytes).not.toContain('wonderland');
      expect(bytes).not.toContain(clientSecret);
    }
    expect(readFileSync(join(server.folder, 'links.db-wal')).toString('latin1')).toContain(
      'layla.amazon.com',
    );
  });
});

describe('when the storage can’t answer', () => {
  async function withBrokenStorage(): Promise<{ server: TestServer; token: string }> {
    const server = await startServer();
    const token = await link(server);
    const saboteur = new DatabaseSync(join(server.folder, 'links.db'));
    saboteur.exec('DROP TABLE alexa_access_tokens');
    saboteur.close();
    return { server, token };
  }

  it('answers 503 with Retry-After where a program asks, and the log has the rest', async () => {
    const { server, token } = await withBrokenStorage();
    const answer = await userinfo(server, `Bearer ${token}`);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    const body = answer.body as Record<string, string>;
    expect(body).toMatchObject({
      error: 'temporarily_unavailable',
      reference: expect.stringMatching(/^\w{4}-\w{4}$/),
    });
    expect(JSON.stringify(body)).not.toMatch(/sqlite|table/i);
    const [event] = server.events('storage.unavailable');
    expect(event?.['reference']).toBe(body['reference']);
    expect(JSON.stringify(event)).toContain('no such table');
  });

  it('asks a person for patience, and grants nothing that was not kept', async () => {
    const { server } = await withBrokenStorage();
    const answer = await signIn(server, authorizePath());
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('Please try again in a moment: nothing is lost.');
    expect(server.events('sign_in.unavailable')[0]).toMatchObject({ part: 'storage' });
    const links = new DatabaseSync(join(server.folder, 'links.db'))
      .prepare('SELECT count(*) AS n FROM alexa_links')
      .get();
    expect(links).toEqual({ n: 1 });
  });
});

describe('health', () => {
  it('is alive whatever else is down, and ready only when users and storage answer', async () => {
    const server = await startServer();
    const ready = await request(server.url).get('/readyz');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ok', storage: 'ok', users: 'ok' }]);
    rmSync(join(server.folder, 'users.htpasswd'));
    // It looks once a second, whoever asks how often.
    await expect.poll(async () => (await request(server.url).get('/readyz')).status).toBe(503);
    const unready = await request(server.url).get('/readyz');
    expect(unready.body).toEqual({ status: 'unavailable', storage: 'ok', users: 'unavailable' });
    const alive = await request(server.url).get('/healthz');
    expect([alive.status, alive.body]).toEqual([200, { status: 'ok' }]);
  });
});

describe('the simulator', () => {
  it('judges whatever it is shown, without a 500 and without a token in the log', async () => {
    const server = await startServer();
    for (const href of [
      'x',
      '#',
      'http://x/#access_token=%E2%98%83',
      'http://x/#access_token=a%0Ab',
      '#state=%00',
    ]) {
      const answer = await post(server, '/simulator/verdict', new URLSearchParams({ href }).toString());
      expect(answer.status, href).toBe(200);
    }
    expect(server.events('request.failed')).toEqual([]);
    expect((await post(server, '/simulator/verdict', 'x=y')).status).toBe(400);
    const back = '/simulator/eu/api/skill/link/M2SIMULATOR000';
    for (const query of ['', '?code=x', '?state=%', '?code=x&state=y', '?error=<b>&state=%00'])
      expect((await request(server.url).get(back + query)).status, query).toBe(200);
    expect((await post(server, '/simulator/redeem', 'href=x&client_secret=y')).status).toBe(200);
    expect((await post(server, '/simulator/redeem', 'client_secret=y')).status).toBe(400);
    for (const path of ['/simulator/verdict', '/simulator/redeem'])
      expect((await request(server.url).get(path)).headers['location']).toMatch(/\/simulator$/);
  });

  it('shows the demo’s password and secret where only this machine sees them, and never the operator’s users', async () => {
    const shown = async (changes: Record<string, string | undefined>) => {
      const server = await startServer({ NODE_ENV: 'development', CLIENTS: undefined, ...changes });
      const { username, password, clientSecret } = server.config.demo;
      const { text } = await request(server.url).get('/simulator');
      const started = await request(server.url).get('/simulator/start?grant=code');
      const { searchParams: asked } = new URL(started.headers['location'] ?? '');
      const { pathname } = new URL(asked.get('redirect_uri') ?? '');
      const answer = new URLSearchParams({ state: asked.get('state') ?? '', code: 'x' });
      const code = await request(server.url).get(`${pathname}?${answer}`);
      expect(code.text).toContain('Continue as Alexa');
      return [
        ...[username, password].map((each) => each !== undefined && text.includes(`>${each}<`)),
        code.text.includes(`value="${clientSecret}"`),
      ];
    };
    const PUBLIC_URL = 'http://dev.example.com';
    expect(await shown({ USERS: undefined })).toEqual([true, true, true]);
    expect(await shown({ USERS: undefined, PUBLIC_URL })).toEqual([true, false, false]);
    expect(await shown({})).toEqual([false, false, true]);
  });

  it('asks with as many scopes as a skill may have, and takes no region that there is not', async () => {
    const scope = Array.from({ length: 15 }, (_, index) => `a-rather-long-scope-name-${index}`).join(' ');
    const server = await startServer({
      CLIENTS: JSON.stringify([{ ...cloudLights, scope, scope_descriptions: {} }]),
    });
    const start = `/simulator/start?client_id=cloud-lights&region=nowhere&shape=captured&scope=with`;
    const answer = await request(server.url).get(start);
    expect(answer.status).toBe(303);
    const asked = new URL(answer.headers['location'] ?? '').searchParams;
    expect(asked.get('scope')).toBe(scope);
    expect(asked.get('redirect_uri')).toContain('/simulator/na/');
  });
});

describe('everything else', () => {
  it.each(['/', '/simulator', '/nothing', '/%', '/authorize/x', '//evil.example', '/__proto__'])(
    'is a page that is not there: %s in production',
    async (path) => {
      const server = await startServer({
        NODE_ENV: 'production',
        PUBLIC_URL: 'https://link.example.com',
        TRUST_PROXY: 'none',
      });
      const answer = await request(server.url).get(path);
      expect(answer.status).toBe(404);
      expect('location' in answer.headers).toBe(false);
      expect(answer.text).toMatch(/<h1>This page doesn’t exist<\/h1>/);
    },
  );

  it('refuses headers over 40 KB with 431, and says so in the log', async () => {
    const server = await startServer();
    const answer = await request(server.url).get(`/healthz?${'x'.repeat(50_000)}`);
    expect(answer.status).toBe(431);
    expect(server.events('request.unreadable')).toEqual([expect.objectContaining({ status: 431 })]);
  });

  it.each([
    ['http://[::1/authorize?state=the-state', 400],
    ['*', 400],
    ['http://somewhere.example/healthz?x=y', 200],
    ['nothing', 400],
    ['a://x', 400],
    ['mailto:the-state', 400],
    ['/AUTHORIZE?state=the-state', 404],
    ['/healthz/', 404],
    ['/healthz', 200],
  ])('answers the request target %s with %i, and no state is in the log', async (target, status) => {
    const server = await startServer();
    const socket = connect(server.config.port, '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.stringify(server.log)).not.toContain('the-state');
    if (status === 400) expect(answer).toContain("Content-Security-Policy: default-src 'none'");
    await server.stop();
    const lines = [...server.events('request'), ...server.events('request.unreadable')];
    expect(lines).toMatchObject([{ status }]);
  });

  it.each([
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an expectation', 'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: foo\r\nConnection: close\r\n\r\n', 200],
    ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['HTTP/1.0 without a Host', 'GET /healthz HTTP/1.0\r\n\r\n', 200],
  ])('answers %s itself, with its headers and one line in the log', async (_what, sent, status) => {
    const server = await startServer();
    const socket = connect(server.config.port, '127.0.0.1');
    socket.write(sent);
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("Content-Security-Policy: default-src 'none'");
    expect(answer).toContain('X-Content-Type-Options: nosniff');
    await server.stop();
    const lines = [...server.events('request'), ...server.events('request.unreadable')];
    expect(lines).toMatchObject([{ status }]);
  });

  it('outlives who asks for CONNECT and hangs up', async () => {
    const server = await startServer();
    for (let time = 0; time < 50; time += 1)
      await new Promise<void>((resolve) => {
        const socket = connect(server.config.port, '127.0.0.1', () =>
          socket.write('CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n', () => socket.resetAndDestroy()),
        );
        socket.on('error', () => {}).on('close', () => resolve());
      });
    await expect.poll(() => server.events('request.unreadable').length).toBeGreaterThan(0);
    expect((await request(server.url).get('/healthz')).status).toBe(200);
  });

  it('trusts a forwarded address only from a proxy that is named', async () => {
    for (const [trusted, ip] of [
      ['loopback', '203.0.113.9'],
      [undefined, '127.0.0.1'],
    ] as const) {
      const server = await startServer({ TRUST_PROXY: trusted });
      await request(server.url).get('/healthz').set('X-Forwarded-For', '198.51.100.1, 203.0.113.9');
      await server.stop();
      expect(server.events('request')[0]).toMatchObject({ ip });
    }
  });
});
