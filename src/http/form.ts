import express, { type Request, type RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { type Parameters, parseParameters } from '../oauth/parameters.ts';

const formType = 'application/x-www-form-urlencoded';

/** Reads a form's body as text: at most 16 KB, neither compressed nor of another type (413, 415). */
export const readForm: RequestHandler[] = [
  express.text({ type: formType, limit: '16kb', inflate: false }),
  (request, _response, next) => {
    const charset = /;\s*charset="?([^;"\s]*)/i.exec(request.get('Content-Type') ?? '')?.[1] ?? 'utf-8';
    const isForm = typeof request.body === 'string' && request.is(formType) !== false;
    next(isForm && charset.toLowerCase() === 'utf-8' ? undefined : createHttpError(415));
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
