import type { Browser, BrowserContextOptions, Response } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Language } from '../../src/alexa/languages.ts';
import { type Exhibit, furnish, furnished, type GalleryServers, openSilentUsers } from './gallery.ts';
import { startServer } from './server.ts';

/** The servers that the exhibits are at. */
export async function startGallery(): Promise<GalleryServers> {
  const users = await openSilentUsers();
  onTestFinished(users.close);
  const bare = await startServer({ USERS: users.url });
  const { url } = await startServer({ CLIENTS: JSON.stringify([furnished]) });
  return { url, bareUrl: bare.url };
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
