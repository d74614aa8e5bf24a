import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { codePath, implicitPath, type Region, regions } from './redirect-uris.ts';

/** What the simulator knows again when the answer comes. */
export interface Remembered {
  readonly clientId: string;
  readonly grant: SimulatedGrant;
  readonly region: Region;
  readonly shape: Shape;
}

/** What a simulated request is to be like. */
export interface SimulatedRequest extends Remembered {
  /** Space separated; empty for a request without `scope`, as Alexa sends it for a skill that defines none. */
  readonly scope: string;
}

export type SimulatedGrant = keyof typeof grants;

/** What is asked for: how a person chooses it, and what it means. */
export const grants = {
  token: { label: 'Implicit: response_type=token', responseType: 'token', pkce: false },
  code: { label: 'Authorization code, with PKCE', responseType: 'code', pkce: true },
  codeAlone: { label: 'Authorization code, without PKCE', responseType: 'code', pkce: false },
} as const;

type Shape = keyof typeof shapes;

/** Forms of `state`: how a person chooses it, what it begins with, and how many characters follow. */
export const shapes = {
  captured: { label: '715 characters, like a captured one', prefix: '', length: 715 },
  reserved: {
    label: 'with reserved characters: a b+c&d=e#f ü 100%',
    prefix: 'a b+c&d=e#f ü 100% ',
    length: 715,
  },
  longest: { label: '4 KB, the longest that is taken', prefix: '', length: 4096 },
} as const;

const longestState = 4200;

const vendorId = 'M2SIMULATOR000';

/** The stand-in, on this server, for what Alexa's redirect URI is in a region. */
export function simulatedRedirectUri(publicUrl: string, region: Region, grant: SimulatedGrant): string {
  const pathOf = grants[grant].responseType === 'token' ? implicitPath : codePath;
  return `${publicUrl}${simulatedPath(region)}${pathOf(vendorId)}`;
}

/** The path prefix that stands for a region's host. */
function simulatedPath(region: Region): string {
  return `/simulator/${region}`;
}

export function simulatedRedirectUris(publicUrl: string): string[] {
  return (Object.keys(regions) as Region[]).flatMap((region) => [
    simulatedRedirectUri(publicUrl, region, 'token'),
    simulatedRedirectUri(publicUrl, region, 'code'),
  ]);
}

/** Plays the Alexa app's part of a linking. Remembers nothing: all that it sent, it finds again in `state`. */
export interface Simulator {
  /** The authorization request, with every parameter encoded as the Alexa app does. */
  authorizationUrl(request: SimulatedRequest): string;
  /** What a `state` was made for; `undefined` unless it came back byte for byte. */
  recall(state: string): Remembered | undefined;
  /** The code verifier (RFC 7636 4.1) of the request with this `state`. */
  codeVerifier(state: string): string;
}

export function createSimulator(publicUrl: string): Simulator {
  const key = randomBytes(32);
  const sign = (content: Buffer) => createHmac('sha256', key).update(content).digest();

  const codeVerifier = (state: string) => sign(Buffer.from(`verifier of ${state}`)).toString('base64url');

  function makeState({ clientId, grant, region, shape }: Remembered): string {
    const { prefix, length } = shapes[shape];
    const json = Buffer.from(JSON.stringify({ clientId, grant, region, shape }));
    const size = Buffer.alloc(2);
    size.writeUInt16BE(json.length);
    const padding = randomBytes(Math.max(0, Math.floor((length * 3) / 4) - 32 - size.length - json.length));
    const content = Buffer.concat([size, json, padding]);
    return prefix + Buffer.concat([sign(content), content]).toString('base64url');
  }

  return {
    authorizationUrl(request) {
      const { responseType, pkce } = grants[request.grant];
      const state = makeState(request);
      const parameters = {
        state,
        client_id: request.clientId,
        response_type: responseType,
        ...(request.scope !== '' && { scope: request.scope }),
        redirect_uri: simulatedRedirectUri(publicUrl, request.region, request.grant),
        ...(pkce && {
          code_challenge: createHash('sha256').update(codeVerifier(state)).digest('base64url'),
          code_challenge_method: 'S256',
        }),
      };
      const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      return `${publicUrl}/authorize?${query.join('&')}`;
    },

    codeVerifier,

    recall(state) {
      if (state.length > longestState) return undefined;
      const encoded = /[\w-]*$/.exec(state)?.[0] ?? '';
      const bytes = Buffer.from(encoded, 'base64url');
      const content = bytes.subarray(32);
      if (content.length < 2 || !timingSafeEqual(bytes.subarray(0, 32), sign(content))) return undefined;
      const asked: Remembered = JSON.parse(content.subarray(2, 2 + content.readUInt16BE()).toString());
      const sent = shapes[asked.shape].prefix + bytes.toString('base64url');
      return sent === state ? asked : undefined;
    },
  };
}
