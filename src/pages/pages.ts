import { LRUCache } from 'lru-cache';
import type { Language } from '../alexa/languages.ts';
import { type Client, splitScope } from '../oauth/client.ts';
import { createReference } from '../telemetry/reference.ts';
import { type Branding, brandingOf, textsFor } from './branding.ts';
import { describeLinks, type OwnLinksView } from './links-page.ts';
import { createWords, type Messages } from './localization.ts';
import type { Page } from './page.ts';
import { describeSignIn, type SignInForm } from './sign-in-page.ts';
import type { ViewData } from './templates.ts';
import type { Views } from './views.ts';

/** What went wrong, by its name in `views/locales/`. */
export type ProblemName = keyof Messages['problems'];

/** The pages that users see, in one language. */
export type Pages = ReturnType<typeof pagesIn>;

/** The pages in every language, prepared when one is first asked for. */
export function createPages(views: Views, clients: readonly Client[]): (language: Language) => Pages {
  const prepared = new Map<Language, Pages>();
  return (language) => {
    const pages = prepared.get(language) ?? pagesIn(language, views, clients);
    prepared.set(language, pages);
    return pages;
  };
}

/** Stands for the reference in a page that is kept; random, so that no other text is taken for it. */
const placeholder = createReference();

/** Sign-in pages, of some 5 KB, that are kept in a language. */
const mostKept = 250;

function pagesIn(language: Language, views: Views, clients: readonly Client[]) {
  const words = createWords(language, views.messages[language]);
  const { direction, messages, fill } = words;
  // Pages that belong to no skill look like the only one's, where there is only one.
  const common = brandingOf(clients.length === 1 ? clients[0] : undefined, language, views.stylesheet);
  // But for the reference all users see the same, and rendering it takes as long as all else (decision 0028).
  const kept = new LRUCache<string, Page>({ max: mostKept });

  function show<Name extends keyof ViewData>(
    name: Name,
    data: ViewData[Name] & { readonly title: string },
    { contentSecurityPolicy, ...look }: Branding = common,
  ): Page {
    const html = views.render(name, { ...data, ...look, language, direction });
    return { html, language, contentSecurityPolicy };
  }

  function renderSignIn(client: Client, scope: string, form: SignInForm): Page {
    const { signIn: text } = messages;
    const { clientName, scopeDescriptions, ...texts } = textsFor(client, language);
    const granted = splitScope(scope);
    const items = [...scopeDescriptions].flatMap(([token, said]) => (granted.has(token) ? [said] : []));
    const links = [
      { href: texts.passwordResetUri, text: text.forgotPassword },
      { href: texts.signUpUri, text: text.signUp },
      { href: texts.policyUri, text: text.privacy },
      { href: texts.tosUri, text: text.terms },
    ];
    const said = {
      title: fill(text.title, { client: clientName }),
      intro: fill(text.intro, { client: clientName }),
      shared: items.length === 0 ? undefined : { lead: text.shared, items },
      submit: text.submit,
      cancel: text.cancel,
      links: links.flatMap(({ href, text }) => (href === undefined ? [] : [{ href, text }])),
    };
    return show('sign-in', describeSignIn(words, said, form), brandingOf(client, language, views.stylesheet));
  }

  return {
    /** For a request of a client with a granted scope, space separated. */
    signIn(client: Client, scope: string, form: SignInForm): Page {
      if (form.alert !== undefined) return renderSignIn(client, scope, form);
      const key = `${client.clientId}\n${scope}`;
      const page = kept.get(key) ?? renderSignIn(client, scope, { reference: placeholder });
      kept.set(key, page);
      return { ...page, html: page.html.replaceAll(placeholder, form.reference) };
    },
    /** Where a user signs in to see their links. */
    linksSignIn(form: SignInForm): Page {
      const { title, intro, submit } = messages.ownLinks;
      const said = { title, intro, submit, shared: undefined, cancel: undefined, links: [] };
      return show('sign-in', describeSignIn(words, said, form));
    },
    links: (view: OwnLinksView): Page => show('links', describeLinks(words, clients, view)),
    problem(name: ProblemName, reference: string): Page {
      const said = fill(messages.reference, { reference });
      return show('error', { ...messages.problems[name], said });
    },
  };
}
