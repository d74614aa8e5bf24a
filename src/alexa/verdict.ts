import { implicitPath, type Region, regions } from './redirect-uris.ts';
import { type Simulator, simulatedRedirectUri, simulatedRedirectUris } from './simulator.ts';

/** One requirement of Alexa on the authorization response, and how it was met. */
export interface Check {
  readonly requirement: string;
  readonly met: boolean;
  /** What was found, and where it is wrong what to look at. Never a token. */
  readonly found: string;
}

export interface Verdict {
  readonly checks: readonly Check[];
  /** The OAuth error that Alexa was told, if any. */
  readonly error: string | undefined;
  /** The token, where it is one that a skill could use. */
  readonly accessToken: string | undefined;
  /** The region that asked, where `state` tells. */
  readonly region: Region | undefined;
}

/** The longest token that Login with Amazon itself gives out; Alexa's own limit is not published. */
const longestToken = 2048;

/** Judges the address that a browser was sent back to, requirement by requirement (implicit grant). */
export function judgeResponse(simulator: Simulator, publicUrl: string, href: string): Verdict {
  const mark = href.indexOf('#');
  const answered = mark === -1 ? href : href.slice(0, mark);
  const fragment = new URLSearchParams(mark === -1 ? '' : href.slice(mark + 1));
  const state = fragment.get('state');
  const error = fragment.get('error') ?? undefined;
  const token = fragment.get('access_token');
  const region = state === null ? undefined : simulator.recall(state)?.region;
  const tokenCheck = checkAccessToken(token);
  const checks = [
    checkRedirectUri(answered, publicUrl, region),
    checkFragment(mark, fragment),
    checkState(state, region),
    ...(error === undefined
      ? [tokenCheck, checkTokenType(fragment.get('token_type')), checkLifetime(fragment.get('expires_in'))]
      : [checkError(error, fragment.get('error_description'))]),
  ];
  return { checks, error, region, accessToken: tokenCheck.met ? (token ?? undefined) : undefined };
}

function check(requirement: string, met: boolean, found: string): Check {
  return { requirement, met, found };
}

function checkRedirectUri(answered: string, publicUrl: string, region: Region | undefined): Check {
  const right =
    region === undefined
      ? simulatedRedirectUris(publicUrl).includes(answered)
      : answered === simulatedRedirectUri(publicUrl, region);
  return check(
    'The answer is at the redirect URI of the region that asked, ?vendorId= kept',
    right,
    answered,
  );
}

function checkFragment(mark: number, fragment: URLSearchParams): Check {
  const names = [...fragment.keys()];
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  const found =
    mark === -1
      ? 'there is no #, so Alexa sees nothing'
      : repeated.length > 0
        ? `repeated: ${repeated.join(', ')}`
        : names.join(', ');
  return check(
    'The parameters are in the fragment, behind #, each once',
    mark !== -1 && repeated.length === 0,
    found,
  );
}

function checkState(state: string | null, region: Region | undefined): Check {
  const found =
    region !== undefined
      ? `${state?.length} characters, all as they were sent`
      : state === null
        ? 'state is missing: Alexa shows errorKey=missing-state'
        : 'state was changed on the way, or was sent before this server started';
  return check('state came back byte for byte', region !== undefined, found);
}

/** The codes of RFC 6749 4.2.2.1. */
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

function checkAccessToken(token: string | null): Check {
  const met = token !== null && token.length <= longestToken && /^[\x21-\x7E]+$/.test(token);
  const found = token === null ? 'access_token is missing' : `${token.length} characters`;
  return check(`access_token is there: printable ASCII, at most ${longestToken} characters`, met, found);
}

function checkTokenType(type: string | null): Check {
  return check('token_type is Bearer', type === 'Bearer', type ?? 'token_type is missing');
}

function checkLifetime(expiresIn: string | null): Check {
  const requirement =
    'The token does not expire soon: Alexa can’t renew it, and refuses less than 360 seconds';
  if (expiresIn === null) return check(requirement, true, 'no expires_in: it does not expire');
  const seconds = Number(expiresIn);
  const found = `expires_in=${expiresIn}: then everybody has to link again`;
  return check(requirement, Number.isInteger(seconds) && seconds >= 360, found);
}

/** The request that the skill then gets when the person opens it: the token is in both places. */
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

/** Where Alexa itself would have been answered, for the page to show beside its stand-in. */
export function realRedirectUri(region: Region): string {
  return `https://${regions[region].host}${implicitPath('YOUR_VENDOR_ID')}`;
}
