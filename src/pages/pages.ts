import { type Language, languages } from '../alexa/languages.ts';
import { type Client, splitScope } from '../oauth/client.ts';
import { createKeeper } from './keeper.ts';
import { createLinksPages, type LinksPages } from './links-pages.ts';
import { commonLook, markOf, textsFor } from './looks.ts';
import type { Messages } from './messages.ts';
import type { Page } from './page.ts';
import { prepareSignInPage, type SignInForm } from './sign-in-page.ts';
import { createTheme } from './theme.ts';
import type { Views } from './views.ts';
import type { Words } from './words.ts';

/** What went wrong, by its name in `views/locales/`. */
export type ProblemName = keyof Messages['problems'];

/** The pages that people see, in one language. */
export interface Pages extends LinksPages {
  /** For a request of a client with a granted scope, space separated. */
  signIn(client: Client, scope: string, form: SignInForm): Page;
  problem(name: ProblemName, reference: string): Page;
}

/** The pages in every language, each made when it is first asked for. */
export function createPages(views: Views, clients: readonly Client[]): (language: Language) => Pages {
  const keep = createKeeper<Pages>(languages.length);
  return (language) => keep(language, () => pagesIn(views, views.words(language), clients));
}

function pagesIn(views: Views, words: Words, clients: readonly Client[]): Pages {
  const { language, direction, messages, fill } = words;
  const { mark, logoUri, brandColors } = commonLook(clients, words);
  const { css, contentSecurityPolicy } = createTheme(views, { brandColors, logoUri });
  const signInPages = createSignInPages(views, words);

  return {
    ...createLinksPages(views, words, clients),
    signIn: (client, scope, form) => signInPages(client, scope)(form),
    problem(name, reference) {
      const said = fill(messages.reference, { reference });
      const layout = { css, language, direction };
      const html = views.render('error', { ...messages.problems[name], ...layout, mark, said });
      return { html, language, contentSecurityPolicy };
    },
  };
}

/** In one language: hundreds of skills, each with what it usually asks for; some 3 MB. */
const mostKept = 250;

/** A page for each client and what it shares by a request, which is nearly always the same. */
function createSignInPages(views: Views, words: Words) {
  const { language, messages, fill } = words;
  const keep = createKeeper<ReturnType<typeof prepareSignInPage>>(mostKept);

  function prepare(client: Client, items: readonly string[]) {
    const { signIn: text } = messages;
    const texts = textsFor(client, language);
    const links = [
      { href: texts.passwordResetUri, text: text.forgotPassword },
      { href: texts.signUpUri, text: text.signUp },
      { href: texts.policyUri, text: text.privacy },
      { href: texts.tosUri, text: text.terms },
    ];
    return prepareSignInPage(views, words, {
      mark: markOf(client, language),
      brandColors: client.brandColors,
      title: fill(text.title, { client: texts.clientName }),
      intro: fill(text.intro, { client: texts.clientName }),
      shared: items.length === 0 ? undefined : { lead: text.shared, items },
      submit: text.submit,
      cancel: text.cancel,
      links: links.flatMap(({ href, text }) => (href === undefined ? [] : [{ href, text }])),
    });
  }

  return (client: Client, scope: string) => {
    const granted = splitScope(scope);
    const { scopeDescriptions } = textsFor(client, language);
    const items = [...scopeDescriptions].flatMap(([token, said]) => (granted.has(token) ? [said] : []));
    return keep(JSON.stringify([client.clientId, ...items]), () => prepare(client, items));
  };
}
