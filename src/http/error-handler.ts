import type { ErrorRequestHandler } from 'express';
import { OAuthError, type OAuthErrorCode } from '../oauth/oauth-error.ts';
import { StorageUnavailableError } from '../storage/stores.ts';
import type { Report } from '../telemetry/events.ts';
import { createReference } from '../telemetry/reference.ts';
import { type Pages, type ProblemName, sendPage } from './pages.ts';
import { referenceHeader } from './request-log.ts';

/** What a person waits, and a program should, before the same request may work. */
export const retryAfterSeconds = 5;

/** What anybody may know of an error. */
interface PublicError {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  readonly headers: Readonly<Record<string, string>>;
}

const statusOf: Readonly<Record<OAuthErrorCode, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  unauthorized_client: 400,
  access_denied: 403,
  unsupported_response_type: 400,
  invalid_scope: 400,
  invalid_token: 401,
  server_error: 500,
  temporarily_unavailable: 503,
};

const problemOf: Readonly<Record<number, ProblemName>> = {
  400: 'brokenForm',
  403: 'otherSite',
  404: 'notFound',
  405: 'wrongMethod',
  413: 'tooLarge',
  415: 'brokenForm',
  503: 'unavailable',
};

/** Answers errors where people look on: with a page that has a reference, and says no more than it must. */
export function answerWithPage(pages: Pages, report: Report): ErrorRequestHandler {
  return (error, request, response, next) => {
    const reference = createReference();
    const { status, headers } = describe(error);
    reportError(report, error, status, { reference, method: request.method, path: request.path });
    if (response.headersSent) return next(error);
    response.set({ ...headers, [referenceHeader]: reference });
    sendPage(response, status, pages.problem(problemOf[status] ?? 'unexpected', reference));
  };
}

/**
 * Answers errors where programs call: with the JSON of RFC 6749 5.2 and the challenge of the endpoint's scheme
 * (RFC 6749 5.2, RFC 6750 3), and a reference where there is nothing else to say.
 */
export function answerWithJson(report: Report, scheme: 'Basic' | 'Bearer'): ErrorRequestHandler {
  return (error, request, response, next) => {
    const reference = createReference();
    const { status, code, description, headers } = describe(error);
    reportError(report, error, status, { reference, method: request.method, path: request.path });
    if (response.headersSent) return next(error);
    if (error instanceof OAuthError && (scheme === 'Bearer' || status === 401)) {
      response.set('WWW-Authenticate', challenge(scheme, error));
    }
    response.set({ ...headers, [referenceHeader]: reference }).status(status);
    response.json({ error: code, error_description: description, ...(status >= 500 && { reference }) });
  };
}

/** The challenge of a scheme; with an error only where the request tried to authenticate (RFC 6750 3.1). */
export function challenge(scheme: 'Basic' | 'Bearer', error?: OAuthError): string {
  const realm = `${scheme} realm="account linking"`;
  if (scheme === 'Basic' || error === undefined) return realm;
  return `${realm}, error="${error.code}", error_description="${error.description}"`;
}

function describe(error: unknown): PublicError {
  if (error instanceof OAuthError) {
    return { status: statusOf[error.code], code: error.code, description: error.description, headers: {} };
  }
  if (error instanceof StorageUnavailableError) {
    const headers = { 'Retry-After': String(retryAfterSeconds) };
    return { status: 503, code: 'temporarily_unavailable', description: 'Try again in a moment.', headers };
  }
  const { status, headers = {} } = error as { status?: number; headers?: Record<string, string> };
  if (status !== undefined && status >= 400 && status < 500) {
    const description = descriptionOf[status] ?? 'The request can’t be answered.';
    return { status, code: 'invalid_request', description, headers };
  }
  return {
    status: 500,
    code: 'server_error',
    description: 'Something went wrong; the log has the reference.',
    headers: {},
  };
}

const descriptionOf: Readonly<Record<number, string>> = {
  400: 'The request could not be read.',
  404: 'There is nothing here.',
  405: 'This method is not allowed here; Allow lists those that are.',
  413: 'The body is larger than 16 KB.',
  415: 'The body must be application/x-www-form-urlencoded, in UTF-8 and not compressed.',
};

function reportError(
  report: Report,
  error: unknown,
  status: number,
  fields: Readonly<Record<string, unknown>>,
): void {
  if (error instanceof StorageUnavailableError) report('storage.unavailable', { ...fields, err: error });
  else if (status >= 500) report('request.failed', { ...fields, err: error });
  else {
    const { code, message, cause } = error as OAuthError;
    report(code === 'invalid_client' ? 'client.refused' : 'request.refused', {
      ...fields,
      status,
      code,
      message,
      cause,
    });
  }
}
