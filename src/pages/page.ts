import type { Language } from '../alexa/languages.ts';

/** A page as it is sent. */
export interface Page {
  readonly html: string;
  readonly language: Language;
  /** What this page shows, and nothing else. */
  readonly contentSecurityPolicy: string;
}

/** What is left to say where not even the page of an error can be made, by a template of an operator's own. */
export function barePage(reference: string): Page {
  const head =
    '<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width"><title>Sorry</title>';
  return {
    html: `${head}<h1>Something went wrong on our side</h1><p>Reference: ${reference}</p></html>`,
    language: 'en',
    contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  };
}
