import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { type Parameters, parseParameters } from '../oauth/parameters.ts';

/** Paths are as they are written, to the last slash. */
export const exactly = { caseSensitive: true, strict: true };

const formType = 'application/x-www-form-urlencoded';

/**
 * Reads a form: at most 16 KB of UTF-8, neither compressed nor of another type (413, 415). A `charset` is ignored, since
 * old clients write `ISO-8859-1` of everything.
 */
export const readForm: RequestHandler[] = [
  express.raw({ type: formType, limit: '16kb', inflate: false }),
  (request, _response, next) => {
    if (!Buffer.isBuffer(request.body) || !isUtf8(request.body)) throw createHttpError(415);
    request.body = parseParameters(request.body.toString());
    next();
  },
];

/** The parameters that `readForm` has read. */
export function formOf(request: Request): Parameters {
  return request.body;
}

/** The query as it was sent, still encoded. */
export function queryOf({ originalUrl }: Request): string {
  const mark = originalUrl.indexOf('?');
  return mark === -1 ? '' : originalUrl.slice(mark + 1);
}
