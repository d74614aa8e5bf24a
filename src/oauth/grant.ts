import type { Link, LinkStore } from '../storage/stores.ts';
import type { AccessTokenFormat } from './access-token.ts';
import type { IssuedAccessToken, IssuedCode } from './authorization-response.ts';
import type { RandomText } from './token.ts';

/** Where links are kept, and what would make a grant differ from one run to the next. */
export interface IssueContext {
  readonly links: LinkStore;
  readonly accessTokens: AccessTokenFormat;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly randomText: RandomText;
}

export interface Grant {
  readonly link: Link;
  readonly issued: IssuedAccessToken | IssuedCode;
}

/** A link that is about to be kept, and what all that is issued for it begins with. */
export interface NewLink {
  readonly link: Link;
  readonly locator: string;
}
