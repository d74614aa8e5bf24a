import messages from '../../views/locales/en.json' with { type: 'json' };
import { createReference } from '../telemetry/reference.ts';
import type { Page } from './answers.ts';
import { fill } from './messages.ts';
import type { Theme } from './theme.ts';
import type { Render } from './views.ts';

/** What one sign-in page says beside the form, the same for everybody who sees it. */
export interface SignInPageOptions {
  readonly theme: Theme;
  readonly logoUri?: string;
  readonly title: string;
  readonly intro: string;
  readonly submit: string;
  readonly cancel?: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

export interface SignInForm {
  readonly reference: string;
  /** What the person had entered, to be shown again beside an alert; never a password. */
  readonly username?: string;
  readonly alert?: string;
}

/** Why an attempt failed, in the words that a person gets. */
export const signInAlerts = {
  refused: () => messages.signIn.refused,
  unavailable: () => messages.signIn.unavailable,
  limited: (seconds: number) => fill(messages.signIn.limited, { time: inWords(seconds) }),
};

/** Stands for the reference in a page that is rendered before there is one; random, so that no text is mistaken for it. */
const seam = createReference();

/** Makes all of a sign-in page beforehand that does not change from one request to the next. */
export function prepareSignInPage(render: Render, options: SignInPageOptions): (form: SignInForm) => Page {
  const { theme, logoUri, cancel, ...fixed } = options;
  const { css, contentSecurityPolicy } = theme;
  const fillIn = ({ reference, username = '', alert }: SignInForm) =>
    render('sign-in', {
      ...fixed,
      css,
      logoUri,
      cancel,
      text: messages.signIn,
      reference,
      username,
      alert,
      said: alert && fill(messages.reference, { reference }),
    });
  // Untouched, the page is the same for everybody but for the reference.
  const [before, after] = fillIn({ reference: seam }).split(seam);
  return (form) => ({
    contentSecurityPolicy,
    html: form.alert === undefined ? `${before}${form.reference}${after}` : fillIn(form),
  });
}

/** Whole minutes, so that nobody tries too early. Its words are loaded when first needed, which is seldom. */
function inWords(seconds: number): string {
  const minutes = new Intl.NumberFormat('en', { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  return minutes.format(Math.ceil(seconds / 60));
}
