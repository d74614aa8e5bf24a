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

/**
 * All six redirect URIs that Alexa may use for a vendor: three hosts, two forms. The second form is the code
 * grant's; whether the implicit grant ever uses it is not documented, so both are registered.
 */
export function redirectUrisOfVendor(vendorId: string): string[] {
  return Object.values(regions).flatMap(({ host }) => [
    `https://${host}${implicitPath(vendorId)}`,
    `https://${host}/api/skill/link/${vendorId}`,
  ]);
}

/** Vendor IDs as the developer console shows them. */
export const vendorIdPattern = /^[A-Z0-9]{5,32}$/;
