import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { implicitPath, type Region, regions } from './redirect-uris.ts';

/** What the simulator knows again when the answer comes. */
interface Remembered {
  readonly region: Region;
  readonly shape: Shape;
}

/** What a simulated request is to be like. */
export interface SimulatedRequest extends Remembered {
  readonly clientId: string;
  /** Space separated; empty for a request without `scope`, as Alexa sends it for a skill that defines none. */
  readonly scope: string;
}

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
export function simulatedRedirectUri(publicUrl: string, region: Region): string {
  return `${publicUrl}${simulatedPath(region)}${implicitPath(vendorId)}`;
}

/** The path prefix that stands for a region's host. */
function simulatedPath(region: Region): string {
  return `/simulator/${region}`;
}

export function simulatedRedirectUris(publicUrl: string): string[] {
  return (Object.keys(regions) as Region[]).map((region) => simulatedRedirectUri(publicUrl, region));
}

/** Plays the Alexa app's part of a linking. Remembers nothing: all that it sent, it finds again in `state`. */
export interface Simulator {
  /** The authorization request, with every parameter encoded as the Alexa app does. */
  authorizationUrl(request: SimulatedRequest): string;
  /** The region and shape that a `state` was made for; `undefined` unless it came back byte for byte. */
  recall(state: string): Remembered | undefined;
}

export function createSimulator(publicUrl: string): Simulator {
  const key = randomBytes(32);
  const sign = (content: Buffer) => createHmac('sha256', key).update(content).digest();

  function makeState({ region, shape }: Remembered): string {
    const { prefix, length } = shapes[shape];
    const json = Buffer.from(JSON.stringify({ region, shape }));
    const size = Buffer.alloc(2);
    size.writeUInt16BE(json.length);
    const padding = randomBytes(Math.floor((length * 3) / 4) - 32 - size.length - json.length);
    const content = Buffer.concat([size, json, padding]);
    return prefix + Buffer.concat([sign(content), content]).toString('base64url');
  }

  return {
    authorizationUrl(request) {
      const parameters = {
        state: makeState(request),
        client_id: request.clientId,
        response_type: 'token',
        ...(request.scope !== '' && { scope: request.scope }),
        redirect_uri: simulatedRedirectUri(publicUrl, request.region),
      };
      const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      return `${publicUrl}/authorize?${query.join('&')}`;
    },

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
