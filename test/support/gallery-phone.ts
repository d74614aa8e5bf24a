import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Response } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Language } from '../../src/alexa/languages.ts';
import { type Exhibit, furnish, furnished, type GalleryServers } from './gallery.ts';
import { startServer } from './server.ts';

/** The servers that the exhibits are at. */
export async function startGallery(): Promise<GalleryServers> {
  const bare = await startServer({ USERS: await startSilentUsers() });
  const { url } = await startServer({ CLIENTS: JSON.stringify([furnished]) });
  return { url, bareUrl: bare.url };
}

/** Users that can be reached when the server starts, and not any more when somebody comes. */
async function startSilentUsers(): Promise<string> {
  let asked = 0;
  const users = createServer((_request, response) => {
    asked += 1;
    response.writeHead(asked === 1 ? 404 : 503).end();
  });
  users.listen(0, '127.0.0.1');
  await once(users, 'listening');
  onTestFinished(() => void users.close());
  return `http://127.0.0.1:${(users.address() as AddressInfo).port}/check`;
}

/** A phone, and the text of the page that it shows, as it was sent. */
export async function openPhone(browser: Browser, language: Language, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: language,
    ...options,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await furnish(page, language);
  let last: Response | undefined;
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.status() !== 303) last = response;
  });
  return { page, html: async () => (await last?.text()) ?? '' };
}

/** Whether an exhibit is there in a language. */
export function isShownIn(language: Language) {
  return ({ languages: spoken }: Exhibit) => spoken.includes(language);
}
