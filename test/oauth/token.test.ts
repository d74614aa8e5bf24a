import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { randomText } from '../../src/crypto/random.ts';
import {
  createLocator,
  createOpaqueToken,
  createRefreshToken,
  digestsOfRefreshToken,
  keyOfAccessToken,
  keyOfRefreshToken,
  linkIdOf,
  successorOf,
} from '../../src/oauth/token.ts';

describe('opaque tokens', () => {
  it('are 256 random bits that never repeat, 160 of them each one’s own (RFC 6749 10.10)', () => {
    const locator = createLocator(randomText);
    const ofOneLink = Array.from({ length: 1000 }, () => createOpaqueToken(randomText, locator));
    const ofMany = Array.from({ length: 1000 }, () =>
      createOpaqueToken(randomText, createLocator(randomText)),
    );
    expect(new Set(ofOneLink.map((token) => token.slice(locator.length))).size).toBe(1000);
    expect(new Set(ofMany.map((token) => token.slice(0, locator.length))).size).toBe(1000);
    for (const token of [...ofOneLink, ...ofMany]) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(token.slice(locator.length), 'base64url')).toHaveLength(20);
    }
  });

  it('lead to their link, whose id says nothing of them', () => {
    const locator = createLocator(randomText);
    const token = createOpaqueToken(randomText, locator);
    const id = linkIdOf(locator);
    expect(keyOfAccessToken(token)).toEqual({ linkId: id, digest: sha256(token) });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(id).not.toContain(locator);
  });
});

describe('refresh tokens', () => {
  it('have 64 characters, of which all of a link have 36 in common, and can be told from other tokens', () => {
    const locator = createLocator(randomText);
    const token = createRefreshToken(randomText, locator);
    expect(token).toMatch(/^[\w-]{64}$/);
    const { familyDigest, digest } = digestsOfRefreshToken(token);
    expect([familyDigest, digest]).toEqual([sha256(token.slice(0, 36)), sha256(token)]);
    expect(keyOfRefreshToken(token)).toEqual({ linkId: linkIdOf(locator), familyDigest });
    expect(keyOfRefreshToken(createOpaqueToken(randomText, locator))).toBeUndefined();
  });

  it('lead to their successor by all of the token and the salt', () => {
    const [token, salt] = [createRefreshToken(randomText, createLocator(randomText)), randomText(32)];
    const sibling = token.slice(0, 36) + randomText(21);
    expect(successorOf(token, salt)).toBe(successorOf(token, salt));
    expect(successorOf(token, salt)).toMatch(/^[\w-]{64}$/);
    expect(successorOf(token, salt).slice(0, 36)).toBe(token.slice(0, 36));
    const all = [token, sibling].flatMap((each) => [salt, randomText(32)].map((by) => successorOf(each, by)));
    expect(new Set(all).size).toBe(4);
  });
});

describe('the key of what somebody presents', () => {
  it('is made of anything, without failing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String()).map((parts) => parts.join('.')),
        ),
        (token) => {
          const { linkId, digest } = keyOfAccessToken(token);
          expect(typeof linkId).toBe('string');
          expect(digest).toBe(sha256(token));
        },
      ),
    );
  });

  it('takes no jti that is not one of ours, however long', () => {
    for (const jti of ['a', 'a'.repeat(33), 'a'.repeat(5000), `${'a'.repeat(31)}#`]) {
      const token = `a.${Buffer.from(JSON.stringify({ jti })).toString('base64url')}.c`;
      expect(keyOfAccessToken(token).linkId).toBe(linkIdOf(token.slice(0, 16)));
    }
  });

  it.each(['null', '7', '"x"', '[]', '{}', '{"jti":7}', '{"jti":{"a":1}}', '{'])(
    'takes a payload of %s for no JWT',
    (payload) => {
      const token = `a.${Buffer.from(payload).toString('base64url')}.c`;
      expect(keyOfAccessToken(token).linkId).toBe(linkIdOf(token.slice(0, 16)));
    },
  );
});
