import ar from '../../views/locales/ar.json' with { type: 'json' };
import de from '../../views/locales/de.json' with { type: 'json' };
import en from '../../views/locales/en.json' with { type: 'json' };
import es from '../../views/locales/es.json' with { type: 'json' };
import fr from '../../views/locales/fr.json' with { type: 'json' };
import hi from '../../views/locales/hi.json' with { type: 'json' };
import it from '../../views/locales/it.json' with { type: 'json' };
import ja from '../../views/locales/ja.json' with { type: 'json' };
import nl from '../../views/locales/nl.json' with { type: 'json' };
import pt from '../../views/locales/pt.json' with { type: 'json' };
import type { Language } from '../alexa/languages.ts';

/** Everything that pages say, in one language. */
export type Messages = typeof en;

/** A file of `views/locales/` each. */
export const messagesOf: Readonly<Record<Language, Messages>> = { ar, de, en, es, fr, hi, it, ja, nl, pt };

/** Returns the placeholders of a message, like `client` in “Sign in to {client}”, sorted. */
export function placeholdersOf(message: string): string[] {
  return [...message.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();
}

/** A language as pages speak it. */
export type Words = ReturnType<typeof createWords>;

export function createWords(language: Language, messages: Messages = messagesOf[language]) {
  const direction: 'ltr' | 'rtl' = language === 'ar' ? 'rtl' : 'ltr';
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  const times = new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  const numbers = new Intl.NumberFormat(language);
  const lists = new Intl.ListFormat(language);
  return {
    language,
    direction,
    messages,
    /** Replaces each placeholder of a message by the value of that name. */
    fill: (message: string, values: Readonly<Record<string, string>>) =>
      message.replace(/\{(\w+)\}/g, (placeholder, name) => {
        const value = values[name];
        if (value === undefined) return placeholder;
        return direction === 'rtl' || rightToLeft.test(value) ? isolate(value) : value;
      }),
    /** Returns a day (UTC) as people and as machines write it. */
    day(seconds: number) {
      const instant = new Date(seconds * 1000);
      return { date: days.format(instant), iso: instant.toISOString().slice(0, 10) };
    },
    /** “5 minutes”, rounded up, so that nobody tries too early. */
    minutes: (seconds: number) => times.format(Math.ceil(seconds / 60)),
    number: (value: number) => numbers.format(value),
    list: (items: readonly string[]) => lists.format(items),
  };
}

/** Of the scripts that run from right to left. */
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Keeps a name or reference in its own order among words that run the other way (Unicode UAX 9, FSI and PDI). */
function isolate(value: string): string {
  return `\u2068${value}\u2069`;
}
