import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';

const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** Whether this is one scope token (RFC 6749 3.3). */
export function isScopeToken(value: string): boolean {
  return scopeToken.test(value);
}

/** Scope tokens of a space-separated value, each once. */
export function splitScope(value: string): Set<string> {
  return new Set(value.split(' ').filter((token) => token !== ''));
}

/**
 * The scope to grant for the one that was requested: just that, or `invalid_scope` if any of it is not the client's.
 * A request without scope grants none, and its answer then needs no `scope` either (RFC 6749 3.3, 4.2.2).
 */
export function grantScope(client: Client, requested: string | undefined): string {
  const tokens = [...splitScope(requested ?? '')];
  const foreign = tokens.filter((token) => !client.scope.has(token));
  if (foreign.length === 0) return tokens.join(' ');
  const cause = `not in the client's scope: ${foreign.join(' ').slice(0, 200)}`;
  throw new OAuthError(
    'invalid_scope',
    'The requested scope goes beyond what the client is registered for.',
    cause,
  );
}
