import { describe, expect, it } from 'vitest';
import { randomReadable, randomToken } from '../../src/crypto/random.ts';

describe('random values', () => {
  it('are tokens of 256 bits that never repeat (RFC 6749 10.10)', () => {
    const tokens = Array.from({ length: 1000 }, randomToken);
    expect(new Set(tokens).size).toBe(1000);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it('are readable characters, evenly spread and never the same twice', () => {
    const drawn = Array.from({ length: 4000 }, () => randomReadable(8));
    expect(new Set(drawn).size).toBe(4000);
    const counts = new Map<string, number>();
    for (const character of drawn.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect([...counts.keys()].sort().join('')).toBe('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
    // 1,000 of each are expected; 200 is over six standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });
});
