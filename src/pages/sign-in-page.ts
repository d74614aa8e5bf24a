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

/** Stands for the reference in a page that is made before there is one; random, so that no text is mistaken for it. */
const standIn = createReference();

/** Makes all of a sign-in page beforehand that does not change from one request to the next. */
export function prepareSignInPage(
  views: Views,
  words: Words,
  options: SignInPageOptions,
): (form: SignInForm) => Page {
  const { brandColors, ...fixed } = options;
  const { language, direction } = words;
  const { notAmazon, username, password } = words.messages.signIn;
  const text = { username, password };
  const logoUri = fixed.mark?.logoUri;
  const { css, contentSecurityPolicy } = createTheme(views, { brandColors, logoUri });
  const fillIn = ({ reference, username = '', alert }: SignInForm) =>
    views.render('sign-in', {
      ...fixed,
      css,
      language,
      direction,
      text,
      notAmazon,
      reference,
      username,
      alert: alert && describeAlert(alert, words, { reference, username }),
    });
  // Untouched, the page is the same for everybody but for the reference.
  const pieces = fillIn({ reference: standIn }).split(standIn);
  return (form) => ({
    language,
    contentSecurityPolicy,
    html: form.alert === undefined ? pieces.join(form.reference) : fillIn(form),
  });
}

function describeAlert(
  alert: SignInAlert,
  words: Words,
  { reference, username }: { readonly reference: string; readonly username: string },
): AlertData {
  return {
    text: alertText(alert, words),
    said: words.fill(words.messages.reference, { reference }),
    refused: alert.reason === 'refused',
    // Who has to wait has nothing to type yet.
    focus: alert.reason === 'limited' ? 'alert' : username === '' ? 'username' : 'password',
  };
}

function alertText(alert: SignInAlert, { messages, fill, minutes }: Words): string {
  switch (alert.reason) {
    case 'limited':
      return fill(messages.signIn.limited, { time: minutes(alert.retryAfterSeconds) });
    case 'ended':
      return messages.ownLinks.ended;
    default:
      return messages.signIn[alert.reason];
  }
}
