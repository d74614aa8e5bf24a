import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { readForm } from './form.ts';

/** One path, what answers it, and how its errors are answered. */
export interface Endpoint {
  readonly path: string;
  readonly get?: RequestHandler;
  /** Gets a form that was read. */
  readonly post?: RequestHandler;
  readonly errors: ErrorRequestHandler;
}

/** Puts an endpoint in its place; a method that it does not have is refused with those that it has (405, `Allow`). */
export function mount(app: Express, { path, get, post, errors }: Endpoint): void {
  const route = app.route(path);
  const allowed: string[] = [];
  if (get !== undefined) {
    route.get(get);
    allowed.push('GET', 'HEAD');
  }
  if (post !== undefined) {
    route.post(readForm, post);
    allowed.push('POST');
  }
  const refuse: RequestHandler = (_request, _response, next) => {
    next(createHttpError(405, { headers: { Allow: allowed.join(', ') } }));
  };
  route.all(refuse, errors);
}
