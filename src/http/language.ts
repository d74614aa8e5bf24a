import type { Request } from 'express';
import Negotiator from 'negotiator';
import { type Language, languages } from '../alexa/languages.ts';
import type { Pages } from '../pages/pages.ts';
import { queryOf } from './form.ts';

/** The pages in the language of who asks. */
export type PagesFor = (request: Request) => Pages;

export function createPagesFor(pagesIn: (language: Language) => Pages): PagesFor {
  return (request) => pagesIn(languageOf(request));
}

/** By `ui_locales` (OpenID Connect Core 3.1.2.1) where that names one that we have, else by `Accept-Language`. */
function languageOf(request: Request): Language {
  const accepted = request.get('Accept-Language') ?? '';
  return choose(uiLocalesOf(request).replaceAll(' ', ',')) ?? choose(accepted) ?? languages[0];
}

/** As it is, without a word on what is wrong with it: nobody may fail to link for it. */
function uiLocalesOf(request: Request): string {
  const query = queryOf(request);
  return query.includes('ui_locales=') ? (new URLSearchParams(query).get('ui_locales') ?? '') : '';
}

/** Longer than any browser's; reading more would only take time. */
const longest = 400;

function choose(accepted: string): Language | undefined {
  if (accepted === '') return undefined;
  const negotiator = new Negotiator({ headers: { 'accept-language': accepted.slice(0, longest) } });
  const chosen = negotiator.language([...languages]);
  return languages.find((language) => language === chosen);
}
