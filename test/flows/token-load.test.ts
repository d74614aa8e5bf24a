import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';
import {
  authorizeCode,
  authorizePath,
  freePort,
  htpasswd,
  redeem,
  refresh,
  settings,
  type Tokens,
  temporaryFolder,
} from '../support/server.ts';

describe('the token endpoint under load', () => {
  it('answers within 4.5 seconds, as Alexa wants it, however many refresh and sign in', async () => {
    const port = String(await freePort());
    // Each may make thirty links an hour.
    const [line = ''] = htpasswd.split('\n');
    const users = Array.from({ length: 40 }, (_, index) => line.replace('alice', `user${index}`));
    const folder = temporaryFolder();
    const env = { ...(await settings(folder, users.join('\n'))), PORT: port, TRUST_PROXY: 'loopback' };
    const server = startProcess(env);
    await server.said(/server\.started/);
    // So many that each is refreshed a few times.
    const linked: Tokens[] = [];
    // As many at once as may wait of one network.
    while (linked.length < 240)
      linked.push(
        ...(await Promise.all(
          Array.from({ length: 16 }, async (_, index) => {
            const fields = { username: `user${(linked.length + index) % 40}`, password: 'wonderland' };
            return redeem(server, await authorizeCode(server, {}, fields));
          }),
        )),
      );
    const newest = linked.map((tokens) => tokens.refresh_token);
    const spent: number[] = [];
    const statuses = new Set<number>();
    const until = performance.now() + 6000;
    async function refreshFrom(first: number): Promise<void> {
      for (let index = first; performance.now() < until; index = (index + 1) % newest.length) {
        const startedAt = performance.now();
        const answer = await refresh(server, newest[index] ?? '');
        const { refresh_token: next } = answer.body as Tokens;
        spent.push(performance.now() - startedAt);
        statuses.add(answer.status);
        newest[index] = next ?? newest[index];
      }
    }
    const signingIn = Array.from({ length: 24 }, async (_, person) => {
      const headers = { 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': `198.51.100.${person}` };
      const body = new URLSearchParams({ username: `user${person}`, password: 'wonderland' });
      while (performance.now() < until)
        await fetch(server.url + authorizePath(), { method: 'POST', redirect: 'manual', headers, body });
    });
    const refreshing = Array.from({ length: 120 }, (_, index) => refreshFrom(2 * index));
    await Promise.all([...refreshing, ...signingIn]);
    expect([...statuses]).toEqual([200]);
    expect(spent.length).toBeGreaterThan(refreshing.length);
    expect(Math.max(...spent)).toBeLessThan(4500);
  });
});
