import { redirectUrisOfVendor, regions } from './redirect-uris.ts';

/**
 * What to add to a client whose redirect URI was refused, where that looks like an honest mistake: one of Amazon's
 * for another vendor ID, or one with the same origin as a registered one. `undefined` for any other, because a line
 * that can be copied must not help an attacker's address in.
 */
export function suggestRegistration(refused: string, registered: Iterable<string>): string | undefined {
  const url = URL.parse(refused);
  if (url === null || url.protocol !== 'https:' || refused.length > 500) return undefined;
  // Only as browsers write it can it be registered.
  if (url.href !== refused) return undefined;
  const vendorId = url.searchParams.get('vendorId') ?? url.pathname.split('/').at(-1) ?? '';
  if (redirectUrisOfVendor(vendorId).includes(refused)) {
    return `if ${vendorId} is the vendor ID of your own developer account, add "alexa_vendor_ids": ["${vendorId}"]`;
  }
  if (Object.values(regions).some(({ host }) => host === url.host)) return undefined;
  const sameOrigin = [...registered].some((uri) => URL.parse(uri)?.origin === url.origin);
  return sameOrigin
    ? `if the address is yours, add "redirect_uris": [${JSON.stringify(refused)}]`
    : undefined;
}

/**
 * Where a refused redirect URI departs from the registered one that begins most like it, character by character;
 * `undefined` where no more than the scheme is the same.
 */
export function describeDifference(refused: string, registered: Iterable<string>): string | undefined {
  const [nearest] = [...registered]
    .map((uri) => ({ uri, same: commonLength(uri, refused) }))
    .sort((a, b) => b.same - a.same);
  if (nearest === undefined || nearest.same <= 'https://'.length) return undefined;
  const { uri, same } = nearest;
  const part = (text: string) =>
    text.length === same ? 'nothing more' : JSON.stringify(text.slice(same, same + 60));
  return `as ${uri} up to character ${same}; then ${part(refused)} instead of ${part(uri)}`;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
