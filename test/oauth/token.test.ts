import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto.ts';
import {
  createJwtId,
  createLocator,
  createOpaqueToken,
  createRefreshToken,
  isRefreshToken,
  keyOfToken,
  linkIdOf,
} from '../../src/oauth/token.ts';

describe('opaque tokens', () => {
  it('are 256 random bits that never repeat, 160 of them each one’s own (RFC 6749 10.10)', () => {
    const locator = createLocator();
    const ofOneLink = Array.from({ length: 1000 }, () => createOpaqueToken(locator));
    const ofMany = Array.from({ length: 1000 }, () => createOpaqueToken(createLocator()));
    expect(new Set(ofOneLink.map((token) => token.slice(locator.length))).size).toBe(1000);
    expect(new Set(ofMany.map((token) => token.slice(0, locator.length))).size).toBe(1000);
    for (const token of [...ofOneLink, ...ofMany]) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(token.slice(locator.length), 'base64url')).toHaveLength(20);
    }
  });

  it('lead to their link, whose id says nothing of them', () => {
    const locator = createLocator();
    const token = createOpaqueToken(locator);
    const id = linkIdOf(locator);
    expect(keyOfToken(token)).toEqual({ linkId: id, digest: sha256(token) });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(id).not.toContain(locator);
  });
});

describe('refresh tokens', () => {
  it('have 64 characters, and can be told from other tokens', () => {
    const locator = createLocator();
    const token = createRefreshToken(locator);
    expect(token).toMatch(/^[\w-]{64}$/);
    expect(Buffer.from(token.slice(locator.length), 'base64url')).toHaveLength(36);
    expect(keyOfToken(token)).toEqual({ linkId: linkIdOf(locator), digest: sha256(token) });
    expect(isRefreshToken(token)).toBe(true);
    for (const other of [createOpaqueToken(locator), `${token}A`, token.slice(1), ` ${token}`])
      expect(isRefreshToken(other)).toBe(false);
  });
});

describe('the jti of a JWT', () => {
  it('leads to its link, and never repeats', () => {
    const id = linkIdOf('x');
    const all = Array.from({ length: 100 }, () => createJwtId(id));
    expect(new Set(all).size).toBe(100);
    for (const jti of all) {
      const token = `a.${Buffer.from(JSON.stringify({ jti })).toString('base64url')}.c`;
      expect(keyOfToken(token)).toEqual({ linkId: id, digest: sha256(token) });
    }
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
          const { linkId, digest } = keyOfToken(token);
          expect(typeof linkId).toBe('string');
          expect(digest).toBe(sha256(token));
        },
      ),
    );
  });

  it('takes no jti that is not one of ours, however long', () => {
    for (const jti of ['a', 'a'.repeat(33), 'a'.repeat(5000), `${'a'.repeat(31)}#`, 'a'.repeat(32)]) {
      const token = `a.${Buffer.from(JSON.stringify({ jti })).toString('base64url')}.c`;
      expect(keyOfToken(token).linkId).toBe(linkIdOf(token.slice(0, 16)));
    }
  });

  it.each(['null', '7', '"x"', '[]', '{}', '{"jti":7}', '{"jti":{"a":1}}', '{'])(
    'takes a payload of %s for no JWT',
    (payload) => {
      const token = `a.${Buffer.from(payload).toString('base64url')}.c`;
      expect(keyOfToken(token).linkId).toBe(linkIdOf(token.slice(0, 16)));
    },
  );
});
