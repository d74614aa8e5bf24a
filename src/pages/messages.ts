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

/** The places in a message that are named for what goes there: `{client}`. */
export function placeholdersOf(message: string): string[] {
  return [...message.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();
}
