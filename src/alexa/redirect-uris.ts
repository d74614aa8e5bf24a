/*
 * alexa: what is Amazon's alone: its redirect URIs and, in development, a stand-in for its app. A leaf: it
 * imports no other folder.
 */

export type Region = keyof typeof regions;

/** The hosts that Alexa answers at, by the region of the person's Alexa account; never the developer's choice. */
export const regions = {
  na: { name: 'North America', host: 'pitangui.amazon.com' },
  eu: { name: 'Europe', host: 'layla.amazon.com' },
  fe: { name: 'Japan and Australia', host: 'alexa.amazon.co.jp' },
} as const;

/** The path and query that Alexa uses for the implicit grant; the person's region adds the host. */
export function implicitPath(vendorId: string): string {
  return `/spa/skill/account-linking-status.html?vendorId=${vendorId}`;
}

/** The path for the code grant. */
export function codePath(vendorId: string): string {
  return `/api/skill/link/${vendorId}`;
}

/**
 * All six redirect URIs that Alexa may use for a vendor: three hosts, two forms. The second form is the code
 * grant's; whether the implicit grant ever uses it is not documented, so both are registered.
 */
export function redirectUrisOfVendor(vendorId: string): string[] {
  return Object.values(regions).flatMap(({ host }) => [
    `https://${host}${implicitPath(vendorId)}`,
    `https://${host}${codePath(vendorId)}`,
  ]);
}

/** What Alexa itself would have used, for the simulator's pages to show beside its stand-in. */
export function realRedirectUri(region: Region, pathOf: (vendorId: string) => string): string {
  return `https://${regions[region].host}${pathOf('YOUR_VENDOR_ID')}`;
}

/** Vendor IDs as the developer console shows them. */
export const vendorIdPattern = /^[A-Z0-9]{5,32}$/;
