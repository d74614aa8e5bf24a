import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { type Parameters, parseParameters, singleParameter } from '../oauth/parameters.ts';

const formType = 'application/x-www-form-urlencoded';

/**
 * Reads a form's body: at most 16 KB of UTF-8, neither compressed nor of another type (413, 415). A `charset` is ignored, since
 * old clients write `ISO-8859-1` of everything.
 */
export const readForm: RequestHandler[] = [
  express.raw({ type: formType, limit: '16kb', inflate: false }),
  (request, _response, next) => {
    const isForm = request.is(formType) !== false && Buffer.isBuffer(request.body);
    if (!isForm || !isUtf8(request.body)) return next(createHttpError(415));
    request.body = request.body.toString('utf8');
    next();
  },
];

/** The parameters of a body that `readForm` has read. Throws `invalid_request` where it can't be decoded. */
export function formParameters(request: Request): Parameters {
  return parseParameters(typeof request.body === 'string' ? request.body : '');
}

/** What pages with a sign-in form send. The rest of the body is dropped, since a password may have to wait to be verified. */
export function signInForm(request: Request) {
  const form = formParameters(request);
  request.body = undefined;
  const field = (name: string) => {
    const value = singleParameter(form, name);
    // A copy: a part of a text keeps all of it in memory.
    return value && Buffer.from(value).toString();
  };
  return {
    reference: field('reference'),
    action: field('action') ?? 'sign-in',
    username: field('username') ?? '',
    password: field('password') ?? '',
    ticket: field('ticket'),
    link: field('link') ?? '',
  };
}

/** The query as it was sent, still encoded. */
export function queryOf(request: Request): string {
  const { originalUrl } = request;
  const mark = originalUrl.indexOf('?');
  return mark === -1 ? '' : originalUrl.slice(mark + 1);
}
