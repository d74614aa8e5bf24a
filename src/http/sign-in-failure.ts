import type { Response } from 'express';
import type { SignInFailure } from '../oauth/sign-in.ts';
import type { Report } from '../telemetry/events.ts';
import type { Answers, Page } from './answers.ts';
import { retryAfterSeconds } from './public-error.ts';
import { signInAlerts } from './sign-in-page.ts';

export interface FailedSignIn {
  readonly failure: SignInFailure;
  /** What the event says of the attempt, beside what failed. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The page that the person came from, with an alert. */
  readonly page: (alert: string) => Page;
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
    answers.page(response, 422, page(signInAlerts.refused()));
  } else if (failure.outcome === 'limited') {
    const { retryAfterSeconds: seconds } = failure;
    report('sign_in.limited', { ...fields, retry_after: seconds });
    answers.page(response, 429, page(signInAlerts.limited(seconds)), { 'Retry-After': seconds });
  } else {
    report('sign_in.unavailable', { ...fields, part: failure.part, err: failure.cause });
    answers.page(response, 503, page(signInAlerts.unavailable()), { 'Retry-After': retryAfterSeconds });
  }
}
