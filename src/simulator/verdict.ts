import { codePath } from '../alexa/redirect-uris.ts';
import type { SimulatedRequest } from './requests.ts';

/** One requirement of Alexa, and how it was met. */
export interface Check {
  readonly requirement: string;
  readonly met: boolean;
  /** What was found, and where it is wrong what to look at. Never a token, code or secret. */
  readonly found: string;
}

/** What Alexa would make of the address that a browser was sent back to. */
export interface Verdict {
  readonly checks: readonly Check[];
  /** The request that was answered, where `state` tells. */
  readonly asked?: SimulatedRequest;
  /** The OAuth error that Alexa was told. */
  readonly error?: string;
  /** With the code grant. */
  readonly code?: string;
  /** With the implicit grant, where it is one that a skill could use. */
  readonly accessToken?: string;
}

export function check(requirement: string, met: boolean, found: string): Check {
  return { requirement, met, found };
}

/** Judges an authorization response (RFC 6749 4.1.2, 4.2.2), requirement by requirement. */
export function judgeResponse(href: string, find: (state: string) => SimulatedRequest | undefined): Verdict {
  const isCode = href.includes(codePath(''));
  const mark = href.indexOf(isCode ? '?' : '#');
  const uri = mark === -1 ? href : href.slice(0, mark);
  const parameters = new URLSearchParams(mark === -1 ? '' : href.slice(mark + 1));
  const state = parameters.get('state');
  const asked = state === null ? undefined : find(state);
  const [error, code, token] = ['error', 'code', 'access_token'].map(
    (name) => parameters.get(name) ?? undefined,
  );
  const result =
    error !== undefined
      ? [checkError(error, parameters.get('error_description'))]
      : isCode
        ? [check('code is there', code !== undefined, lengthOf(code, 'code'))]
        : [
            checkAccessToken(token),
            checkTokenType(parameters.get('token_type'), /^Bearer$/),
            checkLifetime(parameters.get('expires_in')),
          ];
  const checks = [
    checkParameters(isCode, mark !== -1, parameters),
    checkState(state, asked),
    ...(asked === undefined ? [] : [checkRedirectUri(uri, asked)]),
    ...result,
  ];
  return { checks, asked, error, code, accessToken: isUsableToken(token) ? token : undefined };
}

function checkParameters(isCode: boolean, areThere: boolean, parameters: URLSearchParams): Check {
  const place = isCode ? 'query, after ?' : 'fragment, after #';
  const names = [...parameters.keys()];
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  const found = !areThere
    ? 'there are none, so Alexa sees nothing'
    : repeated.length > 0
      ? `repeated: ${repeated.join(', ')}`
      : names.join(', ');
  return check(`The parameters are in the ${place}, each once`, areThere && repeated.length === 0, found);
}

function checkState(state: string | null, asked: SimulatedRequest | undefined): Check {
  const found =
    asked !== undefined
      ? `${state?.length} characters, as they were sent`
      : state === null
        ? 'state is missing: Alexa shows errorKey=missing-state'
        : 'state was changed on the way, or was sent before this server started';
  return check('state came back byte for byte', asked !== undefined, found);
}

function checkRedirectUri(uri: string, { redirectUri }: SimulatedRequest): Check {
  return check(
    'The answer is at the redirect URI that was asked for, its query kept',
    uri === redirectUri,
    uri,
  );
}

/** The codes of RFC 6749 4.1.2.1 and 4.2.2.1. */
const errorCodes = [
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
];

function checkError(error: string, description: string | null): Check {
  const found = `error=${error}: ${description ?? 'without a description'}`;
  return check('The refusal has one of OAuth’s codes', errorCodes.includes(error), found);
}

function checkLifetime(expiresIn: string | null): Check {
  const requirement =
    'The token does not expire soon: Alexa can’t renew it, and refuses less than 360 seconds';
  if (expiresIn === null) return check(requirement, true, 'no expires_in: it does not expire');
  const seconds = Number(expiresIn);
  const found = `expires_in=${expiresIn}: then every user has to link again`;
  return check(requirement, Number.isInteger(seconds) && seconds >= 360, found);
}

/** The longest token that Login with Amazon itself issues; Alexa's own limit is not published. */
const longestToken = 2048;

export function isUsableToken(token: unknown): token is string {
  return typeof token === 'string' && token.length <= longestToken && /^[\x21-\x7E]+$/.test(token);
}

export function checkAccessToken(token: unknown): Check {
  const requirement = `access_token is there: printable ASCII, at most ${longestToken} characters`;
  return check(requirement, isUsableToken(token), lengthOf(token, 'access_token'));
}

export function checkTokenType(type: unknown, right: RegExp): Check {
  return check('token_type is Bearer', right.test(String(type)), String(type ?? 'token_type is missing'));
}

/** Never the value itself. */
export function lengthOf(value: unknown, name: string): string {
  return typeof value === 'string' ? `${value.length} characters` : `${name} is missing`;
}
