import { describe, expect, it } from 'vitest';
import { suggestRegistration } from '../../src/alexa/redirect-uri-hint.ts';
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
    'not an address',
    '',
  ])('is nothing for %s', (uri) => expect(suggestRegistration(uri, registered)).toBeUndefined());
});
