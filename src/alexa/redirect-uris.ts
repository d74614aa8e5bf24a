/*
 * alexa: what is Amazon's: its languages, its redirect URIs, and a hint for one that is nearly right. A leaf: it imports
 * no other folder.
 */

export type Region = keyof typeof regions;

/** The hosts that Alexa answers at, by the region of the user's Alexa account; never the developer's choice. */
export const regions = {
  na: { name: 'North America', host: 'pitangui.amazon.com' },
  eu: { name: 'Europe', host: 'layla.amazon.com' },
  fe: { name: 'Japan and Australia', host: 'alexa.amazon.co.jp' },
} as const;

/** The path and query that Alexa uses for the implicit grant; the user's region adds the host. */
export function implicitPath(vendorId: string): string {
  return `/spa/skill/account-linking-status.html?vendorId=${vendorId}`;
}

/** The path for the code grant. */
export function codePath(vendorId: string): string {
  return `/api/skill/link/${vendorId}`;
}

/**
 * Returns all six redirect URIs that Alexa may use for a vendor: three hosts, two forms. The second form is the code
 * grant's; whether the implicit grant ever uses it is not documented, so both are registered.
 */
export function redirectUrisOfVendor(vendorId: string): string[] {
  return Object.values(regions).flatMap(({ host }) => [
    `https://${host}${implicitPath(vendorId)}`,
    `https://${host}${codePath(vendorId)}`,
  ]);
}

/** Returns the vendor ID in the first of these redirect URIs that is Amazon's. */
export function vendorIdOf(redirectUris: Iterable<string>): string | undefined {
  for (const uri of redirectUris) {
    const vendorId = /\w+$/.exec(uri)?.[0] ?? '';
    if (redirectUrisOfVendor(vendorId).includes(uri)) return vendorId;
  }
  return undefined;
}

/** Vendor IDs as the developer console shows them. */
export const vendorIdPattern = /^[A-Z0-9]{5,32}$/;
