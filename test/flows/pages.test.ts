import { HtmlValidate } from 'html-validate';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/alexa/languages.ts';
import { launchBrowser } from '../support/browser.ts';
import { exhibits, furnished } from '../support/gallery.ts';
import { isShownIn, openPhone, startGallery } from '../support/gallery-phone.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const validator = new HtmlValidate({ extends: ['html-validate:recommended', 'html-validate:document'] });

describe('every page in every state', () => {
  it.each(languages)(
    'is valid HTML that names its language, in %s',
    async (language) => {
      const servers = await startGallery();
      const { page, html } = await openPhone(browser, language);
      for (const { name, open } of exhibits(servers).filter(isShownIn(language))) {
        await open(page);
        const sent = await html();
        const report = await validator.validateString(sent);
        expect(
          report.results.flatMap(({ messages }) => messages),
          name,
        ).toEqual([]);
        expect(sent).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
      }
    },
    180_000,
  );

  it.each(languages)(
    'fits small phones, large text and 400 % zoom without scrolling sideways, in %s',
    async (language) => {
      const servers = await startGallery();
      const { page } = await openPhone(browser, language);
      const devtools = await page.context().newCDPSession(page);
      for (const { name, open } of exhibits(servers).filter(isShownIn(language))) {
        await open(page);
        // 1280 by 1024 at 400 % is 320 by 256.
        for (const [width, height, text] of [
          [280, 653, 16],
          [320, 256, 16],
          [320, 568, 32],
        ] as const) {
          await devtools.send('Page.setFontSizes', { fontSizes: { standard: text, fixed: text } });
          await page.setViewportSize({ width, height });
          expect(await page.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe(
            `${text}px`,
          );
          const needed = await page.evaluate('document.documentElement.scrollWidth');
          expect(needed, `${name} at ${width} with text of ${text}`).toBeLessThanOrEqual(width);
        }
        await devtools.send('Page.setFontSizes', { fontSizes: { standard: 16, fixed: 13 } });
        await page.setViewportSize({ width: 390, height: 844 });
        const targets = page.locator('a, button, select, input:not([type=hidden])');
        for (const target of await targets.all())
          expect(
            (await target.boundingBox())?.height,
            `${name}: ${await target.innerText()}`,
          ).toBeGreaterThanOrEqual(44);
      }
    },
    180_000,
  );

  it.each(languages)('is one request of at most 10 KB with its styles, in %s', async (language) => {
    const servers = await startGallery();
    const { page, html } = await openPhone(browser, language);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const { name, open } of exhibits(servers).filter(isShownIn(language))) {
      if (!name.startsWith('sign-in')) continue;
      await open(page);
      const sent = await html();
      expect(Buffer.byteLength(sent), name).toBeLessThanOrEqual(10_240);
      expect(sent).not.toMatch(/<script|<link|@import|url\(/);
    }
    expect(asked.filter((url) => !url.includes('/authorize?') && url !== furnished.logo_uri)).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
  });
});
