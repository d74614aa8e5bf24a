import { redirectUrisOfVendor } from './redirect-uris.ts';

/**
 * What to add to a client whose redirect URI was refused, where that looks like an honest mistake: one of Amazon's
 * for another vendor ID, or one with the same origin as a registered one. `undefined` for any other, because a line
 * that can be copied must not help an attacker's address in.
 */
export function suggestRegistration(refused: string, registered: Iterable<string>): string | undefined {
  const url = URL.parse(refused);
  if (url === null || url.protocol !== 'https:' || refused.length > 500) return undefined;
  const vendorId = url.searchParams.get('vendorId') ?? url.pathname.split('/').at(-1) ?? '';
  if (redirectUrisOfVendor(vendorId).includes(refused)) {
    return `if ${vendorId} is the vendor ID of your own developer account, add "alexa_vendor_ids": ["${vendorId}"]`;
  }
  const sameOrigin = [...registered].some((uri) => URL.parse(uri)?.origin === url.origin);
  return sameOrigin
    ? `if the address is yours, add "redirect_uris": [${JSON.stringify(refused)}]`
    : undefined;
}
