import { describe, expect, it } from 'vitest';
import { randomReadable, randomText } from '../src/crypto.ts';

describe('random values', () => {
  it('are texts of as many bytes as asked for that never repeat', () => {
    const texts = Array.from({ length: 1000 }, () => randomText(20));
    expect(new Set(texts).size).toBe(1000);
    for (const text of texts) expect(Buffer.from(text, 'base64url')).toHaveLength(20);
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
