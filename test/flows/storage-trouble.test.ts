import { DatabaseSync } from 'node:sqlite';
import request, { type Response } from 'supertest';
import { describe, expect, it } from 'vitest';
import { modes, startFlakyProxy } from '../support/flaky-proxy.ts';
import {
  allLinks,
  askUserinfo,
  authorizeCode,
  authorizeCodePath,
  authorizePath,
  clientSecret,
  link,
  redeem,
  refresh,
  signIn,
  startServer,
  type TestServer,
} from '../support/server.ts';
import { startStorages } from '../support/storages.ts';

const { engines } = startStorages();

const client = { client_id: 'cloud-lights', client_secret: clientSecret };
const codeClient = { client_id: 'cloud-heating', client_secret: clientSecret };

/** Everything that needs the storage, each as somebody would call it. */
function callersOf(
  server: TestServer,
  token: string,
  refreshToken = 'x'.repeat(64),
): Readonly<Record<string, () => Promise<Response>>> {
  const post = async (path: string, fields: Record<string, string>) =>
    await request(server.url).post(path).type('form').send(fields);
  return {
    'sign-in': () => signIn(server, authorizePath()),
    introspection: () => post('/introspect', { ...client, token }),
    revocation: () => post('/revoke', { ...client, token: 'x'.repeat(43) }),
    userinfo: () => askUserinfo(server, token),
    'sign-in for a code': () => signIn(server, authorizeCodePath()),
    refreshing: () =>
      post('/token', { ...codeClient, grant_type: 'refresh_token', refresh_token: refreshToken }),
    unlinking: () => post('/links', { ticket: 'x'.repeat(43), link: allLinks() }),
    'own links': () => post('/links', { username: 'alice', password: 'wonderland' }),
  };
}

describe.each(['PostgreSQL', 'DynamoDB'] as const)('%s that comes and goes', (name) => {
  it('gives 503 and Retry-After on what needs it, shows the page all the same, and all recovers', async () => {
    // Most of the time goes into waiting for time-outs.
    await Promise.all(modes.map((mode) => fallAndRecover(mode)));
  });

  async function fallAndRecover(mode: (typeof modes)[number]): Promise<void> {
    const { location, port = 0 } = await engines[name]();
    const proxy = await startFlakyProxy(port);
    const server = await startServer({ STORAGE: location(proxy.port) });
    const token = await link(server);
    const { refresh_token: refreshToken } = await redeem(server, await authorizeCode(server));
    const callers = callersOf(server, token, refreshToken);
    const readiness = async () => (await request(server.url).get('/readyz')).body;
    await proxy.become(mode);
    let answered = 0;
    const calls = Object.entries(callers).map(async ([what, call]) => {
      const answer = await call();
      answered += 1;
      expect(answer.status, `${what} while ${mode}`).toBe(503);
      expect(Number(answer.headers['retry-after']), what).toBeGreaterThan(0);
      const text = answer.text;
      expect(text, what).toMatch(/temporarily_unavailable|in a moment: nothing is lost/);
      expect(text, what).not.toMatch(/p@ss|127\.0\.0\.1/);
    });
    expect((await request(server.url).get(authorizePath())).status).toBe(200);
    // The page did not wait for the storage. All other requests do.
    if (mode === 'silent') expect(answered).toBe(0);
    await Promise.all(calls);
    await expect.poll(readiness).toMatchObject({ storage: 'unavailable', users: 'ok' });
    await proxy.become('working');
    for (const [what, call] of Object.entries(callers).filter(([what]) => what !== 'unlinking'))
      await expect
        .poll(async () => (await call()).status, { message: `${what} after ${mode}` })
        .toBeLessThan(400);
    await expect.poll(readiness).toMatchObject({ storage: 'ok' });
    expect(server.events('storage.unavailable').length, mode).toBeGreaterThan(0);
    expect(server.events('request.failed')).toEqual([]);
  }

  it('takes a token or an id that is none for none, whatever is in it', async () => {
    const { location } = await engines[name]();
    const server = await startServer({ STORAGE: location() });
    const jti = (text: string) => Buffer.from(JSON.stringify({ jti: text })).toString('base64url');
    for (const token of [
      `a.${jti('x'.repeat(5000))}.c`,
      `a.${jti('\0')}.c`,
      `a.${jti('__proto__')}.c`,
      '__proto__',
    ])
      expect((await callersOf(server, token)['userinfo']?.())?.status).toBe(401);
    await link(server);
    const page = (await callersOf(server, '')['own links']?.())?.text;
    const [, ticket = ''] = /name="ticket" value="([^"]*)"/.exec(page ?? '') ?? [];
    for (const chosen of ['\0', 'x'.repeat(5000), '', 'all-', `all-${'9'.repeat(12)}`]) {
      const body = new URLSearchParams({ ticket, link: chosen });
      expect((await request(server.url).post('/links').type('form').send(body.toString())).status).toBe(200);
    }
    expect(server.events('storage.unavailable')).toEqual([]);
  });

  it('loses no link of those that were refreshed while it failed, however often that is tried', async () => {
    const { location, port = 0 } = await engines[name]();
    const proxy = await startFlakyProxy(port);
    const server = await startServer({ STORAGE: location(proxy.port) });
    const linked = await Promise.all(
      Array.from({ length: 8 }, async () => redeem(server, await authorizeCode(server))),
    );
    const refreshTokens = linked.map((tokens) => tokens.refresh_token);
    for (const mode of ['closing', 'babbling', 'closing'] as const) {
      const refreshing = refreshTokens.map(async (token, index) => {
        if (index === 4) await proxy.become(mode);
        expect([200, 503]).toContain((await refresh(server, token)).status);
      });
      await Promise.all(refreshing);
      await proxy.become('working');
      for (const token of refreshTokens)
        await expect.poll(async () => (await refresh(server, token)).status).toBe(200);
    }
    expect(server.events('token.reused')).toEqual([]);
  });

  it('has every link that was answered as made, however it failed meanwhile', async () => {
    const { location, port = 0 } = await engines[name]();
    const proxy = await startFlakyProxy(port);
    const server = await startServer({ STORAGE: location(proxy.port) });
    const granted: string[] = [];
    const attempts = Array.from({ length: 40 }, async (_, index) => {
      if (index === 20) await proxy.become('closing');
      const location = (await signIn(server, authorizePath())).headers['location'];
      const token = new URLSearchParams(new URL(location ?? 'x:').hash.slice(1)).get('access_token');
      if (token !== null) granted.push(token);
    });
    await Promise.all(attempts);
    await proxy.become('working');
    const { userinfo } = { userinfo: (token: string) => callersOf(server, token)['userinfo']?.() };
    await expect.poll(async () => (await signIn(server, authorizePath())).status).toBe(303);
    for (const token of granted) expect((await userinfo(token))?.status).toBe(200);
  });
});

describe('SQLite that another process holds', () => {
  it('holds up what writes, for as long as Alexa waits at most, and nothing else', async () => {
    const server = await startServer();
    const token = await link(server);
    const { refresh_token: refreshToken } = await redeem(server, await authorizeCode(server));
    const other = new DatabaseSync(`${server.folder}/links.db`);
    other.exec('begin immediate');
    const callers = callersOf(server, token);
    const read = async () => {
      expect((await request(server.url).get(authorizePath())).status).toBe(200);
      expect((await callers['userinfo']?.())?.status).toBe(200);
    };
    const writing = signIn(server, authorizePath());
    await read();
    other.exec('rollback');
    expect((await writing).status).toBe(303);
    other.exec('begin immediate');
    let reads = 0;
    let waiting = true;
    const refusing = signIn(server, authorizePath()).finally(() => {
      waiting = false;
    });
    for (; waiting; reads += 1) await read();
    const refused = await refusing;
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
    expect(reads).toBeGreaterThan(1);
    const waitingSince = performance.now();
    expect((await refresh(server, refreshToken)).status).toBe(503);
    expect(performance.now() - waitingSince).toBeLessThan(4500);
    other.exec('rollback');
    other.close();
    expect((await signIn(server, authorizePath())).status).toBe(303);
  });
});
