import type { BrandColors } from '../oauth/client.ts';
import { createReference } from '../telemetry/reference.ts';
import type { Page } from './page.ts';
import { createTheme } from './theme.ts';
import type { AlertData, ViewData } from './view-data.ts';
import type { Views } from './views.ts';
import type { Words } from './words.ts';

/** What one sign-in page says beside the form, the same for everybody who sees it. */
export interface SignInPageOptions
  extends Omit<ViewData['sign-in'], 'text' | 'notAmazon' | 'reference' | 'username' | 'alert'> {
  readonly title: string;
  readonly brandColors: BrandColors | undefined;
}

/** Why somebody sees the page again. */
export type SignInAlert =
  | { readonly reason: 'refused' | 'unavailable' | 'ended' }
  | { readonly reason: 'limited'; readonly retryAfterSeconds: number };

export interface SignInForm {
  readonly reference: string;
  /** What the person had entered, to be shown again beside an alert; never a password. */
  readonly username?: string;
  readonly alert?: SignInAlert;
}

/** Stands for the reference in a page that is rendered before there is one; random, so that no text is mistaken for it. */
const seam = createReference();

/** Makes all of a sign-in page beforehand that does not change from one request to the next. */
export function prepareSignInPage(
  { render, ...views }: Views,
  words: Words,
  options: SignInPageOptions,
): (form: SignInForm) => Page {
  const { brandColors, ...fixed } = options;
  const { language, direction, messages } = words;
  const logoUri = fixed.mark?.logoUri;
  const { css, contentSecurityPolicy } = createTheme({ render, ...views }, { brandColors, logoUri });
  const fillIn = ({ reference, username = '', alert }: SignInForm) =>
    render('sign-in', {
      ...fixed,
      css,
      language,
      direction,
      text: messages.signIn,
      notAmazon: messages.signIn.notAmazon,
      reference,
      username,
      alert: alert && describeAlert(alert, words, { reference, username }),
    });
  // Untouched, the page is the same for everybody but for the reference.
  const pieces = fillIn({ reference: seam }).split(seam);
  return (form) => ({
    language,
    contentSecurityPolicy,
    html: form.alert === undefined ? pieces.join(form.reference) : fillIn(form),
  });
}

function describeAlert(
  alert: SignInAlert,
  { messages, fill, minutes }: Words,
  { reference, username }: { readonly reference: string; readonly username: string },
): AlertData {
  const { refused, unavailable, limited } = messages.signIn;
  const texts = {
    refused: () => refused,
    unavailable: () => unavailable,
    ended: () => messages.ownLinks.ended,
    limited: () =>
      'retryAfterSeconds' in alert ? fill(limited, { time: minutes(alert.retryAfterSeconds) }) : '',
  };
  return {
    text: texts[alert.reason](),
    said: fill(messages.reference, { reference }),
    refused: alert.reason === 'refused',
    // Who has to wait has nothing to type yet.
    focus: alert.reason === 'limited' ? 'alert' : username === '' ? 'username' : 'password',
  };
}
