import { OAuthError } from './oauth-error.ts';

/** Parameters of a query or a form, decoded; each name with all its values, in the order they came. */
export type Parameters = URLSearchParams;

/**
 * Decodes `application/x-www-form-urlencoded` (RFC 6749 appendix B) strictly: percent-encoding that is cut short or
 * is not UTF-8 throws `invalid_request`, since what can't be decoded can't be given back unchanged.
 */
export function parseParameters(encoded: string): Parameters {
  try {
    decodeURIComponent(encoded);
  } catch {
    const description = 'The parameters have a percent sign that is not followed by UTF-8 in hex.';
    throw new OAuthError('invalid_request', description);
  }
  return new URLSearchParams(encoded);
}

/**
 * The value of a parameter that may be given once (RFC 6749 3.1). Without a value it counts as left out.
 * Throws `invalid_request` when it was repeated.
 */
export function singleParameter(parameters: Parameters, name: string): string | undefined {
  const [value, ...repeated] = parameters.getAll(name);
  if (repeated.length > 0)
    throw new OAuthError('invalid_request', `The parameter ${name} was given more than once.`);
  return value === '' ? undefined : value;
}

/** As `singleParameter`, for one that must be there. */
export function requiredParameter(parameters: Parameters, name: string): string {
  const value = singleParameter(parameters, name);
  if (value === undefined) throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
  return value;
}
