import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brandColorsOf, contrast } from '../../src/config/brand-color.ts';

const [light, dark] = ['#ffffff', '#1b1f26'];
const anyColor = fc
  .integer({ min: 0, max: 0xffffff })
  .map((number) => `#${number.toString(16).padStart(6, '0')}`);

describe('a brand’s colour', () => {
  it('can be read, and read on, whichever it is (WCAG 2.2, 1.4.3)', () => {
    fc.assert(
      fc.property(anyColor, (color) => {
        const { brand, onBrand, onLight, onDark } = brandColorsOf(color);
        expect(brand).toBe(color);
        expect(contrast(brand, onBrand)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(onLight, light)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(onDark, dark)).toBeGreaterThanOrEqual(4.5);
      }),
      { numRuns: 2000 },
    );
  });

  it('stays as it is where it can be read, and changes no more than it has to', () => {
    expect(brandColorsOf('#0a7')).toEqual({
      brand: '#00aa77',
      onBrand: '#000000',
      onLight: '#00865e',
      onDark: '#00aa77',
    });
    expect(brandColorsOf('#002266')).toMatchObject({ onBrand: '#ffffff', onLight: '#002266' });
    expect(brandColorsOf('#ffee00')).toMatchObject({ onBrand: '#000000', onDark: '#ffee00' });
  });

  it('is reckoned against the paper that pages have', () => {
    const css = readFileSync(join(import.meta.dirname, '../../views/styles.css'), 'utf8');
    expect([...css.matchAll(/--paper: (#\w+)/g)].map(([, paper]) => paper)).toEqual([light, dark]);
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
