import { languages } from '../alexa/languages.ts';
import { redirectUrisOfVendor } from '../alexa/redirect-uris.ts';
import { sha256 } from '../crypto.ts';
import { type Client, type Clients, type ClientTexts, splitScope } from '../oauth/client.ts';
import { brandColorsOf, contrast } from './brand-color.ts';
import {
  type ClientMetadata,
  clientMetadata,
  conflictsInClient,
  secretRemedy,
  usualRefreshTtl,
  wording,
} from './client-metadata.ts';
import { readJson } from './json.ts';
import type { AddProblem } from './problem.ts';

/** Reads `CLIENTS`, the JSON or the path of a file with it. Each problem has its place. */
export function parseClients(value: string, addProblem: AddProblem): readonly ClientMetadata[] {
  const given = readJson(value, addProblem);
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length === 0) {
    addProblem('must be a list of at least one client', { remedy: 'write [{"client_id": "…", …}]' });
    return [];
  }
  const earlier = new Set<string>();
  return given.flatMap((entry, index) => {
    const parsed = clientMetadata.safeParse(entry, { error: wording });
    for (const { path, message } of parsed.error?.issues ?? [])
      addProblem(message, { place: [index, ...path] });
    if (!parsed.success) return [];
    for (const { place, problem, remedy } of conflictsInClient(parsed.data))
      addProblem(problem, { place: [index, ...place], ...(remedy !== undefined && { remedy }) });
    const { client_id: id } = parsed.data;
    if (earlier.has(id))
      addProblem('is that of an earlier client too', {
        remedy: 'give each one of its own',
        place: [index, 'client_id'],
      });
    earlier.add(id);
    return [parsed.data];
  });
}

/** What nobody guesses, also not at a thousand a second, since nothing else limits that. */
const shortestSecret = 32;

/** Whether one of the client's secrets could be guessed. One that is given as a digest is judged when it is presented. */
export function hasWeakSecret({ client_secret: given }: ClientMetadata): boolean {
  return [given ?? []]
    .flat()
    .some((secret) => !secret.startsWith('sha256:') && secret.length < shortestSecret);
}

export const weakSecret = {
  problem: `must have at least ${shortestSecret} printable ASCII characters, or it could be guessed`,
  remedy: secretRemedy,
};

/** The clients that metadata describe. */
export function clientsOf(list: readonly ClientMetadata[], production: boolean): Clients {
  return new Map(list.map((metadata) => [metadata.client_id, clientOf(metadata, production)]));
}

function clientOf(metadata: ClientMetadata, production: boolean): Client {
  const texts = textsOf(metadata);
  return Object.freeze({
    clientId: metadata.client_id,
    redirectUris: new Set([
      ...metadata.alexa_vendor_ids.flatMap(redirectUrisOfVendor),
      ...metadata.redirect_uris,
    ]),
    responseTypes: new Set(metadata.response_types),
    scope: splitScope(metadata.scope),
    secretDigests: [metadata.client_secret ?? []].flat().map(digestOfSecret),
    shortestSecret: production ? shortestSecret : 0,
    accessTokenTtlSeconds: metadata.access_token_ttl ?? undefined,
    refreshTokenTtlSeconds: metadata.refresh_token_ttl ?? usualRefreshTtl,
    requirePkce: metadata.require_pkce,
    texts,
    textsIn: new Map(languages.map((language) => [language, textsOf(metadata, `#${language}`)])),
    brandColors: metadata.brand_color === undefined ? undefined : brandColorsOf(metadata.brand_color),
  });
}

/** The texts in one language. What is not given in it stays as it is without a language. */
function textsOf(metadata: ClientMetadata, tag: '' | `#${(typeof languages)[number]}` = ''): ClientTexts {
  const text = (name: TextName) => metadata[`${name}${tag}` as const] ?? metadata[name];
  return {
    clientName: text('client_name') ?? '',
    scopeDescriptions: new Map(
      Object.entries({ ...metadata.scope_descriptions, ...metadata[`scope_descriptions${tag}` as const] }),
    ),
    logoUri: text('logo_uri'),
    policyUri: text('policy_uri'),
    tosUri: text('tos_uri'),
    signUpUri: text('sign_up_uri'),
    passwordResetUri: text('password_reset_uri'),
  };
}

type TextName = 'client_name' | 'logo_uri' | 'policy_uri' | 'tos_uri' | 'sign_up_uri' | 'password_reset_uri';

function digestOfSecret(secret: string): string {
  const given = /^sha256:(.*)$/.exec(secret)?.[1];
  return given ?? sha256(secret);
}

/** What works, but leaves users in the dark: the key, and what to say of it. */
export function warningsOf({ scope, scope_descriptions: described = {} }: ClientMetadata): string[] {
  const silent = [...splitScope(scope)].filter((token) => !Object.hasOwn(described, token));
  return silent.length === 0
    ? []
    : [
        `scope_descriptions has nothing on ${silent.join(', ')}: say in a few words what is shared by it, for the sign-in page`,
      ];
}

/** What will look different from what was given. */
export function notesOf({ brand_color: given }: ClientMetadata): string[] {
  if (given === undefined) return [];
  const colors = brandColorsOf(given);
  return (['light', 'dark'] as const).flatMap((page) => {
    const { fill, ink } = colors[page];
    if (contrast(given, fill) > 1)
      return [`brand_color is ${given}, like a ${page} page itself: buttons and links there are ${fill}`];
    return contrast(given, ink) > 1
      ? [`brand_color is ${given}, which can’t be read as text on a ${page} page: links there are ${ink}`]
      : [];
  });
}
