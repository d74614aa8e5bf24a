import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Page } from '../pages/page.ts';

declare global {
  namespace Express {
    /** What travels with a response. */
    interface Locals {
      /** Ties the request's lines in the log to the attempt that a user can read out. */
      reference: string;
    }
  }
}

/**
 * The headers of every answer. Of helmet's defaults three would break account linking and differ here; those that are off are
 * for browsers nobody uses any more, or do nothing for pages like these.
 */
export function securityHeaders(issuer: string): RequestHandler[] {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      // No form-action: browsers apply it to the redirect after a form too, and the user never gets to Alexa.
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
    },
    // With no-referrer browsers send "Origin: null" along with our own form.
    referrerPolicy: { policy: 'same-origin' },
    // Linking from a desktop browser happens in a window that Amazon's page opened and waits for.
    crossOriginOpenerPolicy: false,
    // Other hosts under this name are not this server's to decide about.
    strictTransportSecurity: issuer.startsWith('https:') && { includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  const noStore: RequestHandler = (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  };
  return [headers, noStore];
}

export function sendPage(response: Response, { html, language, contentSecurityPolicy }: Page): void {
  response
    .set({
      'Content-Security-Policy': contentSecurityPolicy,
      'Content-Language': language,
      Vary: 'Accept-Language',
    })
    .type('html')
    .send(html);
}

/** 303, so that the form with the password is never sent on (RFC 9700 4.12). No body, since the address may hold a token. */
export function redirectTo(response: Response, location: string): void {
  response.status(303).set('Location', location).end();
}
