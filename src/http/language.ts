import type { Request } from 'express';
import Negotiator from 'negotiator';
import { type Language, languages } from '../alexa/languages.ts';
import type { Pages } from '../pages/pages.ts';
import { queryOf } from './request.ts';

/** The pages in the language of who asks. */
export type PagesFor = (request: Request) => Pages;

/** Longer than any browser's; reading more would only take time. */
const longest = 200;

/**
 * Chooses by `ui_locales` (OpenID Connect Core 3.1.2.1) where that names a language that we have, else by `Accept-Language`.
 */
export function createPagesFor(pagesIn: (language: Language) => Pages): PagesFor {
  return (request) => {
    // As it is, without a word on what is wrong with it: it is no reason not to link.
    const locales = new URLSearchParams(queryOf(request)).get('ui_locales')?.replaceAll(' ', ',');
    return pagesIn(choose(locales) ?? choose(request.get('Accept-Language')) ?? languages[0]);
  };
}

function choose(accepted = ''): Language | undefined {
  const headers = { 'accept-language': accepted.slice(0, longest) };
  const chosen = new Negotiator({ headers }).language([...languages]);
  return languages.find((language) => language === chosen);
}
