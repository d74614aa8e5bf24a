import { describe, expect, it } from 'vitest';
import { describeDifference, suggestRegistration } from '../../src/alexa/redirect-uri-hint.ts';
import { redirectUrisOfVendor } from '../../src/alexa/redirect-uris.ts';

const registered = [...redirectUrisOfVendor('M2AAAAAAAAAAAA'), 'https://app.example.com/linked'];

describe('the hint for a redirect URI that was refused', () => {
  it.each(redirectUrisOfVendor('M2BBBBBBBBBBBB'))('is the vendor ID for %s', (uri) => {
    expect(suggestRegistration(uri, registered)).toContain('add "alexa_vendor_ids": ["M2BBBBBBBBBBBB"]');
  });

  it.each([
    'https://app.example.com/linked/',
    'https://app.example.com/linked?x=1',
    'https://app.example.com/LINKED',
  ])('is the address itself for %s', (uri) =>
    expect(suggestRegistration(uri, registered)).toContain(`add "redirect_uris": ["${uri}"]`),
  );

  it.each([
    'https://app.examp1e.com/linked',
    'https://evil.example/linked',
    'https://app.example.com.evil.example/linked',
    'https://app.example.com@evil.example/linked',
    'https://layla.amazon.com.evil.example/spa/skill/account-linking-status.html?vendorId=M2BBBBBBBBBBBB',
    'http://app.example.com/linked',
    'https://APP.example.com/linked',
    'https://layla.amazon.com/spa/skill/account-linking-status.html',
    'not an address',
    '',
  ])('is nothing for %s', (uri) => expect(suggestRegistration(uri, registered)).toBeUndefined());
});

describe('the difference of a redirect URI that was refused', () => {
  const layla = 'https://layla.amazon.com/spa/skill/account-linking-status.html?vendorId=';
  it.each([
    [`${layla}M2AAAAAAAAAAAB`, `as ${layla}M2AAAAAAAAAAAA up to character 85; then "B" instead of "A"`],
    [
      `${layla}M2AAAAAAAAAAAAA`,
      `as ${layla}M2AAAAAAAAAAAA up to character 86; then "A" instead of nothing more`,
    ],
    [
      'https://app.example.com/linked/',
      'as https://app.example.com/linked up to character 30; then "/" instead of nothing more',
    ],
    [
      'https://app.example.com/link',
      'as https://app.example.com/linked up to character 28; then nothing more instead of "ed"',
    ],
    [
      'https://app.example.com/Linked',
      'as https://app.example.com/linked up to character 24; then "Linked" instead of "linked"',
    ],
  ])('is the first character, for %s', (uri, difference) =>
    expect(describeDifference(uri, registered)).toBe(difference),
  );

  it('is not told where nothing is alike', () => {
    for (const uri of ['http://evil.example', 'https://evil.example', '', 'x'])
      expect(describeDifference(uri, registered)).toBeUndefined();
    expect(describeDifference('https://app.example.com', [])).toBeUndefined();
  });
});
