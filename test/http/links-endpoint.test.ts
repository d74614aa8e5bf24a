import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import request, { type Response } from 'supertest';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sha256 } from '../../src/crypto.ts';
import { hurry } from '../support/clock.ts';
import {
  allLinks,
  authorizeCode,
  authorizePath,
  isActive,
  link,
  redeem,
  settings,
  signIn,
  startServer,
  startServerIn,
  type TestServer,
  temporaryFolder,
} from '../support/server.ts';

const sameOrigin = { 'Sec-Fetch-Site': 'same-origin' };

async function post(
  server: TestServer,
  fields: Readonly<Record<string, string>>,
  headers: Record<string, string> = sameOrigin,
): Promise<Response> {
  return await request(server.url).post('/links').set(headers).type('form').send(fields);
}

/** Signs in, and gives the page with what is in its form. */
async function ownLinks(server: TestServer, username = 'alice', password = 'wonderland') {
  const answer = await post(server, { username, password, action: 'sign-in' });
  expect(answer.status).toBe(200);
  return formOf(answer.text);
}

function formOf(page: string) {
  const [, ticket = ''] = /name="ticket" value="([^"]*)"/.exec(page) ?? [];
  const ids = [...page.matchAll(/name="link" value="([0-9a-f]{32})"/g)].map(([, id = '']) => id);
  const [, all = ''] = /name="link" value="(all-\d+)"/.exec(page) ?? [];
  return { page, ticket, ids, all };
}

describe('GET /links', () => {
  it('asks to sign in, on a page like that for linking, with no cookie and no script', async () => {
    const server = await startServer();
    const answer = await request(server.url).get('/links');
    const page = answer.text;
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page).not.toMatch(/<script|value="cancel"/);
    expect(page).toContain('<form method="post">');
    expect(page).toContain('This is not your Amazon password.');
  });
});

describe('a person’s own links', () => {
  it('do not show what Alexa has yet to come for, and end it with the others', async () => {
    const server = await startServer();
    const code = await authorizeCode(server);
    expect((await ownLinks(server)).page).toContain('No Alexa skill is linked to your account.');
    await link(server);
    const { page, ticket, ids } = await ownLinks(server);
    expect(ids).toHaveLength(1);
    expect(page).not.toContain('Cloud Heating');
    expect((await post(server, { ticket, link: allLinks() })).status).toBe(200);
    await expect(redeem(server, code)).rejects.toThrow(/invalid_grant/);
    await redeem(server, await authorizeCode(server));
    expect((await ownLinks(server)).page).toContain('Cloud Heating');
  });

  it('are listed with since when, last used and the region, the newest first, and only theirs', async () => {
    const server = await startServer();
    const older = await link(server);
    const na = 'https://pitangui.amazon.com/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA';
    await link(server, { client_id: 'other-skill', redirect_uri: na });
    await isActive(server, older);
    const database = new DatabaseSync(`${server.folder}/links.db`);
    await expect
      .poll(() => database.prepare('select last_used_at from alexa_links').all())
      .toContainEqual({
        last_used_at: expect.any(Number),
      });
    database.exec("update alexa_links set created_at = 1788652800 where client_id = 'cloud-lights'");
    database.close();
    const { page, ids } = await ownLinks(server);
    expect(ids).toHaveLength(2);
    const today = new Date().toISOString().slice(0, 10);
    expect(page.indexOf('<h2><bdi>Other Skill')).toBeLessThan(page.indexOf('<h2><bdi>Cloud Lights'));
    expect(page).toContain('Linked on <time datetime="2026-09-06">September 6, 2026</time>');
    expect(page).toContain(`Last used on <time datetime="${today}">`);
    expect(page).toContain('Not used yet');
    expect(page).toContain('Alexa account in Europe');
    expect(page).toContain('Alexa account in North America');
    expect(page).toContain('aria-label="Unlink Cloud Lights, linked on September 6, 2026"');
    expect((await ownLinks(server, 'zoé', 'pässwörd')).page).toContain(
      'No Alexa skill is linked to your account.',
    );
  });

  it('are unlinked one at a time: that one is dead at once, and the page says how to finish', async () => {
    const server = await startServer();
    const [first, second] = [await link(server), await link(server, { client_id: 'other-skill' })];
    const { ticket, page } = await ownLinks(server);
    const [, id = ''] = /value="([0-9a-f]{32})" aria-label="Unlink Other Skill/.exec(page) ?? [];
    const answer = await post(server, { ticket, link: id });
    expect(answer.status).toBe(200);
    const after = formOf(answer.text);
    expect(await isActive(server, second)).toBe(false);
    expect(await isActive(server, first)).toBe(true);
    expect(after.ids).toHaveLength(1);
    expect(after.page).toContain('Unlinked: Other Skill.');
    expect(after.page).toContain('To finish, open the Alexa app');
    expect(server.events('link.revoked')).toEqual([
      expect.objectContaining({ client_id: 'other-skill', link_id: id, by: 'person' }),
    ]);
    // The same ticket is for the next change.
    expect(after.ticket).toBe(ticket);
    await post(server, { ticket: after.ticket, link: after.ids[0] ?? '' });
    expect(await isActive(server, first)).toBe(false);
  });

  it('are unlinked all at once, and nobody else’s with them', async () => {
    const server = await startServer();
    const mine = [await link(server), await link(server), await link(server, { client_id: 'other-skill' })];
    const { ticket, page, all } = await ownLinks(server);
    expect(page).toContain('Unlink all');
    const after = formOf((await post(server, { ticket, link: all })).text);
    for (const token of mine) expect(await isActive(server, token)).toBe(false);
    expect(after.ids).toEqual([]);
    expect(after.page).toMatch(/Unlinked: (Cloud Lights and Other Skill|Other Skill and Cloud Lights)\./);
  });

  it('are not said to be unlinked when one could not be, and what was is in the log', async () => {
    const server = await startServer();
    const [kept, ended] = [await link(server), await link(server, { client_id: 'other-skill' })];
    const database = new DatabaseSync(`${server.folder}/links.db`);
    database.exec(`create trigger fails before update of revoked_at on alexa_links when old.client_id = 'cloud-lights'
      begin select raise(abort, 'no'); end`);
    database.close();
    const { ticket } = await ownLinks(server);
    const answer = await post(server, { ticket, link: allLinks() });
    expect(answer.status).toBe(503);
    expect(await isActive(server, kept)).toBe(true);
    expect(await isActive(server, ended)).toBe(false);
    expect(server.events('link.revoked')).toMatchObject([{ client_id: 'other-skill' }]);
  });

  it('are shown a hundred at most, and unlinked all together', async () => {
    const server = await startServer();
    const token = await link(server);
    const database = new DatabaseSync(`${server.folder}/links.db`);
    database.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 130)
      insert into alexa_links (id, client_id, subject, username, scope, redirect_host, reference, created_at)
      select 'older' || i, 'cloud-lights', 'alice', 'alice', '', 'h', 'r', i from n`);
    const { page, ticket } = await ownLinks(server);
    expect(page.match(/<h2><bdi>/g)).toHaveLength(100);
    expect(page).toContain('Only the newest 100 links are shown.');
    await post(server, { ticket, link: allLinks() });
    expect(await isActive(server, token)).toBe(false);
    expect(
      database.prepare('select count(*) as live from alexa_links where revoked_at is null').get(),
    ).toEqual({
      live: 0,
    });
    database.close();
  });

  it('can be changed by nobody else, whoever’s id they send', async () => {
    const server = await startServer();
    const token = await link(server);
    const { ids } = await ownLinks(server);
    await signIn(server, authorizePath(), { username: 'zoé', password: 'pässwörd' });
    const { ticket } = await ownLinks(server, 'zoé', 'pässwörd');
    const answer = await post(server, { ticket, link: ids[0] ?? '' });
    expect(answer.status).toBe(200);
    expect(await isActive(server, token)).toBe(true);
    expect(server.events('link.revoked')).toEqual([]);
  });
});

describe('the ticket', () => {
  it('is for any change, also several at the same time, and for twenty at most', async () => {
    const server = await startServer();
    const tokens = [await link(server), await link(server), await link(server)];
    const { ticket, ids } = await ownLinks(server);
    const answers = await Promise.all(ids.map((id) => post(server, { ticket, link: id })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const active = await Promise.all(tokens.map((token) => isActive(server, token)));
    expect(active).toEqual([false, false, false]);
    for (let use = 4; use <= 20; use += 1)
      expect((await post(server, { ticket, link: allLinks() })).status).toBe(200);
    const last = await post(server, { ticket, link: allLinks() });
    expect(last.status).toBe(422);
    expect(last.text).toContain('that page worked for five minutes only. Please sign in again');
  });

  it('ends all that the page shows, also what was linked by an instance whose clock is ahead', async () => {
    const server = await startServer();
    vi.useFakeTimers({ toFake: ['Date'] });
    const now = Date.now();
    vi.setSystemTime(now + 3000);
    const tokens = [await link(server), await link(server)];
    vi.setSystemTime(now);
    const { ticket, all } = await ownLinks(server);
    expect((await post(server, { ticket, link: all })).status).toBe(200);
    for (const token of tokens) expect(await isActive(server, token)).toBe(false);
  });

  it.each(['one', 'all'])('gives working answers to who taps twice to unlink %s', async (what) => {
    const server = await startServer();
    const token = await link(server);
    const other = await link(server, { client_id: 'other-skill' });
    const { ticket, page, all } = await ownLinks(server);
    const [, id = ''] = /value="([0-9a-f]{32})" aria-label="Unlink Cloud Lights/.exec(page) ?? [];
    const change = { ticket, link: what === 'one' ? id : all };
    const answers = await Promise.all([1, 2, 3].map(() => post(server, change)));
    answers.push(await post(server, change));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.text).toMatch(/Unlinked: [^.]*Cloud Lights/);
    }
    expect(await isActive(server, token)).toBe(false);
    expect(await isActive(server, other)).toBe(what === 'one');
    expect(server.events('link.revoked')).toHaveLength(what === 'one' ? 1 : 2);
  });

  it('ends nothing that was linked after the page was made, when “Unlink all” is sent again', async () => {
    const server = await startServer();
    const [first, second] = [await link(server), await link(server, { client_id: 'other-skill' })];
    const { ticket, all } = await ownLinks(server);
    await post(server, { ticket, link: all });
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    vi.setSystemTime(Date.now() + 2000);
    const later = await link(server);
    const again = await post(server, { ticket, link: all });
    expect(again.text).toMatch(/Unlinked: (Cloud Lights and Other Skill|Other Skill and Cloud Lights)/);
    for (const token of [first, second]) expect(await isActive(server, token)).toBe(false);
    expect(await isActive(server, later)).toBe(true);
  });

  it('ends after five minutes, is stored as its digest, and is not taken for another', async () => {
    const server = await startServer();
    const token = await link(server);
    const { ticket } = await ownLinks(server);
    expect(ticket).toMatch(/^[\w-]{43}$/);
    const database = new DatabaseSync(`${server.folder}/links.db`);
    const [row] = database.prepare('select * from alexa_tickets').all();
    expect(row).toMatchObject({ digest: sha256(ticket), subject: 'alice' });
    expect(Number(row?.['expires_at']) - Date.now() / 1000).toBeGreaterThan(290);
    expect(Number(row?.['expires_at']) - Date.now() / 1000).toBeLessThanOrEqual(300);
    database.exec(`update alexa_tickets set expires_at = ${Math.floor(Date.now() / 1000)}`);
    database.close();
    for (const wrong of [ticket, randomUUID(), `${ticket}x`, sha256(ticket)]) {
      expect((await post(server, { ticket: wrong, link: allLinks() })).status).toBe(422);
    }
    expect(await isActive(server, token)).toBe(true);
    expect(JSON.stringify(server.log)).not.toContain(ticket);
  });
});

describe('what has ended', () => {
  it('is taken out by the server itself, and said in the log', async () => {
    const folder = temporaryFolder();
    hurry(600);
    const server = await startServerIn(folder, await settings(folder));
    await link(server);
    await ownLinks(server);
    const database = new DatabaseSync(`${folder}/links.db`);
    onTestFinished(() => database.close());
    database.exec('update alexa_tickets set expires_at = 1');
    await expect.poll(() => database.prepare('select * from alexa_tickets').all()).toEqual([]);
    await expect.poll(() => server.events('links.removed')).toMatchObject([{ rows: 1 }]);
    expect(database.prepare('select * from alexa_links').all()).toHaveLength(1);
  });
});

describe('signing in there', () => {
  it('has the same answers to a wrong password, and the same limits as linking', async () => {
    const server = await startServer();
    const wrong = { username: 'alice', password: 'x' };
    const first = await post(server, wrong);
    expect(first.status).toBe(422);
    const page = first.text;
    expect(page).toContain('value="alice"');
    expect(page).toContain('role="alert"');
    for (let time = 1; time < 10; time += 1) await post(server, wrong);
    const limited = await post(server, { username: 'alice', password: 'wonderland' });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await signIn(server, authorizePath())).status).toBe(429);
  });

  it('is refused to a form from another site', async () => {
    const server = await startServer();
    const fields = { username: 'alice', password: 'wonderland' };
    for (const [name, value] of Object.entries({
      'Sec-Fetch-Site': 'cross-site',
      Origin: 'https://evil.example',
    }))
      expect((await post(server, fields, { [name]: value })).status).toBe(403);
    expect(server.events('sign_in.cross_site')).toHaveLength(2);
  });

  it('gives 405 to other methods, and 400 to a form that can’t be read', async () => {
    const server = await startServer();
    expect((await request(server.url).delete('/links')).status).toBe(405);
    const answer = await request(server.url)
      .post('/links')
      .set(sameOrigin)
      .type('form')
      .send('ticket=a&ticket=b');
    expect(answer.status).toBe(400);
  });
});
