import type { ParsedHash } from './format.ts';

/**
 * WordPress trims a password, and puts a backslash before quotes and backslashes when it comes from a form: so that is
 * what most of its hashes are of, but not those that were made in another way.
 */
export function asWordPressTakesIt({ verify, cost, weakness }: ParsedHash): ParsedHash {
  return {
    async verify(password) {
      const trimmed = password.trim();
      const slashed = trimmed.replace(/['"\\]/g, '\\$&');
      return (await verify(trimmed)) || (slashed !== trimmed && (await verify(slashed)));
    },
    cost,
    weakness,
  };
}
