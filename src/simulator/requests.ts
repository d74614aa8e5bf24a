import { LRUCache } from 'lru-cache';
import { codePath, implicitPath, type Region, regions, vendorIdOf } from '../alexa/redirect-uris.ts';
import { randomText, sha256 } from '../crypto.ts';
import type { Client, Clients } from '../oauth/client.ts';

/** What is asked for: how a developer chooses it, and what it means. The one that Amazon recommends comes first. */
export const grants = {
  code: { label: 'Code, with PKCE (recommended)', responseType: 'code', pkce: true },
  codeAlone: { label: 'Code, without PKCE', responseType: 'code', pkce: false },
  token: { label: 'Implicit', responseType: 'token', pkce: false },
} as const;

type SimulatedGrant = keyof typeof grants;

/** Forms of `state`: how a developer chooses it, what it begins with, and how many bytes follow. */
export const shapes = {
  captured: { label: '715 characters, like a captured one', prefix: '', bytes: 536 },
  reserved: {
    label: 'with reserved characters: a b+c&d=e#f ü 100%',
    prefix: 'a b+c&d=e#f ü 100% ',
    bytes: 536,
  },
  longest: { label: '4 KB, the longest that is accepted', prefix: '', bytes: 3072 },
} as const;

interface Choice {
  readonly client: Client;
  readonly grant: SimulatedGrant;
  readonly region: Region;
  readonly shape: keyof typeof shapes;
  /** Space separated; empty for a request without `scope`, as Alexa sends it for a skill that defines none. */
  readonly scope: string;
}

/** An authorization request that was sent, and what belongs to it. */
export interface SimulatedRequest extends Choice {
  readonly redirectUri: string;
  /** The redirect URI that Alexa itself would have used; `undefined` for a skill without a vendor ID. */
  readonly realRedirectUri: string | undefined;
  /** RFC 7636 4.1. Absent where the grant has none. */
  readonly codeVerifier?: string;
}

/** Stands for the vendor ID of a skill that has none. */
const noVendorId = 'M2SIMULATOR000';

/** Returns the clients with the stand-ins, on this server, of Amazon's six redirect URIs. */
export function withSimulatedUris(clients: Clients, publicUrl: string): Clients {
  return new Map(
    [...clients].map(([clientId, client]) => {
      const vendorId = vendorIdOf(client.redirectUris) ?? noVendorId;
      const simulated = (Object.keys(regions) as Region[]).flatMap((region) => [
        `${publicUrl}/simulator/${region}${implicitPath(vendorId)}`,
        `${publicUrl}/simulator/${region}${codePath(vendorId)}`,
      ]);
      return [clientId, { ...client, redirectUris: new Set([...client.redirectUris, ...simulated]) }];
    }),
  );
}

/** What was asked, as the Alexa app asks, until it is answered. */
export function createSimulatedRequests(publicUrl: string) {
  const sent = new LRUCache<string, SimulatedRequest>({ max: 1000 });
  return {
    /** Returns the address of the authorization request, with every parameter encoded as the Alexa app does. */
    start(choice: Choice): string {
      const { client, grant, region, shape, scope } = choice;
      const { responseType, pkce } = grants[grant];
      const state = shapes[shape].prefix + randomText(shapes[shape].bytes);
      const vendorId = vendorIdOf(client.redirectUris);
      const pathOf = responseType === 'token' ? implicitPath : codePath;
      const redirectUri = `${publicUrl}/simulator/${region}${pathOf(vendorId ?? noVendorId)}`;
      const codeVerifier = pkce ? randomText(32) : undefined;
      sent.set(state, {
        ...choice,
        redirectUri,
        realRedirectUri: vendorId && `https://${regions[region].host}${pathOf(vendorId)}`,
        codeVerifier,
      });
      const parameters = {
        state,
        client_id: client.clientId,
        response_type: responseType,
        ...(scope !== '' && { scope }),
        redirect_uri: redirectUri,
        ...(codeVerifier !== undefined && {
          code_challenge: sha256(codeVerifier),
          code_challenge_method: 'S256',
        }),
      };
      const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      return `${publicUrl}/authorize?${query.join('&')}`;
    },
    /** Returns the request with this `state`; `undefined` unless it came back byte for byte. */
    find: (state: string): SimulatedRequest | undefined => sent.get(state),
  };
}
