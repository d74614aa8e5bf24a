import { OAuthError, type OAuthErrorCode } from '../oauth/oauth-error.ts';
import { StorageUnavailableError } from '../storage/stores.ts';
import type { EventName } from '../telemetry/events.ts';

/** What a person waits, and a program should, before the same request may work. */
export const retryAfterSeconds = 5;

/** What anybody may know of an error, and the event that tells the operator the rest. */
export interface PublicError {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly event: EventName;
}

const statusOf: Readonly<Record<OAuthErrorCode, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  access_denied: 403,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  invalid_scope: 400,
  invalid_token: 401,
};

/** Where it is more than a request that was refused. */
const eventOf: Readonly<Partial<Record<OAuthErrorCode, EventName>>> = {
  invalid_client: 'client.refused',
  invalid_grant: 'token.refused',
};

const descriptionOf: Readonly<Record<number, string>> = {
  400: 'The request could not be read.',
  404: 'There is nothing here.',
  405: 'This method is not allowed here; Allow lists those that are.',
  413: 'The body is larger than 16 KB.',
  415: 'The body must be application/x-www-form-urlencoded, in UTF-8 and not compressed.',
};

/** What to say of an error: of one that nobody foresaw, nothing. */
export function publicError(error: unknown): PublicError {
  if (error instanceof OAuthError) {
    const { code, description } = error;
    return {
      status: statusOf[code],
      code,
      description,
      headers: {},
      event: eventOf[code] ?? 'request.refused',
    };
  }
  if (error instanceof StorageUnavailableError) {
    return {
      status: 503,
      code: 'temporarily_unavailable',
      description: 'Try again in a moment.',
      headers: { 'Retry-After': retryAfterSeconds },
      event: 'storage.unavailable',
    };
  }
  const { status = 500, headers = {} } = error as { status?: number; headers?: PublicError['headers'] };
  if (status >= 400 && status < 500) {
    const description = descriptionOf[status] ?? 'The request can’t be answered.';
    return { status, code: 'invalid_request', description, headers, event: 'request.refused' };
  }
  const description = 'Something went wrong; the reference is in the log.';
  return { status: 500, code: 'server_error', description, headers: {}, event: 'request.failed' };
}
