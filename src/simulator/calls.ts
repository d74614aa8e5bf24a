import type { Request } from 'express';
import { type Check, check, checkAccessToken, checkTokenType, isUsableToken, lengthOf } from './verdict.ts';

/** How a client authenticates: as a developer chooses it, in the console's words. */
export const authenticationSchemes = {
  basic: 'HTTP Basic (recommended)',
  body: 'Credentials in request body',
} as const;

/** What the developer console holds for the token endpoint. */
export interface Credentials {
  readonly clientSecret: string;
  readonly scheme: keyof typeof authenticationSchemes;
}

/** What a token endpoint answered. */
export interface TokenAnswer {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** Empty where the answer is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly milliseconds: number;
}

export interface Outcome {
  readonly checks: readonly Check[];
  /** The newest one. */
  readonly accessToken?: string;
  /** What `/userinfo` said of it. */
  readonly userinfo?: string;
}

/** Goes on as Alexa's service does: refreshes, and sends the same again as if the answer had been lost. */
export async function useTokens(
  request: Request,
  clientId: string,
  credentials: Credentials,
  redeemed: TokenAnswer,
): Promise<Outcome> {
  const checks = judgeTokenAnswer(redeemed);
  const { access_token: accessToken, refresh_token: refreshToken } = redeemed.body;
  if (!isUsableToken(accessToken) || !isUsableToken(refreshToken)) return { checks };
  const first = await askUserinfo(request, accessToken);
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const refreshed = await callToken(request, clientId, credentials, fields);
  const retried = await callToken(request, clientId, credentials, fields);
  const newest = isUsableToken(retried.body['access_token']) ? retried.body['access_token'] : accessToken;
  const last = await askUserinfo(request, newest, 'The new token works as well');
  return {
    checks: [
      ...checks,
      ...first.checks,
      checkRefresh('The refresh token gets a new access token', refreshed),
      checkRefresh(
        'The same refresh token, sent again as Alexa does at times, gets a new access token',
        retried,
      ),
      ...last.checks,
    ],
    accessToken: newest,
    userinfo: last.userinfo,
  };
}

/** Asks about a token as a skill does. */
export async function askUserinfo(
  request: Request,
  accessToken: string,
  requirement = 'The skill can turn the token into the user',
): Promise<Outcome> {
  try {
    const answer = await fetch(`${ownAddress(request)}/userinfo`, {
      headers: { Authorization: `Bearer ${accessToken}` },
      signal: AbortSignal.timeout(5000),
    });
    const userinfo = pretty(await answer.json());
    const checks = [check(requirement, answer.ok, `/userinfo answered ${answer.status}`)];
    return { checks, accessToken, userinfo };
  } catch {
    return { checks: [check(requirement, false, '/userinfo did not answer')], accessToken };
  }
}

export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

/** Where this server can be called from itself: the address that a request of its own came in on. */
function ownAddress({ socket }: Request): string {
  const { localAddress = '127.0.0.1', localPort = 0 } = socket;
  return `http://${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}

/** Asks the token endpoint as Alexa's service does. */
export async function callToken(
  request: Request,
  clientId: string,
  { clientSecret, scheme }: Credentials,
  fields: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const startedAt = performance.now();
  const took = () => Math.round(performance.now() - startedAt);
  const credentials = { client_id: clientId, client_secret: clientSecret };
  // Both parts form-encoded (RFC 6749 2.3.1).
  const [id, secret] = [clientId, clientSecret].map((part) =>
    `${new URLSearchParams([['', part]])}`.slice(1),
  );
  const basic = Buffer.from(`${id}:${secret}`).toString('base64');
  try {
    const answer = await fetch(`${ownAddress(request)}/token`, {
      method: 'POST',
      headers: scheme === 'basic' ? { Authorization: `Basic ${basic}` } : {},
      body: new URLSearchParams(scheme === 'basic' ? fields : { ...fields, ...credentials }),
      signal: AbortSignal.timeout(10_000),
    });
    return {
      status: answer.status,
      contentType: answer.headers.get('Content-Type') ?? undefined,
      cacheControl: answer.headers.get('Cache-Control') ?? undefined,
      body: Object(await answer.json().catch(() => undefined)),
      milliseconds: took(),
    };
  } catch {
    return { status: 0, body: {}, milliseconds: took() };
  }
}

/** Judges the answer to a code (RFC 6749 5.1), requirement by requirement. */
export function judgeTokenAnswer(answer: TokenAnswer): readonly Check[] {
  const { status, contentType, cacheControl, body } = answer;
  const accepted = checkStatus('The token endpoint accepts the code', answer);
  if (status !== 200) return [accepted];
  const isPrivateJson =
    /^application\/json\b/i.test(contentType ?? '') && /\bno-store\b/i.test(cacheControl ?? '');
  const { expires_in: seconds, refresh_token: refresh } = body;
  return [
    accepted,
    check(
      'The answer is JSON that no cache keeps',
      isPrivateJson,
      `Content-Type: ${contentType ?? 'none'}, Cache-Control: ${cacheControl ?? 'none'}`,
    ),
    checkAccessToken(body['access_token']),
    checkTokenType(body['token_type'], /^bearer$/i),
    check(
      'expires_in says when Alexa has to refresh: a number, at least 360 seconds',
      typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 360,
      seconds === undefined ? 'expires_in is missing' : `expires_in: ${JSON.stringify(seconds)}`,
    ),
    check(
      'refresh_token is there, or the user would have to link again when the access token ends',
      isUsableToken(refresh),
      lengthOf(refresh, 'refresh_token'),
    ),
  ];
}

/** Judges the answer to a refresh token; a new refresh token need not come with it (RFC 6749 6). */
export function checkRefresh(requirement: string, answer: TokenAnswer): Check {
  const checked = checkStatus(requirement, answer);
  if (!checked.met || isUsableToken(answer.body['access_token'])) return checked;
  return { ...checked, met: false, found: `${checked.found}, but without an access_token` };
}

/** Alexa waits no longer (Amazon, Account Linking FAQ). */
const patienceMs = 4500;

function checkStatus(requirement: string, { status, body, milliseconds }: TokenAnswer): Check {
  const { error = 'no error code', error_description: description = '' } = body;
  const why = status === 200 ? '' : `: ${error}, ${description}`;
  return check(
    `${requirement} within 4.5 seconds`,
    status === 200 && milliseconds < patienceMs,
    status === 0 ? 'no answer' : `${status} after ${milliseconds} ms${why}`,
  );
}

/** The request that a skill gets when a linked user opens it: the token is in both places. */
export function skillRequest(accessToken: string, timestamp: string): object {
  const application = { applicationId: 'amzn1.ask.skill.simulated' };
  const user = { userId: 'amzn1.ask.account.SIMULATED', accessToken };
  return {
    version: '1.0',
    session: { new: true, sessionId: 'amzn1.echo-api.session.simulated', application, user },
    context: { System: { application, user, apiEndpoint: 'https://api.amazonalexa.com' } },
    request: {
      type: 'LaunchRequest',
      requestId: 'amzn1.echo-api.request.simulated',
      timestamp,
      locale: 'en-US',
    },
  };
}
