import { z } from 'zod';
import { redirectUrisOfVendor } from '../alexa/redirect-uris.ts';
import { sha256 } from '../crypto/digest.ts';
import { type Client, type Clients, type ClientTexts, splitScope } from '../oauth/client.ts';
import { brandColorsOf } from './brand-color.ts';
import { type ClientMetadata, clientMetadata, wording } from './client-metadata.ts';
import { clientProblems, notesOf, warningsOf } from './client-problems.ts';
import { type LocalizedTexts, splitLocalized } from './localized-metadata.ts';
import type { Findings } from './problem.ts';
import { type ReadFile, whyUnreadable } from './variables.ts';

/** Reads `CLIENTS`, the JSON or the path of a file with it, noting every problem with its place. */
export function readClients(value: string, readFile: ReadFile, findings: Findings): Clients {
  const { addProblem } = findings;
  if (/^[[{]/.test(value)) return parseClients(value, findings);
  try {
    return parseClients(readFile(value), findings);
  } catch (cause) {
    addProblem(
      'CLIENTS',
      `${nameOfFile(value)}, ${whyUnreadable(cause)}: give the path of a JSON file, or the JSON itself, without quotes around it`,
    );
    return new Map();
  }
}

/** A value that is no path may well be JSON that was quoted once too often, with secrets in it. */
function nameOfFile(value: string): string {
  return /^[\w./\\:~@+-]{1,200}$/.test(value) ? `names ${value}` : 'names a file';
}

function parseClients(json: string, findings: Findings): Clients {
  const { addProblem } = findings;
  const clients = new Map<string, Client>();
  const given = parseJson(json);
  if ('problem' in given) addProblem('CLIENTS', given.problem);
  else if (!Array.isArray(given.value) || given.value.length === 0) {
    addProblem('CLIENTS', 'must be a list of at least one client: [{"client_id": "…", …}]');
  } else {
    for (const [index, entry] of given.value.entries()) {
      const client = parseClient(entry, `CLIENTS[${index}]`, findings);
      if (client === undefined) continue;
      if (clients.has(client.clientId)) {
        addProblem(
          `CLIENTS[${index}].client_id`,
          `is that of an earlier client too: give each one of its own`,
        );
      }
      clients.set(client.clientId, client);
    }
  }
  return clients;
}

/** The parser's own message would repeat some of the text, and there are secrets in it. */
function parseJson(json: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(json) };
  } catch (cause) {
    const position = /line \d+ column \d+/.exec(String(cause))?.[0];
    return {
      problem: `is not JSON${position === undefined ? '' : ` (${position})`}: look for a missing quote or comma`,
    };
  }
}

function parseClient(entry: unknown, where: string, findings: Findings): Client | undefined {
  const { production, addProblem, warn, note } = findings;
  const { plain, localized } = splitLocalized(entry, where, addProblem);
  const parsed = clientMetadata.safeParse(plain, { error: wording });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      addProblem(issue.path.length === 0 ? where : `${where}.${z.core.toDotPath(issue.path)}`, issue.message);
    }
    return undefined;
  }
  const client = clientOf(parsed.data, production, localized);
  if (client.redirectUris.size === 0) {
    addProblem(
      where,
      'has no redirect URI: give alexa_vendor_ids, which the developer console shows, or redirect_uris',
    );
  }
  for (const [key, problem] of clientProblems(parsed.data, client, localized))
    addProblem(`${where}.${key}`, problem);
  for (const [key, warning] of warningsOf(client)) warn(`${where}.${key} ${warning}`);
  for (const [key, remark] of notesOf(parsed.data, client)) note(`${where}.${key} ${remark}`);
  return client;
}

/** What nobody guesses, also not at a thousand a second, since nothing else limits that. */
const shortestSecret = 32;

const day = 86_400;

/** What a skill that is used once a year still outlives. */
const usualRefreshTtl = 400 * day;

function clientOf(
  metadata: ClientMetadata,
  production: boolean,
  localized: ReadonlyMap<string, LocalizedTexts>,
): Client {
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
    textsIn: new Map([...localized].map(([tag, own]) => [tag, textsOf(own, texts)])),
    brandColors: metadata.brand_color === undefined ? undefined : brandColorsOf(metadata.brand_color),
  });
}

/** What is not given in a language stays as it is in the other. */
function textsOf(metadata: LocalizedTexts, others?: ClientTexts): ClientTexts {
  return {
    clientName: metadata.client_name ?? others?.clientName ?? '',
    scopeDescriptions: new Map([
      ...(others?.scopeDescriptions ?? []),
      ...Object.entries(metadata.scope_descriptions ?? {}),
    ]),
    logoUri: metadata.logo_uri ?? others?.logoUri,
    policyUri: metadata.policy_uri ?? others?.policyUri,
    tosUri: metadata.tos_uri ?? others?.tosUri,
    signUpUri: metadata.sign_up_uri ?? others?.signUpUri,
    passwordResetUri: metadata.password_reset_uri ?? others?.passwordResetUri,
  };
}

function digestOfSecret(secret: string): string {
  const given = /^sha256:(.*)$/.exec(secret)?.[1];
  return given ?? sha256(secret);
}
