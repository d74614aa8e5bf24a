import { z } from 'zod';
import { type Language, languages } from '../alexa/languages.ts';
import { texts, wording } from './client-metadata.ts';
import type { AddProblem } from './problem.ts';

const localizedTexts = z.strictObject(texts).partial();

export type LocalizedTexts = z.infer<typeof localizedTexts>;

/** A client's metadata, and apart from it what it says in other languages. */
interface SplitMetadata {
  readonly plain: unknown;
  readonly localized: ReadonlyMap<Language, LocalizedTexts>;
}

/** Takes keys with a language tag out of a client's metadata: `"client_name#de"` (RFC 7591 2.2). */
export function splitLocalized(entry: unknown, where: string, addProblem: AddProblem): SplitMetadata {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return { plain: entry, localized: new Map() };
  const tagged = Object.entries(entry).filter(([key]) => key.includes('#'));
  const plain = Object.fromEntries(Object.entries(entry).filter(([key]) => !key.includes('#')));
  const localized = new Map<Language, LocalizedTexts>();
  for (const [key, value] of tagged) {
    const mark = key.indexOf('#');
    const name = key.slice(0, mark);
    const language = languages.find((known) => known === key.slice(mark + 1));
    if (!Object.hasOwn(texts, name))
      addProblem(
        where,
        `has the key ${shown(key)}: given per language can be ${Object.keys(texts).join(', ')}`,
      );
    else if (language === undefined)
      addProblem(
        `${where}.${shown(key)}`,
        `is for no language of the pages: after # goes one of ${[...languages].sort().join(', ')}`,
      );
    else {
      const parsed = localizedTexts.safeParse({ [name]: value }, { error: wording });
      for (const { path, message } of parsed.error?.issues ?? [])
        addProblem([`${where}.${key}`, ...path.slice(1)].join('.'), message);
      if (parsed.success) localized.set(language, { ...localized.get(language), ...parsed.data });
    }
  }
  return { plain, localized };
}

/** A key that was typed may be anything. */
function shown(key: string): string {
  return /^[\w#-]{1,60}$/.test(key) ? key : '(with # in it)';
}
