import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { Page } from '../pages/page.ts';
import { nodeHttp } from './node-http.ts';

type Headers = Readonly<Record<string, string | number>>;

/** The ways to answer. Each sends everything at once, with the headers that no answer goes without. */
export interface Answers {
  page(response: ServerResponse, status: number, page: Page, headers?: Headers): void;
  /** Members that are undefined are left out. */
  json(response: ServerResponse, status: number, body: object, headers?: Headers): void;
  empty(response: ServerResponse, status: number, headers?: Headers): void;
  /** 303, so that the form with the password is never sent on (RFC 9700 4.12). */
  redirect(response: ServerResponse, location: string): void;
}

export function createAnswers(publicUrl: string): Answers {
  const always = securityHeaders(publicUrl);

  function send(response: ServerResponse, status: number, headers: Headers, body: string): void {
    response.writeHead(status, { ...always, ...headers, 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  }

  return {
    page(response, status, { html, language, contentSecurityPolicy }, headers) {
      const own = {
        'Content-Security-Policy': contentSecurityPolicy,
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Language': language,
        Vary: 'Accept-Language',
      };
      send(response, status, { ...own, ...headers }, html);
    },
    json(response, status, body, headers) {
      send(response, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(body));
    },
    empty(response, status, headers = {}) {
      send(response, status, headers, '');
    },
    redirect(response, location) {
      send(response, 303, { Location: location }, '');
    },
  };
}

/**
 * helmet's headers, worked out once instead of for each request. Of its defaults three would break account linking
 * and differ here; those that are off are for browsers nobody runs any more, or do nothing for pages like these.
 */
function securityHeaders(publicUrl: string): Headers {
  const middleware = helmet({
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
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  const request = new nodeHttp.IncomingMessage(new Socket());
  const response = new nodeHttp.ServerResponse(request);
  middleware(request, response, () => response.setHeader('Cache-Control', 'no-store'));
  return Object.fromEntries(
    response.getHeaderNames().map((name) => [canonical(name), String(response.getHeader(name))]),
  );
}

/** `content-security-policy` as `Content-Security-Policy`, so that an answer's own replaces it. */
function canonical(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
