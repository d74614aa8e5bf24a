import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brandColorsOf, contrast } from '../../src/config/brand-color.ts';

const papers = { light: '#ffffff', dark: '#1b1f26' };
const anyColor = fc
  .integer({ min: 0, max: 0xffffff })
  .map((number) => `#${number.toString(16).padStart(6, '0')}`);

describe('a brand’s colour', () => {
  it('can be read, and read on, whichever it is (WCAG 2.2, 1.4.3)', () => {
    fc.assert(
      fc.property(anyColor, (color) => {
        for (const [page, paper] of Object.entries(papers)) {
          const { fill, onFill, ink } = brandColorsOf(color)[page as keyof typeof papers];
          expect(contrast(fill, onFill)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(ink, paper)).toBeGreaterThanOrEqual(4.5);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('stays as it is where it can be read, and changes no more than it has to', () => {
    expect(brandColorsOf('#0a7')).toEqual({
      light: { fill: '#00aa77', onFill: '#000000', ink: '#00865e' },
      dark: { fill: '#00aa77', onFill: '#000000', ink: '#00aa77' },
    });
    expect(brandColorsOf('#002266').light).toEqual({ fill: '#002266', onFill: '#ffffff', ink: '#002266' });
    expect(brandColorsOf('#ffee00')).toMatchObject({
      light: { fill: '#ffee00', onFill: '#000000' },
      dark: { fill: '#ffee00', ink: '#ffee00' },
    });
  });

  it.each([
    ['#ffffff', 'light'],
    ['#f8f8f8', 'light'],
    ['#1b1f26', 'dark'],
    ['#000000', 'dark'],
  ] as const)('is another on a button where it would be like the page: %s, %s', (color, page) => {
    const { fill, onFill } = brandColorsOf(color)[page];
    expect(contrast(fill, papers[page])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(fill, onFill)).toBeGreaterThanOrEqual(4.5);
    expect(brandColorsOf(color)[page === 'light' ? 'dark' : 'light'].fill).toBe(color);
  });

  it('is reckoned against the paper that pages have', () => {
    const css = readFileSync(join(import.meta.dirname, '../../views/styles.css'), 'utf8');
    expect([...css.matchAll(/--paper: (#\w+)/g)].map(([, paper]) => paper)).toEqual([
      papers.light,
      papers.dark,
    ]);
  });
});

describe('the contrast of two colours', () => {
  // As WCAG's own examples and calculators have it.
  it.each([
    ['#000', '#fff', 21],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#ff0000', '#ffffff', 4],
    ['#0000ff', '#ffffff', 8.59],
    ['#abc', '#aabbcc', 1],
  ])('is that of WCAG 2.2 for %s on %s', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2);
    expect(contrast(other, one)).toBeCloseTo(ratio, 2);
  });
});
