import type { Response } from 'express';
import type { SignInFailure } from '../oauth/sign-in.ts';
import type { Page } from '../pages/page.ts';
import type { SignInAlert } from '../pages/sign-in-page.ts';
import type { Report } from '../telemetry/events.ts';
import type { Answers } from './answers.ts';
import { retryAfterSeconds } from './public-error.ts';

export interface FailedSignIn {
  readonly failure: SignInFailure;
  /** What the event says of the attempt, beside what failed. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The page that the person came from, with an alert. */
  readonly page: (alert: SignInAlert) => Page;
}

/** Answers an attempt that failed with the page again, and reports it. */
export function answerFailedSignIn(
  response: Response,
  { failure, fields, page }: FailedSignIn,
  answers: Answers,
  report: Report,
): void {
  if (failure.outcome === 'refused') {
    report('sign_in.failed', fields);
    answers.page(response, 422, page({ reason: 'refused' }));
  } else if (failure.outcome === 'limited') {
    const { retryAfterSeconds: seconds } = failure;
    report('sign_in.limited', { ...fields, retry_after: seconds });
    const alert = { reason: 'limited', retryAfterSeconds: seconds } as const;
    answers.page(response, 429, page(alert), { 'Retry-After': seconds });
  } else {
    report('sign_in.unavailable', { ...fields, part: failure.part, err: failure.cause });
    answers.page(response, 503, page({ reason: 'unavailable' }), { 'Retry-After': retryAfterSeconds });
  }
}
