import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2, A and AA, and what axe calls best practices. */
export const allRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules among these whose findings depend on colours. */
export const colorRules = ['color-contrast', 'link-in-text-block'];

const schemes = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  /** Where the user has chosen the colours. */
  forced: { colorScheme: 'light', forcedColors: 'active' },
} as const;

type Scheme = keyof typeof schemes;

export interface Finding {
  readonly scheme: Scheme;
  readonly violations: readonly unknown[];
  /** The elements that passed. */
  readonly passed: readonly string[];
}

type Examine = (rules: readonly string[], inSchemes: readonly Scheme[]) => Promise<Finding[]>;

/** Loads axe into the open page. Returns a function that checks the page in each of the colour schemes. */
export async function startExamining(page: Page): Promise<Examine> {
  await page.evaluate(source);
  return async (rules, inSchemes) => {
    const findings: Finding[] = [];
    for (const scheme of inSchemes) {
      await page.emulateMedia(schemes[scheme]);
      const { violations, passes } = await page.evaluate<AxeResults>(
        `axe.run(document, { runOnly: ${JSON.stringify(rules)} })`,
      );
      findings.push({
        scheme,
        violations: violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
        ),
        passed: passes.flatMap(({ nodes }) => nodes.map(({ html }) => html)),
      });
    }
    await page.emulateMedia(schemes.light);
    return findings;
  };
}
