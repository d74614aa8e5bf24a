import type { Language } from '../alexa/languages.ts';

/** A page as it is sent. */
export interface Page {
  readonly html: string;
  readonly language: Language;
  /** What this page shows, and nothing else. */
  readonly contentSecurityPolicy: string;
}
