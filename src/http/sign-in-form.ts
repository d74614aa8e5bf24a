import type { Request, RequestHandler, Response } from 'express';
import { singleParameter } from '../oauth/parameters.ts';
import type { SignInAttempt, SignInFailure } from '../oauth/sign-in.ts';
import type { Page } from '../pages/page.ts';
import type { SignInAlert } from '../pages/sign-in-page.ts';
import { continueReference } from '../telemetry/reference.ts';
import type { Deps } from './deps.ts';
import { retryAfterSeconds, soon } from './errors.ts';
import { formOf, readForm } from './request.ts';
import { sendPage } from './response.ts';

/** Reads a form of one of the pages, goes on with the reference of that page, and refuses a form from another site. */
export function readOwnForm({ issuer, pagesFor, report }: Deps): RequestHandler[] {
  const continueAttempt: RequestHandler = (request, response, next) => {
    response.locals.reference = continueReference(singleParameter(formOf(request), 'reference'));
    next();
  };
  const refuseOtherSite: RequestHandler = (request, response, next) => {
    if (isSameOrigin(request, issuer)) return next();
    const { reference } = response.locals;
    const origin = request.get('Origin');
    report('sign_in.cross_site', { reference, ip: request.ip, origin, expected: issuer });
    sendPage(response.status(403), pagesFor(request).problem('otherSite', reference));
  };
  return [...readForm, continueAttempt, refuseOtherSite];
}

/**
 * Whether a form came from one of this server's own pages: by `Sec-Fetch-Site`, which every current browser sends and
 * no page can forge, else by `Origin`. What sends neither is no browser and carries nobody's sign-in along. So no
 * token and no cookie is needed.
 */
function isSameOrigin(request: Request, issuer: string): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('Origin');
  return origin === undefined || origin === issuer;
}

/** What a user sent from a sign-in page. */
export function attemptOf(request: Request, response: Response): SignInAttempt {
  const form = formOf(request);
  return {
    username: singleParameter(form, 'username') ?? '',
    password: singleParameter(form, 'password') ?? '',
    address: request.ip,
    signal: goneSignal(response),
  };
}

/** Aborts when the connection is gone, or everything was answered. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  // With a reason: without one, each abort would make an error.
  response.once('close', () => gone.abort('the connection is gone'));
  return gone.signal;
}

/** Answers an attempt that failed with the page again, and reports it with these fields. */
export function answerFailedSignIn(
  response: Response,
  failure: SignInFailure,
  fields: Readonly<Record<string, unknown>>,
  page: (alert: SignInAlert) => Page,
  { report }: Deps,
): void {
  switch (failure.outcome) {
    case 'refused':
      report('sign_in.failed', { ...fields, cause: failure.cause });
      sendPage(response.status(422), page({ reason: 'refused' }));
      break;
    case 'limited': {
      const { budget, retryAfterSeconds: seconds } = failure;
      report('sign_in.limited', { ...fields, cause: budget, retry_after: seconds });
      const alert = { reason: 'limited', retryAfterSeconds: seconds } as const;
      sendPage(response.status(429).set('Retry-After', `${seconds}`), page(alert));
      break;
    }
    case 'turned-away': {
      const { turnedAway } = failure;
      // Nobody is there to be answered.
      if (turnedAway === 'gone') return;
      report('sign_in.limited', { ...fields, cause: turnedAway, retry_after: retryAfterSeconds });
      const status = turnedAway === 'network_crowded' ? 429 : 503;
      sendPage(response.status(status).set(soon), page({ reason: 'unavailable' }));
      break;
    }
    case 'unavailable':
      report('sign_in.unavailable', { ...fields, part: failure.part, err: failure.cause });
      sendPage(response.status(503).set(soon), page({ reason: 'unavailable' }));
  }
}
