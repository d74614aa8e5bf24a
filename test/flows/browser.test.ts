import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import {
  authorizePath,
  clientSecret,
  cloudLights,
  isActive,
  link,
  settings,
  startServer,
  startServerIn,
  temporaryFolder,
} from '../support/server.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** A phone that never saw the server before; what its console complains of fails the test. */
async function openPhone(settings: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...settings });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  return page;
}

async function signIn(
  page: Page,
  username: string,
  password: string,
  button = 'Sign in and link',
): Promise<void> {
  await page.getByLabel('Username or email').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: button }).click();
}

/** Resolves when the page with this heading is there as a whole. */
async function shown(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { name: heading }).waitFor();
  await page.waitForLoadState();
}

/** An attribute of the element that has the focus. A page sets the focus a moment after it is there: so this is polled. */
function focused(page: Page, what = 'id'): () => Promise<unknown> {
  return () => page.evaluate(`document.activeElement.getAttribute('${what}')`);
}

/** Another site that stands in for Alexa, and a skill that may be answered there. */
async function startAlexa(): Promise<{ path: string; answered: RegExp; CLIENTS: string }> {
  const site = createServer((_request, response) => response.end('Alexa'));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  onTestFinished(() => void site.close());
  const origin = `http://localhost:${(site.address() as AddressInfo).port}`;
  const redirectUri = `${origin}/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA`;
  return {
    path: authorizePath({ redirect_uri: redirectUri, state: 'a b+c&d=e#f' }),
    answered: new RegExp(`^${origin}/.*vendorId=M2AAAAAAAAAAAA#`),
    CLIENTS: JSON.stringify([{ ...cloudLights, redirect_uris: [redirectUri] }]),
  };
}

describe('the simulator, from its button to the verdict', () => {
  it.each([
    ['na', 'captured', 'without'],
    ['eu', 'reserved', 'with'],
    ['fe', 'longest', 'with'],
  ])('links in region %s with a %s state, %s scope', async (region, shape, scope) => {
    const server = await startServer();
    const page = await openPhone();
    await page.goto(server.url);
    await page.getByLabel('Skill').selectOption('cloud-lights');
    await page.getByLabel('Authorization grant type').selectOption('token');
    await page.getByLabel('Region').selectOption(region);
    await page.getByText('Advanced').click();
    await page.getByLabel('State').selectOption(shape);
    await page.getByLabel('Scope').selectOption(scope);
    await page.getByRole('button', { name: 'Sign into your account' }).click();
    expect(new URL(page.url()).pathname).toBe('/authorize');

    await signIn(page, 'alice', 'wrong');
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Username or email').inputValue()).toBe('alice');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await expect.poll(focused(page)).toBe('password');

    await signIn(page, 'alice', 'wonderland');
    await shown(page, 'Linked: everything is as Alexa needs it');
    await page.getByText('7 of 7 requirements are met.').waitFor();
    expect(await page.locator('li.met').count()).toBe(7);
    expect(await page.locator('li.unmet').count()).toBe(0);
    const [userinfo = '', request = ''] = await page.locator('pre').allTextContents();
    expect(JSON.parse(userinfo)).toEqual({ sub: 'alice', username: 'alice' });
    const { session, context } = JSON.parse(request);
    expect(session.user.accessToken).toMatch(/^[\w-]{43}$/);
    expect(context.System.user.accessToken).toBe(session.user.accessToken);
    expect(server.events('link.created')).toHaveLength(1);
  });

  it.each([
    ['code', 'basic'],
    ['codeAlone', 'body'],
  ])(
    'plays the code grant (%s, %s) as Alexa does: redeems, refreshes, tries again',
    async (grant, scheme) => {
      const server = await startServer();
      const page = await openPhone({ javaScriptEnabled: false });
      await page.goto(server.url);
      await page.getByLabel('Skill').selectOption('cloud-heating');
      await page.getByLabel('Authorization grant type').selectOption(grant);
      await page.getByRole('button', { name: 'Sign into your account' }).click();
      await signIn(page, 'alice', 'wonderland');
      await shown(page, 'Alexa has a code, and comes for the tokens');
      expect(await page.locator('li.unmet').count()).toBe(0);
      await page.getByLabel('Client secret').fill(clientSecret);
      await page.getByLabel('Client authentication scheme').selectOption(scheme);
      await page.getByRole('button', { name: 'Continue as Alexa' }).click();
      await shown(page, 'Linked: everything is as Alexa needs it');
      expect(await page.locator('li.met').count()).toBe(14);
      await page.getByText('14 of 14 requirements are met.').waitFor();
      expect(await page.locator('li').allTextContents()).toContainEqual(
        expect.stringMatching(/same refresh token, sent again.*200 after \d+ ms/s),
      );
      expect(JSON.parse((await page.locator('pre').allTextContents())[0] ?? '')).toMatchObject({
        sub: 'alice',
      });
      expect(server.events('token.refreshed')).toHaveLength(2);
      // Going back and doing it again is a second redemption, and the page says so.
      await page.goBack();
      await page.getByLabel('Client secret').fill(clientSecret);
      await page.getByRole('button', { name: 'Continue as Alexa' }).click();
      await shown(page, 'Not linked');
      expect(await page.locator('li.unmet').textContent()).toMatch(/400 after \d+ ms: invalid_grant/);
      expect(server.events('link.revoked')).toEqual([]);
    },
  );

  it('leads back to a wrong secret, and says what Alexa gets for a grant that the skill does not have', async () => {
    const server = await startServer();
    const page = await openPhone();
    await page.goto(server.url);
    await page.getByLabel('Skill').selectOption('cloud-heating');
    await page.getByLabel('Authorization grant type').selectOption('token');
    await page.getByRole('button', { name: 'Sign into your account' }).click();
    await shown(page, 'Not linked, and Alexa knows why: unauthorized_client');
    await page.getByRole('link', { name: 'Start again' }).click();
    await page.getByLabel('Skill').selectOption('cloud-heating');
    await page.getByLabel('Authorization grant type').selectOption('code');
    await page.getByRole('button', { name: 'Sign into your account' }).click();
    await signIn(page, 'alice', 'wonderland');
    await page.getByLabel('Client secret').fill('wrong');
    await page.getByRole('button', { name: 'Continue as Alexa' }).click();
    await page.getByRole('alert').getByText('The token endpoint refused the client secret: ').waitFor();
    await page.getByLabel('Client secret').fill(clientSecret);
    await page.getByRole('button', { name: 'Continue as Alexa' }).click();
    await shown(page, 'Linked: everything is as Alexa needs it');
  });

  it('shows what Alexa gets when the person cancels', async () => {
    const page = await openPhone();
    await page.goto((await startServer()).url);
    await page.getByRole('button', { name: 'Sign into your account' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await shown(page, 'Not linked, and Alexa knows why: access_denied');
    expect(await page.locator('li.unmet').count()).toBe(0);
    expect(await page.locator('li.met').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('state came back byte for byte')]),
    );
  });
});

describe('the sign-in page in a browser', () => {
  it('gets the person to Alexa by Enter, by click, and without script', async () => {
    const { path, answered, CLIENTS } = await startAlexa();
    const server = await startServer({ CLIENTS });
    for (const submit of ['Enter', 'click'] as const) {
      const page = await openPhone({ javaScriptEnabled: false });
      await page.goto(server.url + path);
      await page.getByLabel('Username or email').fill('alice');
      await page.getByLabel('Password').fill('wonderland');
      if (submit === 'Enter') await page.keyboard.press('Enter');
      else await page.getByRole('button', { name: 'Sign in and link' }).click();
      await page.waitForURL(answered);
      expect(page.url()).toMatch(/#state=a%20b%2Bc%26d%3De%23f&access_token=[\w-]{43}&token_type=Bearer$/);
    }
    expect(server.events('link.created')).toHaveLength(2);
  });

  it('cancels without asking for a password first', async () => {
    const { path, answered, CLIENTS } = await startAlexa();
    const page = await openPhone();
    await page.goto((await startServer({ CLIENTS })).url + path);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(answered);
    expect(page.url()).toContain('#error=access_denied');
  });

  it('sets no cookie and keeps nothing', async () => {
    const page = await openPhone();
    await page.goto((await startServer()).url + authorizePath());
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
  });

  it('works after the server was started anew and the page was left open', async () => {
    const { path, answered, CLIENTS } = await startAlexa();
    const page = await openPhone();
    const folder = temporaryFolder();
    const env = { ...(await settings(folder)), CLIENTS };
    const first = await startServerIn(folder, env);
    await page.goto(first.url + path);
    await first.stop();
    await startServerIn(folder, env);
    await signIn(page, 'alice', 'wonderland');
    await page.waitForURL(answered);
    expect(page.url()).toContain('&access_token=');
  });

  it('refuses the same form from another site', async () => {
    const server = await startServer();
    const page = await openPhone();
    await page.route('http://evil.example/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${server.url}${authorizePath().replaceAll('&', '&amp;')}">
          <input name="username" value="alice"><input name="password" value="wonderland"><button>Win</button></form>`,
      }),
    );
    await page.goto('http://evil.example/');
    await page.getByRole('button', { name: 'Win' }).click();
    await shown(page, 'This form came from somewhere else');
    expect(server.events('link.created')).toEqual([]);
  });

  it('does not scroll sideways on a small phone, and shows its style', async () => {
    const server = await startServer();
    const page = await openPhone();
    await page.setViewportSize({ width: 280, height: 600 });
    await page.goto(server.url + authorizePath());
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(280);
    const button = page.getByRole('button', { name: 'Sign in and link' });
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    expect(await page.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor")).toBe(
      'rgb(20, 80, 140)',
    );
  });
});

describe('a person at the sign-in page', () => {
  it('needs a keyboard alone, in the order in which things are read', async () => {
    const { path, answered, CLIENTS } = await startAlexa();
    const page = await openPhone({ javaScriptEnabled: false });
    await page.goto((await startServer({ CLIENTS })).url + path);
    const focusedHtml = () => page.locator(':focus').evaluate('document.activeElement.outerHTML');
    const seen: unknown[] = [];
    for (let stop = 0; stop < 4; stop += 1) {
      await page.keyboard.press('Tab');
      seen.push(await focusedHtml());
    }
    expect(seen.map((html) => /name="\w+"( value="[\w-]+")?/.exec(String(html))?.[0])).toEqual([
      'name="username"',
      'name="password"',
      'name="action" value="sign-in"',
      'name="action" value="cancel"',
    ]);
    for (const _back of [1, 2, 3]) await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('alice');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wonderland');
    await page.keyboard.press('Enter');
    await page.waitForURL(answered);
  });

  it('may tap twice', async () => {
    const { path, answered, CLIENTS } = await startAlexa();
    const server = await startServer({ CLIENTS });
    const page = await openPhone();
    await page.goto(server.url + path);
    await page.getByLabel('Username or email').fill('alice');
    await page.getByLabel('Password').fill('wonderland');
    await page.getByRole('button', { name: 'Sign in and link' }).dblclick();
    await page.waitForURL(answered);
    expect(page.url()).toContain('&access_token=');
    expect(server.events('link.created').length).toBeGreaterThan(0);
  });

  it('may go back from Alexa, and from a wrong password, and sign in then', async () => {
    const { path, answered, CLIENTS } = await startAlexa();
    const server = await startServer({ CLIENTS });
    const page = await openPhone();
    await page.goto(server.url + path);
    await signIn(page, 'alice', 'wonderland');
    await page.waitForURL(answered);
    await page.goBack();
    await signIn(page, 'alice', 'wrong');
    await page.getByRole('alert').waitFor();
    await page.goBack();
    await signIn(page, 'alice', 'wonderland');
    await page.waitForURL(answered);
    expect(server.events('link.created')).toHaveLength(2);
  });

  it('gets there with neither script nor cookie', async () => {
    const { path, answered, CLIENTS } = await startAlexa();
    const page = await openPhone({ javaScriptEnabled: false });
    const cookies: unknown[] = [];
    page.on('request', async (request) => cookies.push((await request.allHeaders())['cookie']));
    page.on('response', async (response) => cookies.push((await response.allHeaders())['set-cookie']));
    await page.goto((await startServer({ CLIENTS })).url + path);
    await signIn(page, 'alice', 'wrong');
    await page.getByRole('alert').waitFor();
    await signIn(page, 'alice', 'wonderland');
    await page.waitForURL(answered);
    expect(cookies.length).toBeGreaterThanOrEqual(6);
    expect(cookies.filter((cookie) => cookie !== undefined)).toEqual([]);
  });

  it('is told by what to type, to keyboards and password managers', async () => {
    const page = await openPhone();
    await page.goto((await startServer()).url + authorizePath());
    const attributes = (id: string) =>
      page.evaluate(
        `Object.fromEntries([...document.getElementById('${id}').attributes].map((a) => [a.name, a.value]))`,
      );
    expect(await attributes('username')).toMatchObject({
      name: 'username',
      type: 'text',
      autocomplete: 'username',
      inputmode: 'email',
      autocapitalize: 'none',
      autocorrect: 'off',
      spellcheck: 'false',
      dir: 'auto',
    });
    expect(await attributes('password')).toMatchObject({
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
    });
  });

  it('is led to where to go on, and told why', async () => {
    const server = await startServer();
    const page = await openPhone();
    const described = () =>
      page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby'))?.textContent",
      );
    await page.goto(server.url + authorizePath());
    expect(await focused(page)()).toBe(null);
    await signIn(page, 'alice', 'wrong');
    await expect.poll(focused(page)).toBe('password');
    expect(await described()).toMatch(/^That username and password don’t match.*Reference: /);
    for (let time = 0; time < 10; time += 1) {
      const next = page.waitForEvent('load');
      await signIn(page, 'alice', 'wrong');
      await next;
    }
    await page.getByText('too many attempts').waitFor();
    await expect.poll(focused(page)).toBe('alert');
  });

  it.each(['usual', 'wide'] as const)(
    'sees what is wrong on the smallest of screens, with the keyboard up, in %s fonts',
    async (fonts) => {
      const server = await startServer();
      const fontBrowser = fonts === 'usual' ? browser : await launchBrowser(fonts);
      if (fontBrowser !== browser) onTestFinished(() => fontBrowser.close());
      for (const [language, height] of [
        ['de', 400],
        ['hi', 400],
        ['de', 300],
      ] as const) {
        const viewport = { width: 280, height };
        const context = await fontBrowser.newContext({ viewport, locale: language });
        const page = await context.newPage();
        await page.goto(server.url + authorizePath({ scope: 'profile lights' }));
        await page.locator('#username').fill('alice');
        await page.locator('#password').fill('wrong');
        await page.keyboard.press('Enter');
        await page.locator('#password:focus').waitFor();
        const alert = await page.locator('#alert').boundingBox();
        if (height === 400) expect(alert?.y, language).toBeGreaterThanOrEqual(0);
        const field = await page.locator('#password:focus').boundingBox();
        expect((field?.y ?? 0) + (field?.height ?? 999), language).toBeLessThanOrEqual(height);
        expect(field?.y, language).toBeGreaterThanOrEqual(0);
        await context.close();
      }
    },
  );

  it('sees no picture where the logo can’t be had, and nothing out of place', async () => {
    const CLIENTS = JSON.stringify([{ ...cloudLights, logo_uri: 'https://cdn.example.com/logo.png' }]);
    const server = await startServer({ CLIENTS });
    const places: unknown[] = [];
    for (const answer of ['picture', 'nothing'] as const) {
      const page = await (await browser.newContext()).newPage();
      await page.route('https://cdn.example.com/**', (route) =>
        answer === 'picture'
          ? route.fulfill({
              contentType: 'image/svg+xml',
              body: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
            })
          : route.abort(),
      );
      await page.goto(server.url + authorizePath());
      await page.waitForLoadState('load');
      places.push(await page.locator('h1').boundingBox());
      // Chromium frames a missing picture whose width is set.
      expect((await page.locator('.mark').screenshot()).equals(await blank(page))).toBe(true);
      await page.context().close();
    }
    expect(places[1]).toEqual(places[0]);
  });

  /** The same place with nothing in it. */
  async function blank(page: Page): Promise<Buffer> {
    await page.evaluate("document.querySelector('.mark img').remove()");
    return page.locator('.mark').screenshot();
  }
});

describe('a person’s own links', () => {
  it('are unlinked by who taps twice, who sees that they are', async () => {
    const server = await startServer();
    const token = await link(server);
    const page = await openPhone();
    await page.goto(`${server.url}/links`);
    await signIn(page, 'alice', 'wonderland', 'Sign in');
    await page.getByRole('button', { name: /^Unlink Cloud Lights/ }).dblclick();
    await page.getByText('No Alexa skill is linked to your account.').waitFor();
    expect(await page.getByRole('status').textContent()).toContain('Unlinked: Cloud Lights.');
    await expect.poll(focused(page, 'role')).toBe('status');
    expect(await isActive(server, token)).toBe(false);
  });

  it('are seen and unlinked without script and without cookies, down to the last', async () => {
    const server = await startServer();
    const tokens = [await link(server), await link(server, { client_id: 'other-skill' })];
    const page = await openPhone({ javaScriptEnabled: false });
    await page.goto(`${server.url}/links`);
    await signIn(page, 'alice', 'wrong', 'Sign in');
    await page.getByRole('alert').waitFor();
    await signIn(page, 'alice', 'wonderland', 'Sign in');
    await page.getByRole('button', { name: /^Unlink Other Skill, linked on/ }).click();
    expect(await page.getByRole('status').textContent()).toContain('Unlinked: Other Skill');
    await page.waitForLoadState();
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Cloud Lights']);
    await page.getByRole('button', { name: /^Unlink Cloud Lights/ }).click();
    await page.getByText('No Alexa skill is linked to your account.').waitFor();
    for (const token of tokens) expect(await isActive(server, token)).toBe(false);
    expect(await page.context().cookies()).toEqual([]);
  });
});
