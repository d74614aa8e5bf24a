/*
 * oauth: the protocol, pure. It knows no Express, SQL, environment, clock or chance of its own: requests come in
 * as parameters, time as `now`, and stores as the interfaces of users and storage.
 */

/** Error codes of RFC 6749 4.1.2.1, 4.2.2.1 and 5.2, and RFC 6750 3.1. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_token';

/**
 * The one error of the protocol. The code and the description are for everybody; the cause is for the log.
 * The description keeps to the characters that `error_description` may have (RFC 6749 4.2.2.1): no `"` or `\`.
 */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly description: string;
  /** That of the attempt which it comes from, where there is one. */
  readonly reference: string | undefined;

  constructor(code: OAuthErrorCode, description: string, cause?: string, reference?: string) {
    super(description, { cause });
    this.name = 'OAuthError';
    this.code = code;
    this.description = description;
    this.reference = reference;
  }
}
