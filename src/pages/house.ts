import type { BrandColors, Client } from '../oauth/client.ts';
import type { Mark } from './view-data.ts';
import type { Words } from './words.ts';

/** Whose pages those are that belong to no one skill: the only client's, or nobody's where there are several. */
export interface House {
  readonly mark: Mark | undefined;
  readonly logoUri: string | undefined;
  readonly brandColors: BrandColors | undefined;
}

export function houseOf(clients: readonly Client[], { language }: Words): House {
  const [only, ...others] = clients;
  if (only === undefined || others.length > 0)
    return { mark: undefined, logoUri: undefined, brandColors: undefined };
  const { logoUri } = textsOf(only, language);
  return { mark: markOf(only, language), logoUri, brandColors: only.brandColors };
}

/** What a client says of itself in a language, or in its own where it has nothing in that one. */
export function textsOf(client: Client, language: string): Client['texts'] {
  return client.textsIn.get(language) ?? client.texts;
}

/** A client's picture, or else the first letter of its name, which in some scripts is several characters. */
export function markOf(client: Client, language: string): Mark {
  const { logoUri, clientName } = textsOf(client, language);
  const [first] = new Intl.Segmenter(language).segment(clientName);
  return { logoUri, letter: first?.segment.toLocaleUpperCase(language) ?? '' };
}
