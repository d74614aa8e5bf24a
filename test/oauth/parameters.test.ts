import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OAuthError } from '../../src/oauth/oauth-error.ts';
import { parseParameters, requiredParameter, singleParameter } from '../../src/oauth/parameters.ts';

const wellFormed = fc.string({ unit: 'binary' });

describe('parameters (RFC 6749 appendix B)', () => {
  it('gives back what a form encoder put in, whatever it is', () => {
    const pairs = fc.array(fc.tuple(wellFormed, wellFormed), { maxLength: 8 });
    fc.assert(
      fc.property(pairs, (given) => {
        const parsed = parseParameters(new URLSearchParams(given.filter(([name]) => name !== '')).toString());
        for (const [name] of given.filter(([name]) => name !== '')) {
          expect(parsed.getAll(name)).toEqual(
            given.filter(([other]) => other === name).map(([, value]) => value),
          );
        }
      }),
    );
  });

  it('reads a value that encodeURIComponent wrote, and one that a form wrote', () => {
    fc.assert(
      fc.property(wellFormed, (value) => {
        expect(parseParameters(`state=${encodeURIComponent(value)}`).getAll('state')).toEqual([value]);
        expect(parseParameters(new URLSearchParams({ state: value }).toString()).getAll('state')).toEqual([
          value,
        ]);
      }),
    );
  });

  it.each(['a=%', 'a=%4', 'a=%zz', 'a=%ff', 'a=%c3%28', '%=a', 'a=%ed%a0%80'])('refuses %s', (encoded) => {
    expect(() => parseParameters(encoded)).toThrow(OAuthError);
  });

  it('throws nothing but its own error, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (encoded) => {
        try {
          parseParameters(encoded);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
        }
      }),
    );
  });

  it('is not confused by the names of object members', () => {
    const parsed = parseParameters('__proto__=1&constructor=2&toString=3');
    expect(parsed.getAll('__proto__')).toEqual(['1']);
    expect(parsed.get('hasOwnProperty')).toBeNull();
  });

  it('treats a parameter without a value as left out (RFC 6749 3.1)', () => {
    expect(singleParameter(parseParameters('scope=&state'), 'scope')).toBeUndefined();
    expect(singleParameter(parseParameters('scope=&state'), 'state')).toBeUndefined();
  });

  it('refuses a repeated parameter, also with the same value (RFC 6749 3.1)', () => {
    expect(() => singleParameter(parseParameters('scope=a&scope=a'), 'scope')).toThrow(/more than once/);
  });

  it('says which parameter is missing', () => {
    expect(() => requiredParameter(parseParameters('a=b'), 'token')).toThrow(
      'The parameter token is missing.',
    );
  });
});
