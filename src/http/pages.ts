import messages from '../../views/locales/en.json' with { type: 'json' };
import type { Client } from '../oauth/client.ts';
import { createReference } from '../telemetry/reference.ts';
import type { Page } from './answers.ts';
import { createTheme, type Theme } from './theme.ts';
import type { Render } from './views.ts';

/** What went wrong, in the words that a person gets. */
export type ProblemName = keyof typeof messages.problems;

interface SignInForm {
  readonly reference: string;
  /** What the person had entered, to be shown again beside an alert; never a password. */
  readonly username?: string;
  readonly alert?: 'refused' | 'unavailable' | 'limited';
  /** When the next attempt counts, where too many have failed. */
  readonly retryAfterSeconds?: number;
}

/** The pages that people see. All that does not change from one request to the next is made beforehand. */
export interface Pages {
  signIn(client: Client, form: SignInForm): Page;
  problem(name: ProblemName, reference: string): Page;
}

/** Stands for the reference in a page that is rendered before there is one; random, so that no text is mistaken for it. */
const seam = createReference();

export function createPages(render: Render, clients: Iterable<Client>): Pages {
  const plain = createTheme();
  const prepared = new Map([...clients].map((client) => [client, prepare(client)]));

  function prepare(client: Client) {
    const fixed = fixedParts(client);
    const fillIn = ({ reference, username = '', alert, retryAfterSeconds }: SignInForm) =>
      render('sign-in', {
        ...fixed,
        css: fixed.theme.css,
        reference,
        username,
        alert:
          alert &&
          fill(messages.signIn[alert], {
            time: retryAfterSeconds === undefined ? '' : inWords(retryAfterSeconds),
          }),
        said: alert && fill(messages.reference, { reference }),
      });
    // Untouched, the page is the same for everybody but for the reference.
    const [before, after] = fillIn({ reference: seam }).split(seam);
    return { theme: fixed.theme, fillIn, untouched: (reference: string) => `${before}${reference}${after}` };
  }

  return {
    signIn(client, form) {
      const { theme, fillIn, untouched } = prepared.get(client) ?? prepare(client);
      return page(theme, form.alert === undefined ? untouched(form.reference) : fillIn(form));
    },
    problem(name, reference) {
      const said = fill(messages.reference, { reference });
      return page(plain, render('error', { ...messages.problems[name], css: plain.css, said }));
    },
  };
}

function page(theme: Theme, html: string): Page {
  return { html, contentSecurityPolicy: theme.contentSecurityPolicy };
}

function fixedParts(client: Client) {
  const text = messages.signIn;
  const links = [
    { href: client.passwordResetUri, text: text.forgotPassword },
    { href: client.signUpUri, text: text.signUp },
    { href: client.policyUri, text: text.privacy },
    { href: client.tosUri, text: text.terms },
  ];
  return {
    client,
    text,
    theme: createTheme(client),
    title: fill(text.title, { client: client.clientName }),
    intro: fill(text.intro, { client: client.clientName }),
    links: links.flatMap(({ href, text }) => (href === undefined ? [] : [{ href, text }])),
  };
}

/** Whole minutes, so that nobody tries too early. Its words are loaded when first needed, which is seldom. */
function inWords(seconds: number): string {
  const minutes = new Intl.NumberFormat('en', { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  return minutes.format(Math.ceil(seconds / 60));
}

function fill(message: string, values: Readonly<Record<string, string>>): string {
  return message.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
}
