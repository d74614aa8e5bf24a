import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Language, languages } from '../../src/alexa/languages.ts';
import { launchBrowser } from '../support/browser.ts';
import { exhibits, furnished } from '../support/gallery.ts';
import { isShownIn, openPhone, startGallery } from '../support/gallery-phone.ts';
import { authorizePath, startServer } from '../support/server.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** WCAG 2.2, A and AA, and what axe calls best practices. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page that is open, in both colour schemes, by these tags or rules. */
async function examine(page: Page, runOnly: readonly string[]) {
  await page.evaluate(axe.source);
  const found: { readonly violations: unknown[]; readonly passed: string[] }[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await page.evaluate<axe.AxeResults>(
      `axe.run(document, { runOnly: ${JSON.stringify(runOnly)} })`,
    );
    found.push({
      violations: violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => ({ colorScheme, id, html, failureSummary })),
      ),
      passed: passes.flatMap(({ nodes }) => nodes.map(({ html }) => html)),
    });
  }
  return found;
}

describe('every page in every state', () => {
  async function examineAll(language: Language, options?: BrowserContextOptions) {
    const servers = await startGallery();
    const { page } = await openPhone(browser, language, options);
    for (const { name, open } of exhibits(servers).filter(isShownIn(language))) {
      await open(page);
      for (const { violations, passed } of await examine(page, tags)) {
        expect(violations, name).toEqual([]);
        expect(passed.length, name).toBeGreaterThan(10);
      }
    }
  }

  it.each(languages)(
    'has nothing that axe finds, in %s, on light pages and dark ones',
    (language) => examineAll(language),
    180_000,
  );

  it(
    'has nothing that axe finds where the person has chosen the colours',
    () => examineAll('en', { forcedColors: 'active' }),
    180_000,
  );
});

/** A hundred colours from all around, and those that are hardest to read. */
const colors = [
  ...['#000', '#fff', '#777777', '#767676', '#ffff00', '#00ffff', '#ff00ff', '#1b1f26'],
  ...Array.from(
    { length: 92 },
    (_, index) => `#${(((index + 1) * 179_425) % 0x1000000).toString(16).padStart(6, '0')}`,
  ),
];

describe('a brand’s colour', () => {
  it('leaves everything readable, whichever of a hundred it is, on light pages and dark ones', async () => {
    const clients = colors.map((brand_color, index) => ({
      ...furnished,
      client_id: `skill-${index}`,
      brand_color,
    }));
    const { url } = await startServer({ CLIENTS: JSON.stringify(clients) });
    const { page } = await openPhone(browser, 'en');
    expect(new Set(colors).size).toBe(100);
    for (const { client_id, brand_color } of clients) {
      await page.goto(url + authorizePath({ client_id, scope: 'lights' }));
      for (const { violations, passed } of await examine(page, ['color-contrast'])) {
        expect(violations, brand_color).toEqual([]);
        // Axe looked at the button and the links, and was not left in doubt.
        expect(passed.join()).toMatch(/<button.*<a /s);
      }
    }
  }, 180_000);
});
