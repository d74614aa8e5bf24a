import type { BrandColors, Client } from '../oauth/client.ts';
import type { Mark } from './view-data.ts';
import type { Words } from './words.ts';

/** The look of pages that belong to no one skill: the only client's, or nobody's where there are several. */
interface CommonLook {
  readonly mark: Mark | undefined;
  readonly logoUri: string | undefined;
  readonly brandColors: BrandColors | undefined;
}

export function commonLook(clients: readonly Client[], { language }: Words): CommonLook {
  const [only, ...others] = clients;
  if (only === undefined || others.length > 0)
    return { mark: undefined, logoUri: undefined, brandColors: undefined };
  const { logoUri } = textsFor(only, language);
  return { mark: markOf(only, language), logoUri, brandColors: only.brandColors };
}

/** What a client says of itself in a language, or in its own where it has nothing in that one. */
export function textsFor(client: Client, language: string): Client['texts'] {
  return client.textsIn.get(language) ?? client.texts;
}

/** A client's picture, or else the first letter of its name, which in some scripts is several characters. */
export function markOf(client: Client, language: string): Mark {
  const { logoUri, clientName } = textsFor(client, language);
  const [first] = new Intl.Segmenter(language).segment(clientName);
  return { logoUri, letter: first?.segment.toLocaleUpperCase(language) ?? '' };
}
