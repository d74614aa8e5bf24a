import { createHash, randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { withSimulatedUris } from '../../src/simulator/requests.ts';
import {
  authorizePath,
  cloudLights,
  euRedirectUri,
  htpasswd,
  isActive,
  signIn,
  startServer,
  type TestServer,
} from '../support/server.ts';

/** The fragment that a browser was sent to Alexa with. */
function fragmentOf(location: string | undefined): URLSearchParams {
  return new URLSearchParams(new URL(location ?? 'missing:').hash.slice(1));
}

function referenceOn(page: string): string {
  return /[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/.exec(page)?.[0] ?? 'none';
}

async function get(
  server: TestServer,
  path: string,
): Promise<{ status: number; html: string; headers: Record<string, string> }> {
  const { status, text: html, headers } = await request(server.url).get(path);
  return { status, html, headers };
}

describe('GET /authorize', () => {
  it('shows the sign-in page, in words that say whose password to enter', async () => {
    const server = await startServer();
    const { status, html, headers } = await get(server, authorizePath());
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(html).toContain('Sign in with your Cloud Lights account to link it to Alexa.');
    expect(html).toContain('This is not your Amazon password.');
    expect(html).not.toMatch(/<script|javascript:| on\w+=/i);
    expect(html.length).toBeLessThan(10_240);
  });

  it('is shown under a policy that allows its own style alone and says nothing of form-action', async () => {
    const { headers } = await get(await startServer(), authorizePath());
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(policy).not.toContain('form-action');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['x-content-type-options']).toBe('nosniff');
    for (const absent of ['set-cookie', 'x-powered-by', 'location', 'strict-transport-security', 'etag']) {
      expect(absent in headers, absent).toBe(false);
    }
  });

  it('has the skill’s links, logo and colour, and allows the logo’s origin alone', async () => {
    const look = {
      policy_uri: 'https://example.com/privacy',
      tos_uri: 'https://example.com/terms',
      sign_up_uri: 'https://example.com/join',
      password_reset_uri: 'https://example.com/reset',
      logo_uri: 'https://cdn.example.com/logo.png?a=1&b=2',
    };
    for (const [brand_color, onBrand] of [
      ['#ffd400', '#000000'],
      ['#002266', '#ffffff'],
    ] as const) {
      const server = await startServer({
        CLIENTS: JSON.stringify([{ ...cloudLights, ...look, brand_color }]),
      });
      const { html, headers } = await get(server, authorizePath());
      for (const uri of Object.values(look)) expect(html).toContain(`="${uri.replace('&', '&amp;')}"`);
      expect(html).toContain(`:root{--brand:${brand_color};--on-brand:${onBrand};`);
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain('; img-src https://cdn.example.com; ');
      const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
      expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    }
  });

  it('sends HSTS where it is reached by https, for no other host under its name', async () => {
    const server = await startServer({ PUBLIC_URL: 'https://link.example.com' });
    expect((await get(server, authorizePath())).headers['strict-transport-security']).toBe(
      'max-age=31536000',
    );
  });

  it.each([
    ['client_id is missing', authorizePath({ client_id: undefined }), 'malformed'],
    ['client_id is repeated', `${authorizePath()}&client_id=cloud-lights`, 'malformed'],
    ['the client is unknown', authorizePath({ client_id: 'nobody' }), 'unknown_client'],
    ['redirect_uri is missing', authorizePath({ redirect_uri: undefined }), 'malformed'],
    ['redirect_uri is repeated', `${authorizePath()}&redirect_uri=x`, 'malformed'],
    [
      'redirect_uri is not registered',
      authorizePath({ redirect_uri: 'https://evil.example/' }),
      'unregistered_redirect_uri',
    ],
    ['the query can’t be decoded', `${authorizePath()}&scope=%zz`, 'malformed'],
    ['there is no query', '/authorize', 'malformed'],
  ])('answers with a page and no Location when %s', async (_when, path, reason) => {
    const server = await startServer();
    const { status, html, headers } = await get(server, path);
    expect(status).toBe(400);
    expect('location' in headers).toBe(false);
    const [event] = server.events('authorization.refused');
    expect(event).toMatchObject({ reason, reference: referenceOn(html) });
    expect(html).not.toContain('evil.example');
  });

  it('tells the operator the line to add for a redirect URI that was nearly right', async () => {
    const server = await startServer();
    const uri = euRedirectUri.replace('M2AAAAAAAAAAAA', 'M2BBBBBBBBBBBB');
    await get(server, authorizePath({ redirect_uri: uri }));
    expect(server.events('authorization.refused')[0]).toMatchObject({
      redirect_uri: uri,
      hint: expect.stringContaining('"alexa_vendor_ids": ["M2BBBBBBBBBBBB"]'),
    });
  });

  it.each([
    ['unsupported_response_type', authorizePath({ response_type: 'id_token' })],
    ['invalid_request', authorizePath({ response_type: undefined })],
    ['invalid_request', `${authorizePath()}&scope=profile&scope=lights`],
    ['invalid_request', authorizePath({ state: 'x'.repeat(4097) })],
    ['invalid_scope', authorizePath({ scope: 'profile admin' })],
  ])('sends %s back to Alexa, with a state that is not too long', async (error, path) => {
    const server = await startServer();
    const { status, headers } = await get(server, path);
    expect(status).toBe(303);
    expect(headers['location']?.startsWith(`${euRedirectUri}#error=`)).toBe(true);
    const fragment = fragmentOf(headers['location']);
    expect(fragment.get('error')).toBe(error);
    expect(fragment.get('error_description')).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
    const state = new URLSearchParams(path.split('?')[1]).get('state') ?? '';
    expect(fragment.get('state')).toBe(state.length > 4096 ? null : state);
  });

  it('sends response_type=code back in the query to a client of the implicit grant', async () => {
    const { headers } = await get(await startServer(), authorizePath({ response_type: 'code' }));
    expect(headers['location']).toMatch(/\?vendorId=M2AAAAAAAAAAAA&error=unauthorized_client&.*&state=xyz$/);
  });

  it('ignores parameters that it does not know, also repeated ones', async () => {
    expect((await get(await startServer(), `${authorizePath()}&locale=de&locale=fr&x`)).status).toBe(200);
  });

  it('has no side effect: it may be called by anybody, any number of times', async () => {
    const server = await startServer();
    for (let time = 0; time < 3; time += 1) await get(server, authorizePath());
    expect(server.log.filter(({ event }) => event !== 'request').map(({ event }) => event)).toEqual([
      'users.loaded',
      'users.weak_hash',
      'server.started',
    ]);
  });

  it('escapes everything that comes from outside', async () => {
    const server = await startServer();
    const username = '"><script>alert(1)</script>&amp;';
    const html = (await signIn(server, authorizePath(), { username, password: 'x' })).text;
    expect(html).not.toContain('<script>');
    expect(html).toContain('&quot;&gt;&lt;script');
  });
});

describe('POST /authorize', () => {
  it('sends the browser to Alexa with state, access_token and token_type, in this order', async () => {
    const server = await startServer();
    const answer = await signIn(server, authorizePath());
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toMatch(
      /^https:\/\/layla\.amazon\.com\/spa\/skill\/account-linking-status\.html\?vendorId=M2AAAAAAAAAAAA#state=xyz&access_token=[\w-]{43}&token_type=Bearer$/,
    );
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['referrer-policy']).toBe('same-origin');
  });

  it.each([
    'a b+c&d=e#f',
    'ünï¢ødé 漢字 \u{1F600}',
    '100%',
    '%20%2B%',
    '"<>\\^`{|}',
    randomBytes(536).toString('base64url'),
    'x'.repeat(4096),
    'ü'.repeat(2048),
  ])('gives state back byte for byte: %s', async (state) => {
    const server = await startServer();
    const path = authorizePath({ state });
    // As a browser does, the form's request carries the page's whole address as Referer once more.
    const answer = await request(server.url)
      .post(path)
      .set({ 'Sec-Fetch-Site': 'same-origin', Referer: server.url + path })
      .type('form')
      .send({ username: 'alice', password: 'wonderland' });
    expect(answer.status).toBe(303);
    expect(fragmentOf(answer.headers['location']).get('state')).toBe(state);
  });

  it('answers at the redirect URI that was received, in each region', async () => {
    const server = await startServer();
    const clients = withSimulatedUris(server.config.clients, server.url);
    const uris = clients.get('cloud-lights')?.redirectUris ?? new Set();
    for (const uri of uris) {
      const answer = await signIn(server, authorizePath({ redirect_uri: uri }));
      expect(answer.headers['location']?.split('#')[0]).toBe(uri);
    }
    // Amazon's six, their own, and the simulator's six.
    expect(server.events('link.created')).toHaveLength(13);
  });

  it('says expires_in only for a client whose tokens expire, and scope never', async () => {
    const server = await startServer();
    const answer = await signIn(server, authorizePath({ client_id: 'other-skill', scope: 'lights' }));
    expect([...fragmentOf(answer.headers['location']).keys()]).toEqual([
      'state',
      'access_token',
      'token_type',
      'expires_in',
    ]);
    expect(fragmentOf(answer.headers['location']).get('expires_in')).toBe('2592000');
  });

  it('takes a username with the space that a phone adds, and letters with their accents apart', async () => {
    const server = await startServer();
    for (const username of ['alice ', '  alice', 'zoe\u0301']) {
      const password = username.includes('alice') ? 'wonderland' : 'pässwörd';
      expect((await signIn(server, authorizePath(), { username, password })).status, username).toBe(303);
    }
  });

  it.each([
    ['a wrong password', { username: 'alice', password: 'wrong' }],
    ['an unknown user', { username: 'nobody', password: 'wonderland' }],
    ['no password', { username: 'alice', password: '' }],
    ['no username', { username: '', password: 'wonderland' }],
    ['nothing', {}],
  ])(
    'shows the page again for %s: 422, one sentence, no password in it',
    async (_what, fields: Record<string, string>) => {
      const server = await startServer();
      const answer = await signIn(server, authorizePath(), fields);
      const html = answer.text;
      expect(answer.status).toBe(422);
      expect(html).toContain('That username and password don’t match. Please check both and try again.');
      const focused = fields['username'] ? 'password' : 'username';
      expect(html).toMatch(new RegExp(`<input id="${focused}"[^>]* autofocus>`));
      expect(html.match(/ autofocus/g)).toHaveLength(1);
      for (const field of ['username', 'password'])
        expect(html).toMatch(
          new RegExp(`<input id="${field}"[^>]* aria-describedby="alert" aria-invalid="true"`),
        );
      expect(html).toContain(`value="${fields['username'] ?? ''}"`);
      expect(html).not.toContain('wonderland');
      expect(server.events('sign_in.failed')[0]).toMatchObject({
        reference: referenceOn(html),
        client_id: 'cloud-lights',
      });
      expect(server.events('link.created')).toEqual([]);
    },
  );

  it('keeps the reference of the attempt from page to page, and replaces a malformed one', async () => {
    const server = await startServer();
    const first = referenceOn((await get(server, authorizePath())).html);
    const second = await signIn(server, authorizePath(), { username: 'a', password: 'b', reference: first });
    expect(referenceOn(second.text)).toBe(first);
    await signIn(server, authorizePath(), { username: 'alice', password: 'wonderland', reference: first });
    await signIn(server, authorizePath(), { username: 'alice', password: 'wonderland', reference: '"><b>' });
    const [kept, replaced] = server.events('link.created');
    expect(kept?.['reference']).toBe(first);
    expect(replaced?.['reference']).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(
      server.log.filter(({ event, reference }) => event === 'request' && reference === first),
    ).toHaveLength(3);
  });

  it('keeps the reference where the form can’t be taken, on the page and in every line', async () => {
    const server = await startServer();
    const reference = 'K7QM-2R9X';
    const odd = await signIn(server, authorizePath(), { action: 'format-disk', reference });
    expect([odd.status, referenceOn(odd.text)]).toEqual([400, reference]);
    const foreign = await request(server.url)
      .post(authorizePath())
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send({ reference });
    expect([foreign.status, referenceOn(foreign.text)]).toEqual([403, reference]);
    const lines = server.log.filter((line) => line['reference'] === reference);
    expect(lines.map(({ event }) => event)).toEqual([
      'request.refused',
      'request',
      'sign_in.cross_site',
      'request',
    ]);
  });

  it('says in the log that the person left before the answer', async () => {
    const server = await startServer();
    const leaving = new AbortController();
    const { hostname, port } = new URL(server.url);
    const form = httpRequest({
      hostname,
      port,
      path: authorizePath(),
      method: 'POST',
      signal: leaving.signal,
    });
    form.on('error', () => {});
    form.setHeader('Content-Type', 'application/x-www-form-urlencoded').setHeader('Content-Length', 100);
    form.write('username=alice');
    const arrived = new Promise((resolve) => subscribe('http.server.request.start', resolve));
    form.flushHeaders();
    await arrived;
    leaving.abort();
    await expect.poll(() => server.events('request').some(({ aborted }) => aborted === true)).toBe(true);
  });

  it('sends access_denied back when the person cancels', async () => {
    const server = await startServer();
    const answer = await signIn(server, authorizePath({ state: 'a b+c' }), {
      action: 'cancel',
      username: 'alice',
    });
    expect(answer.status).toBe(303);
    expect(Object.fromEntries(fragmentOf(answer.headers['location']))).toEqual({
      error: 'access_denied',
      error_description: 'The user cancelled.',
      state: 'a b+c',
    });
  });

  it('checks the whole request again: a form can’t change it', async () => {
    const server = await startServer();
    const answer = await signIn(server, authorizePath({ redirect_uri: 'https://evil.example/' }), {
      username: 'alice',
      password: 'wonderland',
      redirect_uri: euRedirectUri,
    });
    expect(answer.status).toBe(400);
    expect('location' in answer.headers).toBe(false);
    expect(server.events('link.created')).toEqual([]);
  });

  it('gives two working answers to a form that was sent twice', async () => {
    const server = await startServer();
    const answers = await Promise.all([signIn(server, authorizePath()), signIn(server, authorizePath())]);
    const tokens = answers.map((answer) => fragmentOf(answer.headers['location']).get('access_token'));
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) {
      expect(await isActive(server, token ?? '')).toBe(true);
    }
  });

  it('asks for patience when users can’t be reached: 503, nothing lost', async () => {
    const server = await startServer();
    rmSync(join(server.folder, 'users.htpasswd'));
    const answer = await signIn(server, authorizePath());
    const html = answer.text;
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(html).toContain('Please try again in a moment: nothing is lost.');
    expect(html).toContain('value="alice"');
    expect(server.events('sign_in.unavailable')[0]).toMatchObject({
      part: 'users',
      reference: referenceOn(html),
    });
  });
});

describe('forms from elsewhere', () => {
  const fields = { username: 'alice', password: 'wonderland' };

  async function post(server: TestServer, headers: Record<string, string>): Promise<number> {
    return (await request(server.url).post(authorizePath()).set(headers).type('form').send(fields)).status;
  }

  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
    [{ 'Sec-Fetch-Site': 'cross-site', Origin: 'SELF' }],
    [{ Origin: 'https://evil.example' }],
    [{ Origin: 'null' }],
  ])('are refused: %o', async (headers) => {
    const server = await startServer();
    expect(await post(server, replaceSelf(headers, server.url))).toBe(403);
    expect(server.events('sign_in.cross_site')).toHaveLength(1);
    expect(server.events('link.created')).toEqual([]);
  });

  it.each([
    [{ 'Sec-Fetch-Site': 'same-origin' }],
    [{ 'Sec-Fetch-Site': 'none' }],
    [{ Origin: 'SELF' }],
    [{}],
  ])('are told from its own: %o', async (headers) => {
    const server = await startServer();
    expect(await post(server, replaceSelf(headers, server.url))).toBe(303);
  });

  function replaceSelf(headers: Record<string, string>, url: string): Record<string, string> {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value === 'SELF' ? url : value]),
    );
  }
});

describe('what a form may be', () => {
  async function send(type: string | undefined, body: string, headers: Record<string, string> = {}) {
    const server = await startServer();
    const sent = request(server.url).post(authorizePath()).set(headers);
    const answer = await (type === undefined ? sent.send() : sent.type(type).send(body));
    expect(answer.text).not.toMatch(/\bat .*:\d+:\d+|node_modules/);
    expect(answer.text).toContain('<h1>');
    return answer.status;
  }

  it.each([
    [413, 'application/x-www-form-urlencoded', `username=${'x'.repeat(16 * 1024)}`],
    [413, 'application/x-www-form-urlencoded', `username=${'x'.repeat(1024 * 1024)}`],
    [415, 'application/json', '{"username":"alice"}'],
    [415, 'text/plain', 'username=alice'],
    [415, 'multipart/form-data; boundary=x', '--x--'],
    [415, undefined, ''],
    [400, 'application/x-www-form-urlencoded', 'username=%zz'],
    [400, 'application/x-www-form-urlencoded', 'username=%ff'],
    [400, 'application/x-www-form-urlencoded', 'username=a&username=b'],
    [400, 'application/x-www-form-urlencoded', 'username=a&action=format-disk'],
    [422, 'application/x-www-form-urlencoded', `username=${'x'.repeat(16_000)}`],
    [422, 'application/x-www-form-urlencoded; charset="UTF-8"', 'username=%00&password=%00'],
    [422, 'application/x-www-form-urlencoded; charset=nonsense', 'username=a'],
    [422, 'application/x-www-form-urlencoded;charset=iso-8859-1', 'username=ü'],
  ])('answers %i to %s', async (status, type, body) => {
    expect(await send(type, body)).toBe(status);
  });

  it.each(['', '; charset=iso-8859-1'])(
    'answers 415 to bytes that are no UTF-8, labelled “%s”',
    async (label) => {
      const server = await startServer();
      const answer = await request(server.url)
        .post(authorizePath())
        .set('Content-Type', `application/x-www-form-urlencoded${label}`)
        .serialize((body) => body)
        .send(Buffer.from('username=zoé', 'latin1'));
      expect(answer.status).toBe(415);
    },
  );

  it('answers 415 to a compressed form', async () => {
    const form = 'application/x-www-form-urlencoded';
    expect(await send(form, 'username=a', { 'Content-Encoding': 'gzip' })).toBe(415);
  });

  it('answers 405 to another method, with those that there are', async () => {
    const server = await startServer();
    for (const method of ['put', 'delete', 'patch', 'options'] as const) {
      const answer = await request(server.url)[method](authorizePath());
      expect(answer.status, method).toBe(405);
      expect(answer.headers['allow']).toBe('GET, HEAD, POST');
    }
  });

  it('answers HEAD like GET, without the page', async () => {
    const server = await startServer();
    const answer = await request(server.url).head(authorizePath());
    expect(answer.status).toBe(200);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(1000);
    expect(answer.text ?? '').toBe('');
  });
});

it('never sends a password, and keeps no line of it', async () => {
  const server = await startServer();
  await signIn(server, authorizePath({ state: 'the-state' }), {
    username: 'the-username',
    password: 'the-password',
  });
  const token = fragmentOf(
    (await signIn(server, authorizePath({ state: 'the-state' }))).headers['location'],
  ).get('access_token');
  await server.stop();
  const log = JSON.stringify(server.log);
  for (const secret of [
    'the-password',
    'the-username',
    'the-state',
    'wonderland',
    String(token),
    htpasswd.slice(6, 40),
    'account-linking-status',
  ]) {
    expect(log, secret).not.toContain(secret);
  }
});
