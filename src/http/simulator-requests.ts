import type { Request } from 'express';
import { type Check, check } from '../alexa/checks.ts';
import type { TokenAnswer } from '../alexa/token-verdict.ts';

/** How a client authenticates: as a person chooses it, in the console's words. */
export const authenticationSchemes = {
  basic: 'HTTP Basic (recommended)',
  body: 'Credentials in request body',
} as const;

type AuthenticationScheme = keyof typeof authenticationSchemes;

export interface SimulatedClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scheme: AuthenticationScheme;
}

/** Where this server can be called from itself: the address that a request of its own came in on. */
function ownAddress({ socket }: Request): string {
  const { localAddress = '127.0.0.1', localPort = 0 } = socket;
  return `http://${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}

/** Asks as a skill would, over HTTP. */
export async function callUserinfo(
  request: Request,
  accessToken: string,
  requirement: string,
): Promise<{ check: Check; body: string | undefined }> {
  try {
    const answer = await fetch(`${ownAddress(request)}/userinfo`, {
      headers: { Authorization: `Bearer ${accessToken}` },
      signal: AbortSignal.timeout(5000),
    });
    const body = pretty(await answer.text());
    return { check: check(requirement, answer.ok, `/userinfo answered ${answer.status}`), body };
  } catch {
    return { check: check(requirement, false, '/userinfo did not answer'), body: undefined };
  }
}

/** Asks as Alexa's service does. */
export async function callToken(
  request: Request,
  { clientId, clientSecret, scheme }: SimulatedClient,
  fields: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const startedAt = performance.now();
  const credentials = { client_id: clientId, client_secret: clientSecret };
  // Both parts form-encoded (RFC 6749 2.3.1).
  const [id = '', secret = ''] = Object.values(credentials).map(formEncode);
  const basic = Buffer.from(`${id}:${secret}`).toString('base64');
  try {
    const answer = await fetch(`${ownAddress(request)}/token`, {
      method: 'POST',
      headers: scheme === 'basic' ? { Authorization: `Basic ${basic}` } : {},
      body: new URLSearchParams(scheme === 'basic' ? fields : { ...fields, ...credentials }),
      signal: AbortSignal.timeout(10_000),
    });
    const body = await answer.json().catch(() => undefined);
    return {
      status: answer.status,
      contentType: answer.headers.get('Content-Type') ?? undefined,
      cacheControl: answer.headers.get('Cache-Control') ?? undefined,
      body: typeof body === 'object' && body !== null ? { ...body } : undefined,
      milliseconds: Math.round(performance.now() - startedAt),
    };
  } catch {
    const milliseconds = Math.round(performance.now() - startedAt);
    return { status: 0, contentType: undefined, cacheControl: undefined, body: undefined, milliseconds };
  }
}

function formEncode(value: string): string {
  return new URLSearchParams({ value }).toString().slice('value='.length);
}

function pretty(body: string): string {
  try {
    return json(JSON.parse(body));
  } catch {
    return body;
  }
}

export function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
