import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import {
  authorizePath,
  clientSecret,
  freePort,
  link,
  settings,
  signIn,
  startServer,
  startServerIn,
  temporaryFolder,
} from '../support/server.ts';

const docs = join(import.meta.dirname, '../../docs');

async function startMeasured() {
  const metricsPort = await freePort();
  const server = await startServer({ METRICS_PORT: String(metricsPort) });
  const url = `http://127.0.0.1:${metricsPort}/metrics`;
  const scrape = async () => (await request(url).get('')).text;
  return {
    server,
    url,
    scrape,
    /** The value of one line, by how it begins. */
    value: async (line: string) => {
      const found = (await scrape()).split('\n').find((each) => each.startsWith(`${line} `));
      return found === undefined ? undefined : Number(found.slice(line.length + 1));
    },
  };
}

describe('metrics', () => {
  it('are at /metrics of their own port alone, as Prometheus reads them', async () => {
    const { server, url } = await startMeasured();
    const answer = await request(url).get('');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toMatch(/^# HELP /);
    expect((await request(server.url).get('/metrics')).status).toBe(404);
    expect((await request(url.replace('/metrics', '/authorize')).get('')).status).toBe(404);
    expect((await request(url).post('')).status).toBe(404);
  });

  it('count requests by route and status with their time, and make no label of what somebody made up', async () => {
    const { server, scrape, value } = await startMeasured();
    await request(server.url).get(authorizePath());
    await request(server.url).get('/authorize?client_id=secret-in-a-query');
    await request(server.url).get('/made-up/alice');
    const count = (labels: string) => value(`alexa_linking_http_request_duration_seconds_count{${labels}}`);
    await expect.poll(() => count('route="/authorize",status="200"')).toBe(1);
    await expect.poll(() => count('route="/authorize",status="400"')).toBe(1);
    await expect.poll(() => count('route="other",status="404"')).toBe(1);
    expect(
      await value('alexa_linking_http_request_duration_seconds_bucket{le="10",route="other",status="404"}'),
    ).toBe(1);
    expect(await value('alexa_linking_authorizations_refused_total{reason="malformed"}')).toBe(1);
    expect(await scrape()).not.toMatch(/made-up|secret-in/);
  });

  it('count sign-ins by outcome, links that were made and revoked, and the wait for a hash', async () => {
    const { server, scrape, value } = await startMeasured();
    const signIns = (outcome: string) => value(`alexa_linking_sign_ins_total{outcome="${outcome}"}`);
    expect(await signIns('succeeded')).toBe(0);
    expect(await value('alexa_linking_tokens_reused_total{client_id="cloud-heating",reused="code"}')).toBe(0);
    const token = await link(server);
    await signIn(server, authorizePath(), { username: 'alice', password: 'x' });
    await signIn(server, authorizePath(), { action: 'cancel' });
    expect([await signIns('succeeded'), await signIns('refused'), await signIns('cancelled')]).toEqual([
      1, 1, 1,
    ]);
    const body = new URLSearchParams({ client_id: 'cloud-lights', client_secret: clientSecret, token });
    await request(server.url).post('/revoke').type('form').send(body.toString());
    expect(await value('alexa_linking_links_created_total{client_id="cloud-lights"}')).toBe(1);
    expect(await value('alexa_linking_links_revoked_total{client_id="cloud-lights",by="client"}')).toBe(1);
    expect(await value('alexa_linking_hash_queue_seconds_count')).toBeGreaterThanOrEqual(2);
    expect(await value('nodejs_eventloop_lag_p99_seconds')).toBeDefined();
    // No label holds anything of a person: not who, not from where.
    expect(await scrape()).not.toMatch(/alice|127\.0\.0\.1|zo/);
  });

  it('count what could not answer, and are there while the storage is not', async () => {
    const folder = temporaryFolder();
    const metricsPort = await freePort();
    const server = await startServerIn(folder, {
      ...(await settings(folder)),
      METRICS_PORT: String(metricsPort),
    });
    const database = new DatabaseSync(`${folder}/links.db`);
    database.exec('drop table alexa_access_tokens; drop table alexa_links');
    database.close();
    expect((await signIn(server, authorizePath())).status).toBe(503);
    const said = (await request(`http://127.0.0.1:${metricsPort}`).get('/metrics')).text;
    expect(said).toContain('alexa_linking_backend_errors_total{part="storage"} 1\n');
  });

  it('are all that the alerts and the dashboard of docs/operations.md ask for', async () => {
    const { server, scrape } = await startMeasured();
    await link(server);
    const present = new Set([...(await scrape()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const asked = [
      readFileSync(join(docs, 'grafana-dashboard.json'), 'utf8'),
      readFileSync(join(docs, 'operations.md'), 'utf8'),
    ].flatMap((text) =>
      [...text.matchAll(/\b(?:alexa_linking|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name),
    );
    expect(asked.length).toBeGreaterThan(15);
    for (const name of asked) {
      const base = name.replace(/_(bucket|count|sum)$/, '');
      expect([...present], name).toContain(present.has(name) ? name : base);
    }
    expect(
      JSON.parse(readFileSync(join(docs, 'grafana-dashboard.json'), 'utf8')).panels.length,
    ).toBeGreaterThan(6);
  });
});
