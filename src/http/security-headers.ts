import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers of every answer, pages and JSON alike; a page then sets its own policy for what it shows.
 * Of helmet's defaults three would break account linking and differ here: see the comments.
 */
export function securityHeaders(publicUrl: string): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        // No form-action: browsers apply it to the redirect after a form too, and the person never gets to Alexa.
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
      },
      // With no-referrer browsers send "Origin: null" along with our own form.
      referrerPolicy: { policy: 'same-origin' },
      // Linking from a desktop browser happens in a window that Amazon's page opened and waits for.
      crossOriginOpenerPolicy: false,
      strictTransportSecurity: publicUrl.startsWith('https:'),
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.setHeader('Cache-Control', 'no-store');
      next();
    },
  ];
}
