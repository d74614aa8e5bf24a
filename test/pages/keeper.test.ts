import { describe, expect, it } from 'vitest';
import { createKeeper } from '../../src/pages/keeper.ts';

describe('a keeper', () => {
  it('makes a value once, for each key its own', () => {
    const keep = createKeeper<string>(9);
    let made = 0;
    const get = (key: string) =>
      keep(key, () => {
        made += 1;
        return `of ${key}`;
      });
    expect([get('a'), get('b'), get('a'), get('__proto__')]).toEqual([
      'of a',
      'of b',
      'of a',
      'of __proto__',
    ]);
    expect(made).toBe(3);
  });

  it('never keeps more than it may', () => {
    const keep = createKeeper<object>(3);
    const get = (key: number) => keep(String(key), () => ({}));
    const first = get(0);
    for (let key = 1; key < 3; key += 1) get(key);
    expect(get(0)).toBe(first);
    get(3);
    expect(get(0)).not.toBe(first);
  });
});
