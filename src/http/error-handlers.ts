import type { ErrorRequestHandler, Request, Response } from 'express';
import { OAuthError } from '../oauth/oauth-error.ts';
import { barePage, type Page } from '../pages/page.ts';
import type { ProblemName } from '../pages/pages.ts';
import type { Report } from '../telemetry/events.ts';
import { createReference } from '../telemetry/reference.ts';
import type { Answers } from './answers.ts';
import type { PagesFor } from './language.ts';
import { type PublicError, publicError } from './public-error.ts';
import { notedReference, noteReference } from './request-log.ts';

/** The one way in which errors are answered, in the form that each endpoint's callers understand. */
export interface ErrorHandlers {
  /** Where people look on: a page with a reference. */
  readonly page: ErrorRequestHandler;
  /** Where clients call: the JSON of RFC 6749 5.2. */
  readonly json: ErrorRequestHandler;
  /** Where a token is the credential: the same, with the challenge of RFC 6750 3. */
  readonly bearer: ErrorRequestHandler;
}

const problemOf: Readonly<Record<number, ProblemName>> = {
  400: 'brokenForm',
  403: 'otherSite',
  404: 'notFound',
  405: 'wrongMethod',
  413: 'tooLarge',
  415: 'brokenForm',
  503: 'unavailable',
};

export function createErrorHandlers(answers: Answers, pagesFor: PagesFor, report: Report): ErrorHandlers {
  type Answer = (
    response: Response,
    error: unknown,
    said: PublicError,
    reference: string,
    request: Request,
  ) => void;

  function handler(answer: Answer): ErrorRequestHandler {
    return (error, request, response, next) => {
      const ownReference = error instanceof OAuthError ? error.reference : undefined;
      const reference = ownReference ?? notedReference(response) ?? createReference();
      const said = publicError(error);
      noteReference(response, reference);
      report(said.event, { reference, ...explain(error, said, request) });
      // Too late to say anything: Express then ends the connection.
      if (response.headersSent) next(error);
      else answer(response, error, said, reference, request);
    };
  }

  function problemPage(request: Request, name: ProblemName, reference: string): Page {
    try {
      return pagesFor(request).problem(name, reference);
    } catch (err) {
      report('request.failed', { reference, err });
      return barePage(reference);
    }
  }

  function sendJson(response: Response, said: PublicError, reference: string, challenge?: string): void {
    const { status, code, description, headers } = said;
    const body = {
      error: code,
      error_description: description,
      reference: status < 500 ? undefined : reference,
    };
    answers.json(
      response,
      status,
      body,
      challenge === undefined ? headers : { ...headers, 'WWW-Authenticate': challenge },
    );
  }

  return {
    page: handler((response, _error, { status, headers }, reference, request) => {
      answers.page(
        response,
        status,
        problemPage(request, problemOf[status] ?? 'unexpected', reference),
        headers,
      );
    }),
    json: handler((response, _error, said, reference) => {
      sendJson(response, said, reference, said.status === 401 ? 'Basic realm="account linking"' : undefined);
    }),
    bearer: handler((response, error, said, reference) => {
      sendJson(response, said, reference, error instanceof OAuthError ? bearerChallenge(error) : undefined);
    }),
  };
}

/** The challenge of RFC 6750 3; without an error where the request did not try to authenticate (3.1). */
export function bearerChallenge(error?: OAuthError): string {
  const realm = 'Bearer realm="account linking"';
  return error === undefined
    ? realm
    : `${realm}, error="${error.code}", error_description="${error.description}"`;
}

/** For the log alone: of what nobody foresaw, everything. */
function explain(error: unknown, { status, code }: PublicError, { method, path }: Request) {
  const request = { method, path: path.slice(0, 200), status };
  if (status >= 500) return { ...request, err: error };
  const { message, cause } = error as Error;
  return { ...request, code, message, cause };
}
