import { type Check, check, checkAccessToken, isUsableToken } from './checks.ts';

/** What a token endpoint answered. */
export interface TokenAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  /** `undefined` where it is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly milliseconds: number;
}

/** What can be done with an answer. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Alexa waits no longer (Amazon, Account Linking FAQ). */
const patienceMs = 4500;

/** Judges the answer to a code (RFC 6749 5.1), requirement by requirement. */
export function judgeTokenAnswer(answer: TokenAnswer): Check[] {
  const { contentType, cacheControl, body } = answer;
  const isJson = /^application\/json\b/i.test(contentType ?? '') && body !== undefined;
  const isPrivate = /\bno-store\b/i.test(cacheControl ?? '');
  const token = body?.['access_token'];
  const type = body?.['token_type'];
  const refresh = body?.['refresh_token'];
  return [
    checkStatus('The token endpoint takes the code', answer),
    check(
      'The answer is JSON that nobody keeps',
      isJson && isPrivate,
      `Content-Type: ${contentType ?? 'none'}, Cache-Control: ${cacheControl ?? 'none'}`,
    ),
    checkAccessToken(typeof token === 'string' ? token : null),
    check('token_type is Bearer', /^bearer$/i.test(String(type)), String(type ?? 'token_type is missing')),
    checkLifetime(body?.['expires_in']),
    check(
      'refresh_token is there, or the person would have to link again when the access token ends',
      isUsableToken(refresh),
      isUsableToken(refresh) ? `${refresh.length} characters` : 'refresh_token is missing',
    ),
  ];
}

function checkLifetime(expiresIn: unknown): Check {
  const requirement = 'expires_in says when Alexa has to refresh: a number, at least 360 seconds';
  if (expiresIn === undefined) return check(requirement, false, 'expires_in is missing');
  const met = typeof expiresIn === 'number' && Number.isInteger(expiresIn) && expiresIn >= 360;
  return check(requirement, met, `expires_in: ${JSON.stringify(expiresIn)}`);
}

/** Judges the answer to a refresh token. */
export function judgeRefresh(answer: TokenAnswer): Check {
  return checkRenewed('The refresh token gives a new access token', answer);
}

/** Judges the answer to a refresh token that is sent again, as Alexa does where an answer was lost. */
export function judgeRetry(answer: TokenAnswer): Check {
  return checkRenewed(
    'The same refresh token, sent again as Alexa does at times, gives a new access token',
    answer,
  );
}

function checkRenewed(requirement: string, answer: TokenAnswer): Check {
  const checked = checkStatus(requirement, answer);
  if (!checked.met || renewedToken(answer) !== undefined) return checked;
  return { ...checked, met: false, found: `${checked.found}, but without an access_token` };
}

/** The access token that a refresh was answered with; a new refresh token need not come with it (RFC 6749 6). */
export function renewedToken({ status, body }: TokenAnswer): string | undefined {
  const accessToken = body?.['access_token'];
  return status === 200 && isUsableToken(accessToken) ? accessToken : undefined;
}

/** The tokens of an answer that a client can go on with. */
export function tokensOf({ status, body }: TokenAnswer): Tokens | undefined {
  const [accessToken, refreshToken] = [body?.['access_token'], body?.['refresh_token']];
  return status === 200 && isUsableToken(accessToken) && isUsableToken(refreshToken)
    ? { accessToken, refreshToken }
    : undefined;
}

function checkStatus(requirement: string, { status, body, milliseconds }: TokenAnswer): Check {
  const error = body?.['error'];
  const said = status === 200 ? '' : `: ${error ?? 'no error code'}, ${body?.['error_description'] ?? ''}`;
  return check(
    `${requirement} within 4.5 seconds`,
    status === 200 && milliseconds < patienceMs,
    status === 0 ? 'no answer' : `${status} after ${milliseconds} ms${said}`,
  );
}
