import messages from '../../views/locales/en.json' with { type: 'json' };
import type { Client } from '../oauth/client.ts';
import type { Page } from './answers.ts';
import { createLinksPages, type LinksPages } from './links-pages.ts';
import { fill } from './messages.ts';
import { prepareSignInPage, type SignInForm } from './sign-in-page.ts';
import { createTheme } from './theme.ts';
import type { Render } from './views.ts';

/** What went wrong, in the words that a person gets. */
export type ProblemName = keyof typeof messages.problems;

/** The pages that people see. All that does not change from one request to the next is made beforehand. */
export interface Pages extends LinksPages {
  signIn(client: Client, form: SignInForm): Page;
  problem(name: ProblemName, reference: string): Page;
}

export function createPages(render: Render, clients: readonly Client[]): Pages {
  const plain = createTheme();
  const prepared = new Map(clients.map((client) => [client, prepare(client)]));

  function prepare(client: Client) {
    const { signIn: text } = messages;
    const links = [
      { href: client.passwordResetUri, text: text.forgotPassword },
      { href: client.signUpUri, text: text.signUp },
      { href: client.policyUri, text: text.privacy },
      { href: client.tosUri, text: text.terms },
    ];
    return prepareSignInPage(render, {
      theme: createTheme(client),
      logoUri: client.logoUri,
      title: fill(text.title, { client: client.clientName }),
      intro: fill(text.intro, { client: client.clientName }),
      submit: text.submit,
      cancel: text.cancel,
      links: links.flatMap(({ href, text }) => (href === undefined ? [] : [{ href, text }])),
    });
  }

  return {
    ...createLinksPages(render, clients),
    signIn(client, form) {
      return (prepared.get(client) ?? prepare(client))(form);
    },
    problem(name, reference) {
      const { css, contentSecurityPolicy } = plain;
      const said = fill(messages.reference, { reference });
      return { contentSecurityPolicy, html: render('error', { ...messages.problems[name], css, said }) };
    },
  };
}
