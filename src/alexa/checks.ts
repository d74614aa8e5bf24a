import { type Remembered, simulatedRedirectUri, simulatedRedirectUris } from './simulator.ts';

/** One requirement of Alexa, and how it was met. */
export interface Check {
  readonly requirement: string;
  readonly met: boolean;
  /** What was found, and where it is wrong what to look at. Never a token, code or secret. */
  readonly found: string;
}

export interface Verdict {
  readonly checks: readonly Check[];
  /** The OAuth error that Alexa was told, if any. */
  readonly error: string | undefined;
  /** What was asked, where `state` tells. */
  readonly asked: Remembered | undefined;
}

export function check(requirement: string, met: boolean, found: string): Check {
  return { requirement, met, found };
}

export function checkRedirectUri(answered: string, publicUrl: string, asked: Remembered | undefined): Check {
  const right =
    asked === undefined
      ? simulatedRedirectUris(publicUrl).includes(answered)
      : answered === simulatedRedirectUri(publicUrl, asked.region, asked.grant);
  return check('The answer is at the redirect URI of the region that asked, its query kept', right, answered);
}

export function checkState(state: string | null, asked: Remembered | undefined): Check {
  const found =
    asked !== undefined
      ? `${state?.length} characters, all as they were sent`
      : state === null
        ? 'state is missing: Alexa shows errorKey=missing-state'
        : 'state was changed on the way, or was sent before this server started';
  return check('state came back byte for byte', asked !== undefined, found);
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

export function checkError(error: string, description: string | null): Check {
  const found = `error=${error}: ${description ?? 'without a description'}`;
  return check('The refusal has one of OAuth’s codes', errorCodes.includes(error), found);
}

/** Those that are there more than once. */
export function repeatedNames(parameters: URLSearchParams): string[] {
  return [...Map.groupBy(parameters.keys(), (name) => name)].flatMap(([name, all]) =>
    all.length > 1 ? [name] : [],
  );
}

/** The longest token that Login with Amazon itself gives out; Alexa's own limit is not published. */
const longestToken = 2048;

export function isUsableToken(token: unknown): token is string {
  return typeof token === 'string' && token.length <= longestToken && /^[\x21-\x7E]+$/.test(token);
}

export function checkAccessToken(token: string | null): Check {
  const found = token === null ? 'access_token is missing' : `${token.length} characters`;
  const requirement = `access_token is there: printable ASCII, at most ${longestToken} characters`;
  return check(requirement, isUsableToken(token), found);
}
