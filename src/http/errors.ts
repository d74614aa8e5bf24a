import type { ErrorRequestHandler, Response } from 'express';
import { OAuthError, type OAuthErrorCode } from '../oauth/oauth-error.ts';
import { barePage } from '../pages/page.ts';
import type { ProblemName } from '../pages/pages.ts';
import { StorageUnavailableError } from '../storage/stores.ts';
import type { EventName } from '../telemetry/events.ts';
import type { Deps } from './deps.ts';
import { sendPage } from './response.ts';

/** After what time the same request may work. */
export const retryAfterSeconds = 5;
export const soon = { 'Retry-After': `${retryAfterSeconds}` };

/** What anybody may know of an error, and the event that tells the operator the rest. */
interface PublicError {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly event: EventName;
}

/** All others are requests that were refused, with 400. */
const special: Readonly<Partial<Record<OAuthErrorCode, Pick<PublicError, 'status' | 'event'>>>> = {
  invalid_client: { status: 401, event: 'client.refused' },
  invalid_grant: { status: 400, event: 'token.refused' },
  invalid_token: { status: 401, event: 'token.refused' },
};

const descriptionOf: Readonly<Record<number, string>> = {
  400: 'The request could not be read.',
  404: 'There is nothing here.',
  405: 'This method is not allowed here; Allow lists those that are.',
  413: 'The body is larger than 16 KB.',
  415: 'Send a body that is application/x-www-form-urlencoded, in UTF-8 and not compressed.',
};

const problemOf: Readonly<Record<number, ProblemName>> = {
  400: 'brokenForm',
  404: 'notFound',
  405: 'wrongMethod',
  413: 'tooLarge',
  415: 'brokenForm',
  503: 'unavailable',
};

/** The challenge of RFC 6750 3; without an error where the request did not try to authenticate (3.1). */
export function bearerChallenge(error?: OAuthError): string {
  const realm = 'Bearer realm="account linking"';
  return error === undefined
    ? realm
    : `${realm}, error="${error.code}", error_description="${error.description}"`;
}

/** Answers errors where clients call: as RFC 6749 5.2 and RFC 6750 3 have it. */
export function answerJsonErrors(deps: Deps): ErrorRequestHandler {
  return handleErrors(deps, (error, { status, code, description }, response) => {
    if (code === 'invalid_client') response.set('WWW-Authenticate', 'Basic realm="account linking"');
    if (error instanceof OAuthError && code === 'invalid_token')
      response.set('WWW-Authenticate', bearerChallenge(error));
    const reference = status < 500 ? undefined : response.locals.reference;
    response.json({ error: code, error_description: description, reference });
  });
}

/** Answers errors where users look on: with a page that has the reference. */
export function answerPageErrors(deps: Deps): ErrorRequestHandler {
  const { pagesFor, report } = deps;
  return handleErrors(deps, (_error, { status }, response) => {
    const { reference } = response.locals;
    try {
      sendPage(response, pagesFor(response.req).problem(problemOf[status] ?? 'unexpected', reference));
    } catch (err) {
      report('request.failed', { reference, err });
      sendPage(response, barePage(reference));
    }
  });
}

function handleErrors(
  { report }: Deps,
  answer: (error: unknown, said: PublicError, response: Response) => void,
): ErrorRequestHandler {
  return (error, request, response, next) => {
    const said = publicError(error);
    const { status, code, headers = {}, event } = said;
    if (error instanceof OAuthError) response.locals.reference = error.reference ?? response.locals.reference;
    const { reference } = response.locals;
    // Of what nobody foresaw, everything; but for the log alone.
    const why = status >= 500 ? { err: error } : { code, message: error.message, cause: error.cause };
    report(event, { reference, method: request.method, path: request.path, status, ...why });
    // Too late to say anything: Express then ends the connection.
    if (response.headersSent) return next(error);
    answer(error, said, response.status(status).set(headers));
  };
}

/** What to say of an error: of one that nobody foresaw, nothing. */
function publicError(error: unknown): PublicError {
  if (error instanceof OAuthError) {
    const { code, description } = error;
    return { status: 400, event: 'request.refused', ...special[code], code, description };
  }
  if (error instanceof StorageUnavailableError) {
    const description = 'Try again in a moment.';
    const code = 'temporarily_unavailable';
    return { status: 503, code, description, headers: soon, event: 'storage.unavailable' };
  }
  const { status = 500, headers } = error as { status?: number; headers?: PublicError['headers'] };
  if (status >= 400 && status < 500) {
    const description = descriptionOf[status] ?? 'The request can’t be answered.';
    return { status, code: 'invalid_request', description, headers, event: 'request.refused' };
  }
  const description = 'Something went wrong; the reference is in the log.';
  return { status: 500, code: 'server_error', description, event: 'request.failed' };
}
