import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { colorRules, startExamining } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { furnished } from '../support/gallery.ts';
import { openPhone } from '../support/gallery-phone.ts';
import { authorizePath, startServer } from '../support/server.ts';

/** A hundred colours from all around, and among them those that are hardest to read. */
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
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const { page } = await openPhone(browser, 'en');
    const examine = await startExamining(page);
    const pages = new Set<string>();
    for (const { client_id, brand_color } of clients) {
      const answer = await request(url).get(authorizePath({ client_id, scope: 'lights' }));
      // Into the page that is open, where axe is already: loading it a hundred times takes longer than all else.
      const html = answer.text;
      await page.setContent(html);
      pages.add(/<style>(.*)<\/style>/s.exec(html)?.[1] ?? '');
      for (const { scheme, violations, passed } of await examine(colorRules, ['light', 'dark'])) {
        expect(violations, `${brand_color}, ${scheme}`).toEqual([]);
        // Axe looked at the button and the links, and was not left in doubt.
        expect(passed.join()).toMatch(/<button.*<a /s);
      }
    }
    expect(pages.size).toBe(100);
  });
});
