import type { Words } from './localization.ts';
import type { AlertData, ViewData } from './templates.ts';

/** Why the page is shown again. */
export type SignInAlert =
  | { readonly reason: 'refused' | 'unavailable' | 'ended' }
  | { readonly reason: 'limited'; readonly retryAfterSeconds: number };

export interface SignInForm {
  readonly reference: string;
  /** What the user entered, shown again beside an alert; never a password. */
  readonly username?: string;
  readonly alert?: SignInAlert;
}

/** What a sign-in page says beside its form. */
interface SignInTexts extends Pick<ViewData['sign-in'], 'intro' | 'shared' | 'submit' | 'cancel' | 'links'> {
  readonly title: string;
}

/** What the template gets. */
export function describeSignIn(words: Words, texts: SignInTexts, form: SignInForm) {
  const { notAmazon, username, password } = words.messages.signIn;
  return {
    ...texts,
    notAmazon,
    text: { username, password },
    reference: form.reference,
    username: form.username ?? '',
    alert: form.alert && describeAlert(form.alert, words, form),
  };
}

function describeAlert(alert: SignInAlert, words: Words, { reference, username }: SignInForm): AlertData {
  const { messages, fill } = words;
  return {
    text: textOf(alert, words),
    said: fill(messages.reference, { reference }),
    refused: alert.reason === 'refused',
    // A user who has to wait has nothing to type yet.
    focus: alert.reason === 'limited' ? 'alert' : username ? 'password' : 'username',
  };
}

function textOf(alert: SignInAlert, { messages, fill, minutes }: Words): string {
  if (alert.reason === 'ended') return messages.ownLinks.ended;
  const text = messages.signIn[alert.reason];
  return alert.reason === 'limited' ? fill(text, { time: minutes(alert.retryAfterSeconds) }) : text;
}
