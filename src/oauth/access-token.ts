import type { Link } from '../storage/stores.ts';
import { createOpaqueToken, type RandomText } from './token.ts';

/** What an access token is issued for; its link is about to be kept. */
interface AccessTokenRequest {
  readonly link: Link;
  /** Of the link. */
  readonly locator: string;
  readonly issuedAt: number;
  readonly expiresAt?: number;
}

/** Makes access tokens of one format (`ACCESS_TOKEN_FORMAT`). */
export interface AccessTokenFormat {
  issue(request: AccessTokenRequest): Promise<string>;
  /** Seconds after which a token ends that no lifetime is set for. Absent: never by itself. */
  readonly longestSeconds?: number;
}

export function createOpaqueFormat(randomText: RandomText): AccessTokenFormat {
  return { issue: async ({ locator }) => createOpaqueToken(randomText, locator) };
}
