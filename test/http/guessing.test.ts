import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import request, { type Response } from 'supertest';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { hurry } from '../support/clock.ts';
import {
  authorizeCode,
  authorizePath,
  isActive,
  link,
  settings,
  signIn,
  startServer,
  startServerIn,
  temporaryFolder,
} from '../support/server.ts';

// A quarter of an hour that does not end while a test runs.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_060_000 });
  return () => vi.useRealTimers();
});

const wrong = { username: 'alice', password: 'wrong' };
const right = { username: 'alice', password: 'wonderland' };
const behindProxy = { TRUST_PROXY: 'loopback' };

/** Signs in as somebody whose request came through a proxy. */
async function from(
  address: string,
  server: { readonly url: string },
  fields: Readonly<Record<string, string>> = right,
): Promise<Response> {
  return await request(server.url)
    .post(authorizePath())
    .set({ 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': address })
    .type('form')
    .send(fields);
}

/** How many of so many were answered with which status. */
async function tally(answers: readonly Promise<Response>[]): Promise<Record<number, number>> {
  const found: Record<number, number> = {};
  for (const { status } of await Promise.all(answers)) found[status] = (found[status] ?? 0) + 1;
  return found;
}

const many = <Value>(times: number, make: (index: number) => Value) =>
  Array.from({ length: times }, (_, index) => make(index));

describe('guessing a password', () => {
  it('ends in 429 with the time, on the same page, also for the right password', async () => {
    const server = await startServer();
    for (let time = 0; time < 10; time += 1)
      expect((await signIn(server, authorizePath(), wrong)).status).toBe(422);
    for (const password of ['wrong', 'wonderland']) {
      const answer = await signIn(server, authorizePath(), { username: 'alice', password });
      const html = answer.text;
      expect(answer.status).toBe(429);
      expect(answer.headers['retry-after']).toBe('840');
      expect(html).toContain('There were too many attempts. Please try again in 14 minutes.');
      expect(html).toContain('value="alice"');
      expect(html).not.toContain('wonderland');
    }
    expect(server.events('sign_in.failed')).toHaveLength(10);
    expect(server.events('sign_in.failed')[0]).toMatchObject({ cause: 'wrong_password' });
    expect(server.events('sign_in.limited')).toMatchObject([
      { client_id: 'cloud-lights', cause: 'name_and_network' },
      {},
    ]);
    expect(JSON.stringify(server.log)).not.toMatch(/alice|wonderland/);
  });

  it('goes for unknown names as for known ones, and the page never tells which they are', async () => {
    const server = await startServer();
    const made = new Map<string, (number | string)[]>();
    for (const username of ['alice', 'nobody']) {
      const answers: (number | string)[] = [];
      for (let time = 0; time < 12; time += 1) {
        const answer = await signIn(server, authorizePath(), { username, password: 'wrong' });
        const html = answer.text;
        answers.push(
          answer.status,
          html.replaceAll(username, 'NAME').replaceAll(/[A-Z0-9]{4}-[A-Z0-9]{4}/g, ''),
        );
      }
      made.set(username, answers);
    }
    expect(made.get('alice')).toEqual(made.get('nobody'));
    const causes = server.events('sign_in.failed').map(({ cause }) => cause);
    expect(causes).toEqual([...Array(10).fill('wrong_password'), ...Array(10).fill('unknown_user')]);
  });

  it('from elsewhere keeps nobody out', async () => {
    const server = await startServer(behindProxy);
    for (let address = 1; address <= 4; address += 1)
      for (let time = 0; time < 11; time += 1) await from(`198.51.100.${address}`, server, wrong);
    expect((await from('198.51.100.1', server)).status).toBe(429);
    expect((await from('192.0.2.1', server, wrong)).status).toBe(422);
    expect((await from('192.0.2.1', server)).status).toBe(303);
  });

  it('from 120 networks of one /48 is judged about a hundred times an hour at most', async () => {
    const server = await startServer(behindProxy);
    let judged = 0;
    for (let time = 0; time < 3; time += 1) {
      const answers = many(120, (network) => from(`2001:db8:0:${network.toString(16)}::1`, server, wrong));
      judged += (await tally(answers))[422] ?? 0;
    }
    expect(judged).toBeGreaterThan(9);
    expect(judged).toBeLessThanOrEqual(40);
    expect((await from('192.0.2.1', server)).status).toBe(303);
  });

  it('is counted for all instances together, and beyond a restart', async () => {
    const folder = temporaryFolder();
    const env = await settings(folder);
    const first = await startServerIn(folder, env);
    const other = await settings(folder);
    const second = await startServerIn(folder, { ...other, STORAGE: env['STORAGE'] });
    for (let time = 0; time < 5; time += 1) {
      for (const server of [first, second]) await signIn(server, authorizePath(), wrong);
    }
    expect((await signIn(second, authorizePath())).status).toBe(429);
    await first.stop();
    expect((await signIn(await startServerIn(folder, env), authorizePath())).status).toBe(429);
  });

  it('of others leaves a neighbour alone who has failed nothing, also when their network’s budget is used up', async () => {
    const server = await startServer(behindProxy);
    for (let time = 0; time < 10; time += 1)
      await tally(many(10, (name) => from('192.0.2.1', server, { username: `user${name}`, password: 'x' })));
    expect((await from('192.0.2.1', server, { username: 'user1', password: 'x' })).status).toBe(429);
    expect((await from('192.0.2.1', server)).status).toBe(303);
  });

  it('with what is nobody’s is refused like a wrong password, and locks nobody out', async () => {
    const folder = temporaryFolder();
    const env = await settings(folder);
    const passwords = ['x'.repeat(1025), 'ü'.repeat(513), 'x'];
    const [long, wide, short] = passwords.map((password) => `{SHA}${hash('sha1', password, 'base64')}`);
    const name = 'a'.repeat(257);
    writeFileSync(join(folder, 'users.htpasswd'), `long:${long}\nwide:${wide}\n${name}:${short}\n`);
    const server = await startServerIn(folder, env);
    for (const [cause, fields] of [
      ['too_long', { username: 'long', password: 'x'.repeat(1025) }],
      ['too_long', { username: 'wide', password: 'ü'.repeat(513) }],
      ['too_long', { username: name, password: 'x' }],
      ['empty', { username: 'long', password: '' }],
      ['has_nul', { username: 'long', password: 'x\0' }],
    ] as const) {
      const answers = many(100, () => signIn(server, authorizePath(), fields));
      expect((await answers[0])?.text).toContain('That username and password don’t match.');
      expect(await tally(answers)).toEqual({ 422: 100 });
      expect(server.events('sign_in.failed').at(-1)).toMatchObject({ cause });
    }
    writeFileSync(join(folder, 'users.htpasswd'), `alice:{SHA}${hash('sha1', 'wonderland', 'base64')}\n`);
    expect((await signIn(server, authorizePath())).status).toBe(303);
  });

  it('is said to come from one address, where a proxy is not trusted', async () => {
    const server = await startServer();
    for (let time = 0; time < 2; time += 1) await from('192.0.2.1', server, wrong);
    const other = await startServer();
    await request(other.url).get(authorizePath()).set('Forwarded', 'for=192.0.2.1');
    expect(other.events('config.warning')).toHaveLength(1);
    expect(server.events('config.warning')).toMatchObject([
      {
        message: expect.stringMatching(
          /^requests come through a proxy at 127\.0\.0\.1, but TRUST_PROXY does not name it/,
        ),
      },
    ]);
    const trusting = await startServer(behindProxy);
    await from('192.0.2.1', trusting, wrong);
    await signIn(trusting, authorizePath(), wrong);
    expect(trusting.events('config.warning')).toEqual([]);
    expect(trusting.events('sign_in.failed')).toMatchObject([{ ip: '192.0.2.1' }, { ip: '127.0.0.1' }]);
  });
});

describe('a user store that answers a wrong password with an error', () => {
  /** An operator's endpoint that knows alice, and answers everything else with this status. */
  async function startEndpoint(status: number): Promise<string> {
    const endpoint = createServer(async (request, response) => {
      const { username, password } = JSON.parse(await text(request)) as Record<string, string>;
      if (username === 'alice' && password === 'wonderland') response.end('{"id": "1"}');
      else response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      endpoint.closeAllConnections();
      endpoint.close();
    });
    return `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  }

  const guessMany = async (server: { readonly url: string }) => {
    const found: Record<number, number> = {};
    for (let time = 0; time < 250; time += 1) {
      const { status } = await signIn(server, authorizePath(), { username: 'alice', password: `x${time}` });
      found[status] = (found[status] ?? 0) + 1;
    }
    return found;
  };

  it.each([
    [422, { 422: 10, 429: 240 }],
    [400, { 422: 10, 429: 240 }],
    [429, { 503: 10, 429: 240 }],
    [500, { 503: 10, 429: 240 }],
  ])('like %s lets ten guesses through, of 250', async (status, expected) => {
    const server = await startServer({ USERS: await startEndpoint(status) });
    expect(await guessMany(server)).toEqual(expected);
  });

  it.each([502, 503, 504])(
    'like %s, which a gateway says that does not reach it, locks nobody out',
    async (status) => {
      const server = await startServer({ USERS: await startEndpoint(status) });
      expect(await guessMany(server)).toEqual({ 503: 250 });
    },
  );

  it('by throwing, as a module of one’s own, lets ten guesses through', async () => {
    const module = join(temporaryFolder(), 'users.mjs');
    writeFileSync(
      module,
      `export const createUserStore = () => ({
        async authenticate(username, password) {
          if (password !== 'wonderland') throw new Error('wrong');
          return { id: username };
        },
      });`,
    );
    const server = await startServer({ USERS: module });
    expect((await signIn(server, authorizePath())).status).toBe(303);
    expect(await guessMany(server)).toEqual({ 503: 10, 429: 240 });
  });

  it('in an outage locks nobody out', async () => {
    hurry(300);
    const server = await startServer({ USERS: 'http://127.0.0.1:9/' });
    for (let time = 0; time < 20; time += 1)
      expect(await tally(many(15, () => signIn(server, authorizePath(), wrong)))).toEqual({ 503: 15 });
  });
});

describe('right sign-ins', () => {
  it('make thirty links an hour for a user and a skill, then 429 with the time, and end no link', async () => {
    const server = await startServer();
    const token = await link(server);
    const answers: Record<number, number> = {};
    for (let time = 0; time < 5; time += 1)
      for (const [status, count] of Object.entries(
        await tally(many(10, () => signIn(server, authorizePath()))),
      ))
        answers[Number(status)] = (answers[Number(status)] ?? 0) + count;
    expect(answers).toEqual({ 303: 29, 429: 21 });
    const more = await signIn(server, authorizePath());
    expect(more.headers['retry-after']).toBe('3540');
    expect(more.text).toContain('Please try again in 59 minutes.');
    expect(server.events('sign_in.limited').at(-1)).toMatchObject({ cause: 'subject_and_client' });
    expect(await isActive(server, token)).toBe(true);
    // Other users and other skills are not concerned.
    const zoe = { username: 'zoé', password: 'pässwörd' };
    expect((await signIn(server, authorizePath(), zoe)).status).toBe(303);
    expect(await authorizeCode(server)).toMatch(/./);
  });
});

describe('many sign-ins at once', () => {
  /** A user store that judges when it is told, and then says yes; and how many it was asked for. */
  async function startSlow() {
    const module = join(temporaryFolder(), 'users.mjs');
    writeFileSync(
      module,
      `export const createUserStore = () => ({
        authenticate: (username) => new Promise((resolve) => {
          process.emit('test:asked', username);
          process.once('test:judge', () => resolve({ id: username }));
        }),
      });`,
    );
    const asked: string[] = [];
    const onAsked = (username: string) => void asked.push(username);
    const events: NodeJS.EventEmitter = process;
    events.setMaxListeners(0).on('test:asked', onAsked);
    onTestFinished(() => void events.off('test:asked', onAsked));
    const server = await startServer({ ...behindProxy, USERS: module });
    return { server, asked, judge: () => events.emit('test:judge') };
  }

  it('have 300 wait; then 503 and the page, and who comes from a network without others gets in', async () => {
    const { server, asked, judge } = await startSlow();
    const user = (index: number) => ({ username: `user${index}`, password: 'x' });
    const crowd = many(310, (index) => from(`10.0.${index % 31}.1`, server, user(index)));
    await vi.waitFor(() => expect(asked).toHaveLength(10));
    const early: Response[] = [];
    for (const each of crowd) each.then((answer) => early.push(answer)).catch(() => {});
    const alice = from('192.0.2.1', server);
    await vi.waitFor(() => expect(early.length).toBeGreaterThan(0), 30_000);
    expect(early[0]?.status).toBe(503);
    expect(early[0]?.headers['retry-after']).toBe('5');
    expect(early[0]?.text).toContain('Please try again in a moment: nothing is lost.');
    expect(server.events('sign_in.limited')[0]).toMatchObject({ cause: 'all_crowded' });
    const judging = setInterval(judge, 5);
    expect((await alice).status).toBe(303);
    await Promise.all(crowd);
    clearInterval(judging);
  });

  it('leave the queue when their connections are gone, and nothing is said of them', async () => {
    const { server, asked, judge } = await startSlow();
    const gone = new AbortController();
    const leaving = many(25, (index) =>
      fetch(server.url + authorizePath(), {
        method: 'POST',
        redirect: 'manual',
        signal: gone.signal,
        headers: { 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': '192.0.2.1' },
        body: new URLSearchParams({ username: `user${index}`, password: 'x' }),
      }).catch(() => undefined),
    );
    await vi.waitFor(() => expect(asked).toHaveLength(10));
    gone.abort();
    await Promise.all(leaving);
    await vi.waitFor(() => expect(server.log.filter(({ aborted }) => aborted === true)).toHaveLength(25));
    const alice = from('192.0.2.1', server);
    judge();
    await vi.waitFor(() => expect(asked).toHaveLength(11));
    judge();
    expect((await alice).status).toBe(303);
    expect(asked.at(-1)).toBe('alice');
    expect(server.events('sign_in.limited')).toEqual([]);
  });
});
