import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { furnished } from '../support/gallery.ts';
import { authorizePath, link, startServer } from '../support/server.ts';

async function ask(url: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await request(url).get('').set(headers);
  const html = answer.text;
  const [, language, direction] = /<html lang="(..)" dir="(...)">/.exec(html) ?? [];
  return { html, language, direction, headers: answer.headers };
}

describe('the language of a page', () => {
  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['pt-BR,pt;q=0.9,en-US;q=0.8', 'pt'],
    ['zh-CN,zh;q=0.9,ja;q=0.8,en;q=0.7', 'ja'],
    ['EN-gb', 'en'],
    ['en;q=0.1, fr;q=0.9', 'fr'],
    ['fr;q=0, it;q=0.5', 'it'],
    ['sv, da', 'en'],
    ['*', 'en'],
    ['', 'en'],
    [';;;=,q', 'en'],
    [`${'xx,'.repeat(3000)}de`, 'en'],
  ])('is chosen by Accept-Language: %s', async (accepted, language) => {
    const server = await startServer();
    const page = await ask(server.url + authorizePath(), { 'Accept-Language': accepted });
    expect(page.language).toBe(language);
    expect(page.headers['content-language']).toBe(language);
    expect(page.headers['vary']).toBe('Accept-Language');
  });

  it.each([
    [{ ui_locales: 'fr-CA fr en' }, 'fr'],
    [{ ui_locales: 'sv ja de' }, 'ja'],
    [{ ui_locales: 'sv' }, 'it'],
    [{ ui_locales: '' }, 'it'],
    [{ ui_locales: '%zz' }, 'it'],
  ])('is that of ui_locales before (OpenID Connect Core 3.1.2.1): %o', async (changes, language) => {
    const server = await startServer();
    const page = await ask(server.url + authorizePath(changes), { 'Accept-Language': 'it' });
    expect(page.language).toBe(language);
  });

  it('costs nobody the link, whatever ui_locales is', async () => {
    const server = await startServer();
    const url = `${server.url + authorizePath()}&ui_locales=de&ui_locales=fr`;
    expect((await ask(url)).language).toBe('de');
  });

  it('is the same on every page, from right to left where it is Arabic', async () => {
    const server = await startServer();
    for (const path of [authorizePath(), '/authorize', '/links', '/nothing', '/links?ui_locales=ar']) {
      const page = await ask(server.url + path, { 'Accept-Language': 'ar' });
      expect([page.language, page.direction]).toEqual(['ar', 'rtl']);
    }
    const headers = { 'Accept-Language': 'ar', 'Sec-Fetch-Site': 'cross-site' };
    const refused = await request(server.url).post('/links').set(headers).type('form').send({ a: 'b' });
    expect(refused.text).toContain('lang="ar"');
  });

  it('is that of the skill’s name and of what is shared, where they are given in it', async () => {
    const server = await startServer({ CLIENTS: JSON.stringify([furnished]) });
    const path = authorizePath({ scope: 'lights' });
    const arabic = await ask(server.url + path, { 'Accept-Language': 'ar' });
    expect(arabic.html).toContain('أضواء السحاب');
    expect(arabic.html).toContain('<li><bdi>أضواؤك لتشغيلها وإطفائها</bdi></li>');
    expect(arabic.html).not.toContain('Cloud Lights');
    const german = await ask(server.url + path, { 'Accept-Language': 'de' });
    expect(german.html).toContain('Bei Cloud Lights anmelden');
    expect(german.html).toContain('<li><bdi>Your lights, to switch them</bdi></li>');
  });
});

describe('the look of a page', () => {
  const other = {
    ...furnished,
    client_id: 'other',
    client_name: 'Other',
    logo_uri: undefined,
    brand_color: '#123456',
  };
  const everybodys = ['/links', '/nothing', '/authorize'];

  it('is the skill’s, also of pages that belong to none, where there is one', async () => {
    const server = await startServer({ CLIENTS: JSON.stringify([furnished]) });
    for (const path of [authorizePath(), ...everybodys]) {
      const { html, headers } = await ask(server.url + path);
      expect(html).toContain(`src="${furnished.logo_uri}" alt="" width="56" height="56"`);
      expect(html).toContain('--brand:#00aa77');
      expect(headers['content-security-policy']).toContain('img-src https://cdn.example.com;');
    }
  });

  it('is nobody’s where there are several', async () => {
    const server = await startServer({ CLIENTS: JSON.stringify([furnished, other]) });
    for (const path of everybodys) {
      const { html, headers } = await ask(server.url + path);
      expect(html).not.toMatch(/class="mark|--brand:#00aa77|Cloud Lights/);
      expect(headers['content-security-policy']).not.toContain('img-src');
    }
    const own = await ask(server.url + authorizePath({ client_id: 'other' }));
    expect(own.html).toContain('<span class="mark letter" aria-hidden="true">O</span>');
    expect(own.html).toContain('--brand:#123456');
    expect(own.headers['content-security-policy']).not.toContain('img-src');
  });

  it('has the first letter of the name in the page’s language, which may be several characters', async () => {
    const names = { client_name: 'élan', 'client_name#hi': 'क्षितिज', 'client_name#ar': 'أضواء' };
    const server = await startServer({ CLIENTS: JSON.stringify([{ ...other, ...names }]) });
    for (const [language, letter] of [
      ['en', 'É'],
      ['hi', 'क्षि'],
      ['ar', 'أ'],
    ] as const) {
      const page = await ask(server.url + authorizePath({ client_id: 'other' }), {
        'Accept-Language': language,
      });
      expect(page.html).toContain(`aria-hidden="true">${letter}</span>`);
    }
  });

  it('has the skill’s name on /links in the page’s language', async () => {
    const server = await startServer({ CLIENTS: JSON.stringify([furnished]) });
    await link(server);
    const page = await request(server.url)
      .post('/links')
      .set({ 'Accept-Language': 'ar', 'Sec-Fetch-Site': 'same-origin' })
      .type('form')
      .send({ username: 'alice', password: 'wonderland' });
    expect(page.text).toContain('<h2><bdi>أضواء السحاب</bdi></h2>');
  });

  it('keeps a name that runs the other way together', async () => {
    const client = { ...other, client_name: 'أضواء السحاب 24!' };
    const server = await startServer({ CLIENTS: JSON.stringify([client]) });
    const { html } = await ask(server.url + authorizePath({ client_id: 'other' }));
    expect(html).toContain('<h1>Sign in to \u2068أضواء السحاب 24!\u2069</h1>');
  });
});

describe('what is shared', () => {
  it('is what this request asks for, in words, and nothing where it asks for nothing', async () => {
    const server = await startServer({ CLIENTS: JSON.stringify([furnished]) });
    const shared = async (scope?: string) => {
      const { html } = await ask(server.url + authorizePath({ scope }));
      return [...html.matchAll(/<li><bdi>([^<]*)<\/bdi>/g)].map(([, words]) => words);
    };
    const [profile, lights] = ['Your name and email address', 'Your lights, to switch them'];
    expect(await shared('lights')).toEqual([lights]);
    expect(await shared('lights profile')).toEqual([profile, lights]);
    expect(await shared()).toEqual([]);
    // Again, when all that was made beforehand is there.
    expect(await shared('lights')).toEqual([lights]);
    expect((await ask(server.url + authorizePath())).html).not.toContain('shared with');
  });

  it('stays right however many ways of asking there are', async () => {
    const tokens = Array.from({ length: 6 }, (_, index) => `scope${index}`);
    const scope_descriptions = Object.fromEntries(tokens.map((token) => [token, `Words of ${token}`]));
    const client = { ...furnished, scope: tokens.join(' '), scope_descriptions, 'scope_descriptions#ar': {} };
    const server = await startServer({ CLIENTS: JSON.stringify([client]) });
    for (let choice = 0; choice < 64; choice += 1) {
      const chosen = tokens.filter((_token, index) => choice & (1 << index));
      const { html } = await ask(server.url + authorizePath({ scope: chosen.join(' ') || undefined }));
      expect([...html.matchAll(/Words of (\w+)/g)].map(([, token]) => token)).toEqual(chosen);
    }
  });
});
