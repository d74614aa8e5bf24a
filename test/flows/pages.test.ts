import { HtmlValidate } from 'html-validate';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { type Language, languages } from '../../src/alexa/languages.ts';
import { allRules, colorRules, type Finding, startExamining } from '../support/axe.ts';
import { type Fonts, launchBrowser } from '../support/browser.ts';
import { exhibits, furnished } from '../support/gallery.ts';
import { isShownIn, openPhone, startGallery } from '../support/gallery-phone.ts';

/** One language for each script. What axe finds hardly depends on words: pages have the same structure in all languages. */
const examined: readonly Language[] = ['en', 'ar', 'hi', 'ja'];

/** What was seen of a page. */
interface Seen {
  readonly name: string;
  /** As it was sent. */
  readonly html: string;
  /** How wide it has to be, where there is so much room. */
  readonly widths: readonly { readonly room: string; readonly width: number; readonly needed: number }[];
  readonly targets: readonly { readonly target: string; readonly height: number }[];
  /** Each element with the names of its attributes, in document order. */
  readonly structure: readonly string[];
  /** What axe says of it, where it was asked. */
  readonly findings: readonly Finding[];
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

const browsers = new Map<Fonts, ReturnType<typeof launchBrowser>>();
afterAll(async () => {
  for (const browser of browsers.values()) await (await browser).close();
});

const visits = new Map<string, Promise<Visit>>();
/** One visit to all pages is enough for all that is asked of them. */
function visited(language: Language, fonts: Fonts = 'usual'): Promise<Visit> {
  const key = `${language} ${fonts}`;
  const visiting = visits.get(key) ?? visit(language, fonts);
  visits.set(key, visiting);
  visiting.catch(() => visits.delete(key));
  return visiting;
}

async function visit(language: Language, fonts: Fonts): Promise<Visit> {
  const launching = browsers.get(fonts) ?? launchBrowser(fonts);
  browsers.set(fonts, launching);
  const servers = await startGallery();
  const { page, html } = await openPhone(await launching, language);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const seen: Seen[] = [];
  for (const { name, open } of exhibits(servers).filter(isShownIn(language))) {
    await open(page);
    await page.waitForLoadState();
    seen.push({
      name,
      html: await html(),
      targets: await targetsOf(page),
      structure: await structureOf(page),
      findings: examined.includes(language) && fonts === 'usual' ? await findingsOf(page) : [],
      widths: await widthsOf(page),
    });
  }
  const cookies = await page.context().cookies();
  await page.context().close();
  return { seen, asked, cookies };
}

async function findingsOf(page: Page): Promise<Finding[]> {
  const examine = await startExamining(page);
  return [...(await examine(allRules, ['light'])), ...(await examine(colorRules, ['dark', 'forced']))];
}

/** All that can be tapped, with its height. */
async function targetsOf(page: Page): Promise<Seen['targets']> {
  return page.evaluate(`[...document.querySelectorAll('a, button, select, input:not([type=hidden])')]
    .map((target) => ({ target: target.outerHTML, height: target.getBoundingClientRect().height }))`);
}

async function structureOf(page: Page): Promise<Seen['structure']> {
  return page.evaluate(`[...document.querySelectorAll('*')]
    .map((element) => [element.localName, ...element.getAttributeNames()].join(' '))`);
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
  it('is valid HTML that names its language', async () => {
    const { seen } = await visited(language);
    expect(seen.length).toBeGreaterThanOrEqual(20);
    for (const { name, html } of seen) {
      const { results } = await validator.validateString(html);
      expect(
        results.flatMap(({ messages }) => messages),
        name,
      ).toEqual([]);
      expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
    }
  });

  it('is one request of at most 10 KB with its styles', async () => {
    const { seen, asked, cookies } = await visited(language);
    for (const { name, html } of seen.filter(({ name }) => name.startsWith('sign-in'))) {
      expect(Buffer.byteLength(html), name).toBeLessThanOrEqual(10_240);
      expect(html).not.toMatch(/<script|<link|@import|url\(/);
    }
    const ours =
      /^http:\/\/127\.0\.0\.1:\d+\/(authorize\?|links$|simulator|token$)|^http:\/\/problems\.test\//;
    expect(asked.filter((url) => !ours.test(url) && url !== furnished.logo_uri)).toEqual([]);
    expect(cookies).toEqual([]);
  });
});

describe.each(languages.filter((language) => language !== 'en'))(
  'every page in every state, in %s,',
  (language) => {
    it('has the same structure as in English', async () => {
      const { seen } = await visited(language);
      const english = await visited('en');
      for (const { name, structure } of seen) {
        expect(structure.length, name).toBeGreaterThan(10);
        expect(structure, name).toEqual(english.seen.find((page) => page.name === name)?.structure);
      }
    });
  },
);

describe.each([
  ...languages.map((language) => ({ language, fonts: 'usual' }) as const),
  // The longest words, in a font that is wider than those of phones.
  { language: 'de', fonts: 'wide' } as const,
])('every page in every state, in $language with $fonts fonts,', (how) => {
  it('fits small phones, large text and 400 % zoom without scrolling sideways', async () => {
    for (const { name, widths } of (await visited(how.language, how.fonts)).seen) {
      expect(widths).toHaveLength(rooms.length);
      for (const { room, width, needed } of widths)
        expect(needed, `${name}: ${room}`).toBeLessThanOrEqual(width);
    }
  });

  it('has nothing to tap that is lower than 44 px', async () => {
    for (const { name, targets } of (await visited(how.language, how.fonts)).seen)
      for (const { target, height } of targets)
        expect(height, `${name}: ${target}`).toBeGreaterThanOrEqual(44);
  });
});

describe.each(examined)('every page in every state, in %s,', (language) => {
  it('has nothing that axe finds, on light pages and dark ones, and where the user has chosen the colours', async () => {
    for (const { name, findings } of (await visited(language)).seen) {
      expect(findings.map(({ scheme }) => scheme)).toEqual(['light', 'dark', 'forced']);
      for (const { scheme, violations, passed } of findings) {
        expect(violations, `${name}, ${scheme}`).toEqual([]);
        expect(passed.length, `${name}, ${scheme}`).toBeGreaterThan(scheme === 'light' ? 10 : 0);
      }
    }
  });
});
