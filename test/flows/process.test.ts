import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkDemoUser, startProcess } from '../support/process.ts';
import {
  askUserinfo,
  authorizePath,
  freePort,
  link,
  settings,
  type TestServer,
  temporaryFolder,
} from '../support/server.ts';

/** As much of a server as `link` and `signIn` need. */
function reached(url: string): TestServer {
  return { url } as TestServer;
}

async function userinfo(url: string, token: string): Promise<number> {
  return (await askUserinfo({ url }, token)).status;
}

async function started(changes: Readonly<Record<string, string>> = {}, folder = temporaryFolder()) {
  const env = { ...(await settings(folder)), ...changes };
  const server = startProcess(env);
  await server.said(/server\.started/);
  return { server, env };
}

describe('npm start', () => {
  it('needs nothing: it prints where to go, and that person can link', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const server = startProcess({ PORT: String(port) }, folder);
    await server.said(/client_secret/);
    expect(server.output()).toContain(`Open        http://localhost:${port}\n`);
    expect(server.output()).toContain(`Simulator   http://localhost:${port}/simulator`);
    expect(server.output()).toContain(`Own links   http://localhost:${port}/links`);
    expect(await linkDemoUser(server)).toMatch(/#state=xyz&access_token=/);
  });

  it('takes no arguments, and says where settings go', async () => {
    for (const [parameter, code] of [
      ['--help', 0],
      ['--port=9000', 2],
      ['check-config', 2],
    ] as const) {
      const server = startProcess({}, undefined, [parameter]);
      expect(await server.ended).toBe(code);
      expect(server.output()).toMatch(
        /settings come from the environment[\s\S]*PORT=9000 alexa-account-linking/,
      );
    }
  });

  it('makes a new password for the demo person with every start', async () => {
    const folder = temporaryFolder();
    const passwords = new Set<string | undefined>();
    for (let time = 0; time < 2; time += 1) {
      const server = startProcess({ PORT: String(await freePort()) }, folder);
      await server.said(/client_secret/);
      passwords.add(/password (\S{19})/.exec(server.output())?.[1]);
      server.child.kill('SIGTERM');
      expect(await server.ended).toBe(0);
    }
    expect(passwords.size).toBe(2);
    expect(passwords).not.toContain(undefined);
  });

  it('prints nothing but JSON lines in production, and has no demo', async () => {
    const { server } = await started({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://link.example.com',
      TRUST_PROXY: 'none',
    });
    await fetch(`${server.url}/simulator`);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    const lines = server
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ event }) => event)).toEqual([
      'users.loaded',
      'users.weak_hash',
      'server.started',
      'request.refused',
      'request',
      'server.stopping',
      'server.stopped',
    ]);
    expect(lines.find(({ event }) => event === 'request')).toMatchObject({
      method: 'GET',
      path: '/simulator',
      status: 404,
    });
  });

  it('reads .env in development, the environment before it, and not in production', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    writeFileSync(join(folder, '.env'), `PORT=${port}\nLOG_LEVEL=loud\n`);
    const development = startProcess({ LOG_LEVEL: 'info' }, folder);
    await development.said(/client_secret/);
    expect(development.output()).toContain(`http://localhost:${port}`);
    const wrong = startProcess({}, folder);
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toContain('LOG_LEVEL must be one of');
    const production = startProcess({ NODE_ENV: 'production' }, folder);
    expect(await production.ended).toBe(1);
    expect(production.output()).not.toContain('LOG_LEVEL');
  });

  it('lists everything that is wrong at once and exits with 1, without a stack trace', async () => {
    const server = startProcess({
      NODE_ENV: 'production',
      PORT: 'x',
      PUBLIC_URI: 'https://link.example.com',
    });
    expect(await server.ended).toBe(1);
    for (const said of [
      'PUBLIC_URL is missing',
      'CLIENTS is missing',
      'PORT must be',
      'did you mean PUBLIC_URL?',
    ]) {
      expect(server.output()).toContain(said);
    }
    expect(server.output()).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it('says that the port is taken, or the database no database, and exits with 1', async () => {
    const { server, env } = await started();
    for (const [changes, said] of [
      [{}, /PORT \d+ at HOST 127\.0\.0\.1 can’t be listened on: .*another program is there already/],
      [
        { STORAGE: `sqlite:${join(import.meta.dirname, 'process.test.ts')}` },
        /STORAGE can’t be opened at .*process\.test\.ts: file is not a database: it must be a SQLite file/,
      ],
      [{ STORAGE: `sqlite:${import.meta.filename}/links.db` }, /STORAGE can’t be opened at .*links\.db: /],
    ] as const) {
      const second = startProcess({ ...env, ...changes });
      expect(await second.ended).toBe(1);
      expect(second.output()).toMatch(said);
      expect(second.output()).not.toMatch(/\bat .*:\d+:\d+/);
    }
    expect(server.child.exitCode).toBeNull();
  });
});

describe('a token that was given out', () => {
  it('is valid after kill -9 and a new start', async () => {
    const folder = temporaryFolder();
    const { server, env } = await started({}, folder);
    const tokens = await Promise.all(Array.from({ length: 10 }, () => link(reached(server.url))));
    server.child.kill('SIGKILL');
    expect(await server.ended).toBe('SIGKILL');
    const again = startProcess(env);
    await again.said(/server\.started/);
    for (const token of tokens) expect(await userinfo(again.url, token)).toBe(200);
    expect(await userinfo(again.url, 'x'.repeat(43))).toBe(401);
  });
});

describe('SIGTERM', () => {
  async function openConnection(url: string): Promise<Socket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return socket;
  }

  async function answerOf(socket: Socket): Promise<string> {
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    return answer;
  }

  it('finishes what is under way, answers what still comes on an open connection, and exits with 0', async () => {
    const { server } = await started();
    const startedAt = performance.now();
    // A form that is still being sent …
    const body = 'username=alice&password=wonderland';
    const slow = request(server.url + authorizePath(), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length },
    });
    slow.write(body.slice(0, 10));
    // … a connection that was used and is kept open …
    const idle = await openConnection(server.url);
    idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    server.child.kill('SIGTERM');
    await server.said(/server\.stopping/);
    // … both get their answer, and are told that it is the last one.
    idle.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
    const late = await answerOf(idle);
    expect(late).toMatch(/^HTTP\/1\.1 503 /);
    expect(late).toContain('"status":"stopping"');
    expect(late).toMatch(/^connection: close\r$/im);
    const answered = once(slow, 'response');
    slow.end(body.slice(10));
    const [response] = await answered;
    expect(response.statusCode).toBe(303);
    response.resume();
    expect(await server.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    await expect(openConnection(server.url)).rejects.toThrow(/ECONNREFUSED/);
    const location = String(response.headers['location']);
    expect(location).toContain('&access_token=');
  });

  it('ends also when nobody reads its log any more', async () => {
    const { server } = await started();
    server.child.stdout?.destroy();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  it('does not wait for connections on which nothing happens', async () => {
    const { server } = await started();
    const idle = await openConnection(server.url);
    const closed = answerOf(idle);
    const startedAt = performance.now();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await closed).toBe('');
  });

  it('cuts after 20 seconds what never ends', async () => {
    const { server } = await started();
    const endless = await openConnection(server.url);
    endless.on('error', () => {});
    endless.write(
      `POST /authorize HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n`,
    );
    const startedAt = performance.now();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });
});
