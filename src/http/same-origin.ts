import type { Request, Response } from 'express';
import type { Report } from '../telemetry/events.ts';
import type { Answers } from './answers.ts';
import type { PagesFor } from './language.ts';

export interface SameOriginOptions {
  readonly publicUrl: string;
  readonly answers: Answers;
  readonly pagesFor: PagesFor;
  readonly report: Report;
}

/** Answers a form that came from another site with a page that says so, and tells whether it did. */
export function refuseOtherSite({ publicUrl, answers, pagesFor, report }: SameOriginOptions) {
  return (request: Request, response: Response, reference: string): boolean => {
    if (isSameOrigin(request, publicUrl)) return false;
    const origin = request.get('Origin');
    report('sign_in.cross_site', { reference, ip: request.ip, origin, expected: publicUrl });
    answers.page(response, 403, pagesFor(request).problem('otherSite', reference));
    return true;
  };
}

/**
 * Whether a form came from one of this server's own pages: by `Sec-Fetch-Site`, which every current browser sends and
 * no page can forge, else by `Origin`. What sends neither is no browser and carries nobody's sign-in along. So no
 * token and no cookie is needed.
 */
function isSameOrigin(request: Request, publicUrl: string): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('Origin');
  return origin === undefined || origin === publicUrl;
}
