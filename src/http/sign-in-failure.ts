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
  const soon = { 'Retry-After': retryAfterSeconds };
  switch (failure.outcome) {
    case 'refused':
      report('sign_in.failed', { ...fields, cause: failure.cause });
      answers.page(response, 422, page({ reason: 'refused' }));
      break;
    case 'limited': {
      const { budget, retryAfterSeconds: seconds } = failure;
      report('sign_in.limited', { ...fields, cause: budget, retry_after: seconds });
      const alert = { reason: 'limited', retryAfterSeconds: seconds } as const;
      answers.page(response, 429, page(alert), { 'Retry-After': seconds });
      break;
    }
    case 'turned-away': {
      const { turnedAway } = failure;
      // Nobody is there to be answered.
      if (turnedAway === 'gone') return;
      report('sign_in.limited', { ...fields, cause: turnedAway, retry_after: retryAfterSeconds });
      const status = turnedAway === 'network_crowded' ? 429 : 503;
      answers.page(response, status, page({ reason: 'unavailable' }), soon);
      break;
    }
    case 'unavailable':
      report('sign_in.unavailable', { ...fields, part: failure.part, err: failure.cause });
      answers.page(response, 503, page({ reason: 'unavailable' }), soon);
  }
}

/** Aborts when the connection is gone, or everything was answered. */
export function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  // With a reason: without one, each abort would make an error.
  response.once('close', () => gone.abort('the connection is gone'));
  return gone.signal;
}
