import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { type Language, languages } from '../../src/alexa/languages.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { ProblemName } from '../../src/pages/pages.ts';
import { createPages } from '../../src/pages/pages.ts';
import { openViews } from '../../src/pages/views.ts';
import en from '../../views/locales/en.json' with { type: 'json' };
import { authorizeCodePath, authorizePath, clientSecret, cloudLights } from './server.ts';

/** A skill with everything that a page can show. */
export const furnished = {
  ...cloudLights,
  response_types: ['token', 'code'],
  scope_descriptions: { profile: 'Your name and email address', lights: 'Your lights, to switch them' },
  'client_name#ar': 'أضواء السحاب',
  'scope_descriptions#ar': { profile: 'اسمك وعنوان بريدك الإلكتروني', lights: 'أضواؤك لتشغيلها وإطفائها' },
  password_reset_uri: 'https://example.com/reset',
  sign_up_uri: 'https://example.com/join',
  policy_uri: 'https://example.com/privacy',
  tos_uri: 'https://example.com/terms',
  logo_uri: 'https://cdn.example.com/logo.svg',
  brand_color: '#0a7',
};

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 56 56"><rect width="56" height="56" rx="14" fill="#0a7"/>
<circle cx="28" cy="25" r="12" fill="#fff"/><rect x="22" y="39" width="12" height="5" rx="2.5" fill="#fff"/></svg>`;

export interface GalleryServers {
  /** With `furnished` as its only skill, and alice. */
  readonly url: string;
  /** With skills that have a name and no more, and users that can't be reached. */
  readonly bareUrl: string;
}

/** Users that can be reached when the server starts, and not any more when somebody comes. */
export async function openSilentUsers(): Promise<{ readonly url: string; readonly close: () => void }> {
  let asked = 0;
  const users = createServer((_request, response) => {
    asked += 1;
    response.writeHead(asked === 1 ? 404 : 503).end();
  });
  users.listen(0, '127.0.0.1');
  await once(users, 'listening');
  const { port } = users.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/check`, close: () => void users.close() };
}

/** One page in one state, as a person gets there. */
export interface Exhibit {
  readonly name: string;
  readonly languages: readonly Language[];
  open(page: Page): Promise<void>;
}

/** Shows the logo, which is on no server, and the problems that nobody can provoke. */
export async function furnish(page: Page, language: Language): Promise<void> {
  await page.route('https://cdn.example.com/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: logo }),
  );
  const parsed = parseConfig({ CLIENTS: JSON.stringify([furnished]) });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const pages = createPages(openViews(), [...(parsed.config.clients?.values() ?? [])]);
  await page.route('http://problems.test/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) as ProblemName;
    const { html, contentSecurityPolicy } = pages(language).problem(name, 'K7QM-2R9X');
    const headers = { 'Content-Security-Policy': contentSecurityPolicy };
    return route.fulfill({ contentType: 'text/html; charset=utf-8', headers, body: html });
  });
}

/** Every page that there is, in every state. */
export function exhibits({ url, bareUrl }: GalleryServers): readonly Exhibit[] {
  const scoped = url + authorizePath({ scope: 'profile lights' });
  const enter = async (page: Page, username: string, password: string) => {
    await page.locator('#username').fill(username);
    await page.locator('#password').fill(password);
    await page.locator('button').first().click();
  };
  const seeLinks = async (page: Page, username = 'alice', password = 'wonderland') => {
    await page.goto(`${url}/links`);
    await enter(page, username, password);
    // Waits for the next page: during navigation neither is there.
    await page.locator('main:not(:has(#username))').waitFor();
    await page.waitForLoadState();
  };
  const post = (address: string, fields: Readonly<Record<string, string>>) => {
    const headers = { 'Sec-Fetch-Site': 'same-origin' };
    return fetch(address, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
  };
  /** Two links, and no more from before. */
  const linkTwice = async () => {
    const alice = { username: 'alice', password: 'wonderland' };
    const page = await (await post(`${url}/links`, alice)).text();
    const [, ticket] = /name="ticket" value="([^"]+)"/.exec(page) ?? [];
    if (ticket !== undefined)
      await post(`${url}/links`, { ticket, link: `all-${Math.floor(Date.now() / 1000)}` });
    for (const _time of [1, 2]) await post(scoped, alice);
  };
  const startSimulator = async (page: Page, grant: string) => {
    await page.goto(`${url}/simulator`);
    await page.getByLabel('Authorization grant type').selectOption(grant);
    await page.locator('button').click();
    await enter(page, 'alice', 'wonderland');
  };

  const forPeople: Record<string, Exhibit['open']> = {
    'sign-in': async (page) => void (await page.goto(scoped)),
    'sign-in-bare': async (page) => void (await page.goto(bareUrl + authorizePath())),
    'sign-in-refused': async (page) => {
      await page.goto(scoped);
      await enter(page, 'alice', 'wrong');
      await page.locator('#alert').waitFor();
    },
    'sign-in-limited': async (page) => {
      const zoé = { username: 'zoé', password: 'wrong' };
      while ((await post(scoped, zoé)).status !== 429);
      await page.goto(scoped);
      await enter(page, zoé.username, zoé.password);
      await page.locator('#alert[autofocus]').waitFor();
    },
    'sign-in-unavailable': async (page) => {
      await page.goto(bareUrl + authorizePath());
      await enter(page, 'alice', 'wonderland');
      await page.locator('#alert').waitFor();
    },
    'links-sign-in': async (page) => void (await page.goto(`${url}/links`)),
    links: async (page) => {
      await linkTwice();
      await seeLinks(page);
    },
    'links-unlinked': async (page) => {
      await linkTwice();
      await seeLinks(page);
      await page.locator('button').first().click();
      await page.locator('.done').waitFor();
    },
    'links-none': async (page) => {
      await linkTwice();
      await seeLinks(page);
      await page.locator('button[value^=all]').click();
      await page.locator('.done').waitFor();
      await seeLinks(page);
    },
    'links-ended': async (page) => {
      await linkTwice();
      await seeLinks(page);
      await page.evaluate("document.querySelector('input[name=ticket]').value = 'another'");
      await page.locator('button').first().click();
      await page.locator('#alert').waitFor();
    },
  };
  for (const name of Object.keys(en.problems))
    forPeople[`problem-${name}`] = async (page) => void (await page.goto(`http://problems.test/${name}`));

  const forDevelopers: Readonly<Record<string, Exhibit['open']>> = {
    simulator: async (page) => void (await page.goto(`${url}/simulator`)),
    'simulator-linked': async (page) => {
      await startSimulator(page, 'token');
      await page.getByRole('heading', { name: /^Linked/ }).waitFor();
    },
    'simulator-cancelled': async (page) => {
      await page.goto(`${url}/simulator`);
      await page.locator('button').click();
      await page.locator('button[value=cancel]').click();
      await page.getByRole('heading', { name: /^Not linked/ }).waitFor();
    },
    'simulator-wrong': async (page) => {
      await page.goto(`${url}/simulator/na/spa/skill/account-linking-status.html?vendorId=M2SIMULATOR000`);
      await page.getByRole('heading', { name: /^Not linked/ }).waitFor();
    },
    'simulator-code': async (page) => {
      await startSimulator(page, 'code');
      await page.getByLabel('Client secret').waitFor();
    },
    'simulator-code-linked': async (page) => {
      await startSimulator(page, 'code');
      await page.getByLabel('Client secret').fill(clientSecret);
      await page.locator('button').click();
      await page.getByRole('heading', { name: /^Linked/ }).waitFor();
    },
    'simulator-code-wrong': async (page) => {
      await page.goto(url + authorizeCodePath({ client_id: 'cloud-lights' }));
      await page.goto(`${url}/simulator/na/api/skill/link/M2SIMULATOR000?state=x&code=y`);
      await page.getByRole('heading', { name: /^Not linked|^Alexa has/ }).waitFor();
    },
  };

  const all = (open: typeof forPeople, spoken: readonly Language[]) =>
    Object.entries(open).map(([name, open]) => ({ name, open, languages: spoken }));
  return [...all(forPeople, languages), ...all(forDevelopers, ['en'])];
}
