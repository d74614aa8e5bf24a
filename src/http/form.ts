import express, { type Request, type RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { type Parameters, parseParameters } from '../oauth/parameters.ts';

const formType = 'application/x-www-form-urlencoded';

/** Reads a form's body as text: at most 16 KB, neither compressed nor of another type (413, 415). */
export const readForm: RequestHandler[] = [
  express.text({ type: formType, limit: '16kb', inflate: false }),
  (request, _response, next) => {
    next(
      request.is(formType) === false || typeof request.body !== 'string' ? createHttpError(415) : undefined,
    );
  },
];

/** The parameters of a body that `readForm` has read. Throws `invalid_request` where it can't be decoded. */
export function formParameters(request: Request): Parameters {
  return parseParameters(typeof request.body === 'string' ? request.body : '');
}

/** The query as it was sent, still encoded. */
export function queryOf(request: Request): string {
  const { originalUrl } = request;
  const mark = originalUrl.indexOf('?');
  return mark === -1 ? '' : originalUrl.slice(mark + 1);
}
