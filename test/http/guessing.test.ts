import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  authorizePath,
  settings,
  signIn,
  startServer,
  startServerIn,
  temporaryFolder,
} from '../support/server.ts';

const wrong = { username: 'alice', password: 'wrong' };
const behindProxy = { TRUST_PROXY: 'loopback' };

/** Signs in as somebody whose request came through a proxy. */
function from(
  address: string,
  server: { readonly url: string },
  fields: Readonly<Record<string, string>> = { username: 'alice', password: 'wonderland' },
): Promise<Response> {
  return fetch(server.url + authorizePath(), {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': address },
    body: new URLSearchParams(fields),
  });
}

describe('guessing a password', () => {
  it('ends in 429 with the time, on the same page, also for the right password', async () => {
    const server = await startServer();
    for (let time = 0; time < 10; time += 1) {
      expect((await signIn(server, authorizePath(), wrong)).status).toBe(422);
    }
    for (const password of ['wrong', 'wonderland']) {
      const answer = await signIn(server, authorizePath(), { username: 'alice', password });
      const html = await answer.text();
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(880);
      expect(html).toContain('There were too many attempts. Please try again in 15 minutes.');
      expect(html).toContain('value="alice"');
      expect(html).not.toContain('wonderland');
    }
    expect(server.events('sign_in.failed')).toHaveLength(10);
    expect(server.events('sign_in.limited')).toMatchObject([{ client_id: 'cloud-lights' }, {}]);
    expect(JSON.stringify(server.log)).not.toMatch(/alice|wonderland/);
  });

  it('goes for unknown names as for known ones', async () => {
    const server = await startServer();
    const statuses = new Map<string, number[]>();
    for (const username of ['alice', 'nobody']) {
      const made: number[] = [];
      for (let time = 0; time < 12; time += 1) {
        made.push((await signIn(server, authorizePath(), { username, password: 'wrong' })).status);
      }
      statuses.set(username, made);
    }
    expect(statuses.get('alice')).toEqual(statuses.get('nobody'));
  });

  it('from elsewhere keeps nobody out', async () => {
    const server = await startServer(behindProxy);
    for (let address = 1; address <= 4; address += 1) {
      for (let time = 0; time < 11; time += 1) await from(`198.51.100.${address}`, server, wrong);
    }
    expect((await from('198.51.100.1', server)).status).toBe(429);
    expect((await from('192.0.2.1', server, wrong)).status).toBe(422);
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

  it('with more than anybody’s name or password has answers like a wrong password', async () => {
    const folder = temporaryFolder();
    const env = await settings(folder);
    const passwords = ['x'.repeat(1025), 'ü'.repeat(513), 'x'];
    const [long, wide, short] = passwords.map((password) => `{SHA}${hash('sha1', password, 'base64')}`);
    const name = 'a'.repeat(257);
    writeFileSync(join(folder, 'users.htpasswd'), `long:${long}\nwide:${wide}\n${name}:${short}\n`);
    const server = await startServerIn(folder, env);
    for (const fields of [
      { username: 'long', password: 'x'.repeat(1025) },
      { username: 'wide', password: 'ü'.repeat(513) },
      { username: name, password: 'x' },
    ]) {
      const answer = await signIn(server, authorizePath(), fields);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('That username and password don’t match.');
    }
  });

  it('is said to come from one address, where a proxy is not trusted', async () => {
    const server = await startServer();
    for (let time = 0; time < 2; time += 1) await from('192.0.2.1', server, wrong);
    const other = await startServer();
    await fetch(other.url + authorizePath(), { headers: { Forwarded: 'for=192.0.2.1' } });
    expect(other.events('config.warning')).toHaveLength(1);
    expect(server.events('config.warning')).toMatchObject([
      {
        message: expect.stringMatching(
          /^requests come through a proxy at 127\.0\.0\.1, but TRUST_PROXY is not set/,
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
