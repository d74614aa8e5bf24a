import type { Language } from '../alexa/languages.ts';
import { type Messages, messagesOf } from './messages.ts';

/** A language as pages speak it. */
export interface Words {
  readonly language: Language;
  readonly direction: 'ltr' | 'rtl';
  readonly messages: Messages;
  /** Puts values in the places of a message that are named for them: `{client}`. */
  fill(message: string, values: Readonly<Record<string, string>>): string;
  /** A day, in UTC, as people and as machines write it. */
  day(seconds: number): { readonly date: string; readonly iso: string };
  /** “5 minutes”: whole ones, so that nobody tries too early. */
  minutes(seconds: number): string;
  number(value: number): string;
  list(items: readonly string[]): string;
}

/** A language's words; what formats dates and numbers is loaded when first needed, which is seldom. */
export function createWords(language: Language, messages: Messages = messagesOf[language]): Words {
  const direction = language === 'ar' ? 'rtl' : 'ltr';
  const days = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }));
  const times = once(
    () => new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' }),
  );
  const numbers = once(() => new Intl.NumberFormat(language));
  const lists = once(() => new Intl.ListFormat(language));
  return {
    language,
    direction,
    messages,
    fill: (message, values) =>
      message.replace(/\{(\w+)\}/g, (placeholder, name) => {
        const value = values[name];
        if (value === undefined) return placeholder;
        return direction === 'rtl' || rightToLeft.test(value) ? isolate(value) : value;
      }),
    day(seconds) {
      const instant = new Date(seconds * 1000);
      return { date: days().format(instant), iso: instant.toISOString().slice(0, 10) };
    },
    minutes: (seconds) => times().format(Math.ceil(seconds / 60)),
    number: (value) => numbers().format(value),
    list: (items) => lists().format(items),
  };
}

/** Of the scripts that run from right to left. */
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Keeps a name or reference in its own order among words that run the other way (Unicode UAX 9, FSI and PDI). */
function isolate(value: string): string {
  return `\u2068${value}\u2069`;
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
