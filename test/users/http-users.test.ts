import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpUsers } from '../../src/users/http-users.ts';
import { isUnreachable } from '../../src/users/user-store.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { freePort } from '../support/server.ts';
import { itOutlivesFaults } from './faults-conformance.ts';
import { describeUserStore } from './user-store-conformance.ts';

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An operator's endpoint: alice's password is wonderland, and `answer` may say something else to her. */
async function startEndpoint(answer?: (response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const body = JSON.parse(await text(request));
    asked.push({ method, url, headers, body });
    if (body.username !== 'alice') return response.writeHead(404).end();
    if (answer !== undefined) return answer(response);
    if (body.password !== 'wonderland') return response.writeHead(401).end('{"error": "wrong"}');
    return response.end(JSON.stringify({ id: 7, name: 'Alice', email: null, role: 'admin' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, port, url: `http://127.0.0.1:${port}/check?from=alexa` };
}

async function users(answer?: (response: ServerResponse) => void, token?: string) {
  const endpoint = await startEndpoint(answer);
  const store = createHttpUsers({ url: endpoint.url, token });
  onTestFinished(() => store.close());
  return { ...endpoint, store };
}

describeUserStore('an operator’s endpoint', async () => ({
  store: (await users()).store,
  username: 'alice',
  password: 'wonderland',
  isJudgedElsewhere: true,
}));

describe('an operator’s endpoint', () => {
  it('is asked by POST, with JSON and the token as Bearer', async () => {
    const { store, asked } = await users(undefined, 'token-of-the-endpoint');
    const answer = await store.authenticate('alice', 'wonderland');
    expect(answer).toEqual({ id: '7', name: 'Alice' });
    expect(asked.at(-1)).toMatchObject({
      method: 'POST',
      url: '/check?from=alexa',
      headers: { authorization: 'Bearer token-of-the-endpoint', 'content-type': 'application/json' },
      body: { username: 'alice', password: 'wonderland' },
    });
    expect(store.findById).toBeUndefined();
  });

  it.each([400, 401, 403, 404, 422])('says no by %s, with whatever page it comes', async (status) => {
    const { store } = await users((response) => response.writeHead(status).end('no'.repeat(50_000)));
    expect(await store.authenticate('alice', 'wonderland')).toEqual({ refused: `status_${status}` });
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'a failure',
      (response) => response.writeHead(500).end('secret trace'),
      /answered 500, which is neither/,
    ],
    ['201', (response) => response.writeHead(201).end('{"id": "7"}'), /answered 201/],
    ['429', (response) => response.writeHead(429).end(), /answered 429/],
    ['503', (response) => response.writeHead(503).end(), /answered 503/],
    [
      'a redirect, which is not followed',
      (response) => response.writeHead(307, { Location: '/elsewhere' }).end(),
      /answered 307/,
    ],
    ['a page', (response) => response.end('<p>secret'), /something else than JSON/],
    ['no id', (response) => response.end('{"name": "secret"}'), /wrong is id/],
    ['an empty id', (response) => response.end('{"id": ""}'), /wrong is id/],
    ['an id that is an object', (response) => response.end('{"id": {"secret": 1}}'), /wrong is id/],
    ['a name that is none', (response) => response.end('{"id": "7", "name": 8}'), /wrong is name/],
    ['nothing', (response) => response.end('null'), /wrong is the whole/],
    ['a list', (response) => response.end('[{"id": "7"}]'), /wrong is the whole/],
    [
      'more than 16 KB',
      (response) => response.end(`{"id": "7", "x": "${'x'.repeat(20_000)}"}`),
      /max size|size/i,
    ],
    ['half an answer', (response) => response.writeHead(200, { 'Content-Length': 99 }).write('{'), /.+/],
  ])('can’t answer when it gives %s', async (_what, answer, problem) => {
    const { store } = await users(answer);
    const error = await store.authenticate('alice', 'wonderland').catch((cause: unknown) => cause);
    expect(String(error)).toMatch(problem);
    expect(String(error)).not.toContain('secret');
  });

  it.each([
    [429, false],
    [500, false],
    [502, true],
    [503, true],
    [504, true],
  ])('answers %s: was it not reached, so that nothing is counted? %s', async (status, expected) => {
    const { store } = await users((response) => response.writeHead(status).end());
    const error = await store.authenticate('alice', 'wrong').catch((cause: unknown) => cause);
    expect(isUnreachable(error)).toBe(expected);
  });

  it('is only connected to, to find out whether it is there', async () => {
    const { store, asked } = await users();
    await store.ping();
    expect(asked).toEqual([]);
    const names: string[] = [];
    const secure = createTlsServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(new Error('no certificate'));
      },
    }).on('tlsClientError', () => {});
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void secure.close());
    const named = createHttpUsers({ url: `https://localhost:${(secure.address() as AddressInfo).port}/` });
    await expect(named.ping()).rejects.toThrow();
    await named.close();
    expect(names).toEqual(['localhost']);
    const sixth = createServer(() => {});
    await new Promise<void>((resolve) => sixth.listen(0, '::1', resolve));
    onTestFinished(() => void sixth.close());
    const onIpv6 = createHttpUsers({ url: `http://[::1]:${(sixth.address() as AddressInfo).port}/` });
    await onIpv6.ping();
    await onIpv6.close();
    const nobody = createHttpUsers({ url: `http://127.0.0.1:${await freePort()}/` });
    await expect(nobody.ping()).rejects.toThrow(/ECONNREFUSED/);
    await nobody.close();
  });

  itOutlivesFaults(async () => {
    const { port } = await startEndpoint();
    const proxy = await startFlakyProxy(port);
    const store = createHttpUsers({ url: `http://127.0.0.1:${proxy.port}/` });
    expect(await store.authenticate('alice', 'wonderland')).toHaveProperty('id');
    return { proxy, store };
  }, false);
});
