import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpUsers } from '../../src/users/http-users.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { freePort } from '../support/server.ts';
import { withRefusalsSlowEnough } from '../support/timing.ts';
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
  const store = await createHttpUsers({ url: endpoint.url, token });
  onTestFinished(() => store.close());
  return { ...endpoint, store };
}

describeUserStore('an operator’s endpoint', async () => ({
  store: await withRefusalsSlowEnough((await users()).store, 'alice'),
  username: 'alice',
  password: 'wonderland',
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

  it.each([401, 403, 404])('says no by %s, with whatever page it comes', async (status) => {
    const { store } = await users((response) => response.writeHead(status).end('no'.repeat(50_000)));
    expect(await store.authenticate('alice', 'wonderland')).toBeUndefined();
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'a failure',
      (response) => response.writeHead(500).end('secret trace'),
      /answered 500, which is neither/,
    ],
    ['201', (response) => response.writeHead(201).end('{"id": "7"}'), /answered 201/],
    ['429', (response) => response.writeHead(429).end(), /answered 429/],
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

  it('is not taken when it lets in who has no name, or is not there', async () => {
    const { port } = await startEndpoint();
    await expect(createHttpUsers({ url: `http://127.0.0.1:${await freePort()}/` })).rejects.toThrow(
      /ECONNREFUSED/,
    );
    const open = createServer((_request, response) => response.end('{"id": "1"}'));
    await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void open.close());
    const url = `http://127.0.0.1:${(open.address() as AddressInfo).port}/`;
    await expect(createHttpUsers({ url })).rejects.toThrow(/answers 200 to an empty username/);
    expect(port).toBeGreaterThan(0);
  });

  itOutlivesFaults(async () => {
    const { port } = await startEndpoint();
    const proxy = await startFlakyProxy(port);
    const store = await createHttpUsers({ url: `http://127.0.0.1:${proxy.port}/` });
    expect(await store.authenticate('alice', 'wonderland')).toBeDefined();
    return { proxy, store };
  });
});
