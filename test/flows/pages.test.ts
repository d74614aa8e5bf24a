import { HtmlValidate } from 'html-validate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Language, languages } from '../../src/alexa/languages.ts';
import { launchBrowser } from '../support/browser.ts';
import { exhibits, furnished } from '../support/gallery.ts';
import { isShownIn, openPhone, startGallery } from '../support/gallery-phone.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** What was seen of a page. */
interface Seen {
  readonly name: string;
  /** As it was sent. */
  readonly html: string;
  /** How wide it has to be, where there is so much room. */
  readonly widths: readonly { readonly room: string; readonly width: number; readonly needed: number }[];
  readonly targets: readonly { readonly target: string; readonly height: number }[];
}

interface Visit {
  readonly seen: readonly Seen[];
  readonly asked: readonly string[];
  readonly cookies: readonly unknown[];
}

/** Where pages have to fit: the smallest phones, 1280 by 1024 at 400 %, and text of twice the size. */
const rooms = [
  { room: 'a small phone', width: 280, height: 653, text: 16 },
  { room: '400 % zoom', width: 320, height: 256, text: 16 },
  { room: 'large text', width: 320, height: 568, text: 32 },
];

async function visit(language: Language): Promise<Visit> {
  const servers = await startGallery();
  const { page, html } = await openPhone(browser, language);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const seen: Seen[] = [];
  for (const { name, open } of exhibits(servers).filter(isShownIn(language))) {
    await open(page);
    seen.push({ name, html: await html(), targets: await targetsOf(page), widths: await widthsOf(page) });
  }
  return { seen, asked, cookies: await page.context().cookies() };
}

/** All that can be tapped, with its height. */
async function targetsOf(page: Page): Promise<Seen['targets']> {
  return page.evaluate(`[...document.querySelectorAll('a, button, select, input:not([type=hidden])')]
    .map((target) => ({ target: target.outerHTML, height: target.getBoundingClientRect().height }))`);
}

async function widthsOf(page: Page): Promise<Seen['widths']> {
  const devtools = await page.context().newCDPSession(page);
  const setText = (text: number) =>
    devtools.send('Page.setFontSizes', { fontSizes: { standard: text, fixed: text } });
  const widths: Seen['widths'][number][] = [];
  for (const { room, width, height, text } of rooms) {
    await setText(text);
    await page.setViewportSize({ width, height });
    const [needed, size] = await page.evaluate<[number, string]>(
      '[document.documentElement.scrollWidth, getComputedStyle(document.documentElement).fontSize]',
    );
    expect(size).toBe(`${text}px`);
    widths.push({ room, width, needed });
  }
  await setText(16);
  await page.setViewportSize({ width: 390, height: 844 });
  await devtools.detach();
  return widths;
}

const validator = new HtmlValidate({ extends: ['html-validate:recommended', 'html-validate:document'] });

describe.each(languages)('every page in every state, in %s,', (language) => {
  let visiting: Promise<Visit> | undefined;
  /** One visit is enough for all that is asked of it. */
  const visited = () => {
    visiting ??= visit(language);
    return visiting;
  };

  it('is valid HTML that names its language', async () => {
    const { seen } = await visited();
    expect(seen.length).toBeGreaterThanOrEqual(20);
    for (const { name, html } of seen) {
      const { results } = await validator.validateString(html);
      expect(
        results.flatMap(({ messages }) => messages),
        name,
      ).toEqual([]);
      expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
    }
  }, 180_000);

  it('fits small phones, large text and 400 % zoom without scrolling sideways', async () => {
    for (const { name, widths } of (await visited()).seen) {
      expect(widths).toHaveLength(rooms.length);
      for (const { room, width, needed } of widths)
        expect(needed, `${name}: ${room}`).toBeLessThanOrEqual(width);
    }
  }, 180_000);

  it('has nothing to tap that is lower than 44 px', async () => {
    for (const { name, targets } of (await visited()).seen)
      for (const { target, height } of targets)
        expect(height, `${name}: ${target}`).toBeGreaterThanOrEqual(44);
  }, 180_000);

  it('is one request of at most 10 KB with its styles', async () => {
    const { seen, asked, cookies } = await visited();
    for (const { name, html } of seen.filter(({ name }) => name.startsWith('sign-in'))) {
      expect(Buffer.byteLength(html), name).toBeLessThanOrEqual(10_240);
      expect(html).not.toMatch(/<script|<link|@import|url\(/);
    }
    const ours =
      /^http:\/\/127\.0\.0\.1:\d+\/(authorize\?|links$|simulator|token$)|^http:\/\/problems\.test\//;
    expect(asked.filter((url) => !ours.test(url) && url !== furnished.logo_uri)).toEqual([]);
    expect(cookies).toEqual([]);
  }, 180_000);
});
