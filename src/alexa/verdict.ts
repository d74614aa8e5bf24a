import { implicitPath, regions } from './redirect-uris.ts';
import { type SimulatedRequest, type Simulator, simulatedRedirectUri } from './simulator.ts';

/** One requirement of Alexa on the authorization response, and how it was met. */
export interface Check {
  readonly requirement: string;
  readonly met: boolean;
  /** What was found, and where it is wrong what to look at. Never a token. */
  readonly found: string;
}

export interface Verdict {
  readonly checks: readonly Check[];
  readonly accessToken: string | undefined;
  /** The request that was answered, where `state` tells. */
  readonly request: SimulatedRequest | undefined;
}

/** The longest token that Login with Amazon itself gives out; Alexa's own limit is not published. */
const longestToken = 2048;

/** Judges the address that a browser was sent back to, requirement by requirement (implicit grant). */
export function judgeResponse(simulator: Simulator, publicUrl: string, href: string): Verdict {
  const mark = href.indexOf('#');
  const answered = mark === -1 ? href : href.slice(0, mark);
  const fragment = new URLSearchParams(mark === -1 ? '' : href.slice(mark + 1));
  const state = fragment.get('state');
  const request = state === null ? undefined : simulator.recall(state);
  const accessToken = fragment.get('access_token') ?? undefined;
  const checks = [
    checkError(fragment),
    checkRedirectUri(answered, publicUrl, request),
    checkFragment(mark, fragment),
    checkState(state, request),
    checkAccessToken(accessToken),
    checkTokenType(fragment.get('token_type')),
    checkLifetime(fragment.get('expires_in')),
  ];
  return { checks, accessToken, request };
}

function check(requirement: string, met: boolean, found: string): Check {
  return { requirement, met, found };
}

function checkError(fragment: URLSearchParams): Check {
  const error = fragment.get('error');
  const found =
    error === null ? 'no error' : `error=${error}: ${fragment.get('error_description') ?? 'no description'}`;
  return check('The account was linked: there is no error parameter', error === null, found);
}

function checkRedirectUri(answered: string, publicUrl: string, request: SimulatedRequest | undefined): Check {
  const possible = Object.keys(regions).map((region) =>
    simulatedRedirectUri(publicUrl, region as keyof typeof regions),
  );
  const met = request
    ? answered === simulatedRedirectUri(publicUrl, request.region)
    : possible.includes(answered);
  return check('The answer is at the redirect URI of the region that asked, ?vendorId= kept', met, answered);
}

function checkFragment(mark: number, fragment: URLSearchParams): Check {
  const repeated = [...new Set(fragment.keys())].filter((name) => fragment.getAll(name).length > 1);
  const found =
    mark === -1
      ? 'there is no #, so Alexa sees nothing'
      : repeated.length > 0
        ? `repeated: ${repeated}`
        : [...fragment.keys()].join(', ');
  return check(
    'The parameters are in the fragment, behind #, each once',
    mark !== -1 && repeated.length === 0,
    found,
  );
}

function checkState(state: string | null, request: SimulatedRequest | undefined): Check {
  const found =
    request !== undefined
      ? `${state?.length} characters, all as they were sent`
      : state === null
        ? 'state is missing: Alexa shows errorKey=missing-state'
        : 'state was changed on the way, or was sent before this server started';
  return check('state came back byte for byte', request !== undefined, found);
}

function checkAccessToken(token: string | undefined): Check {
  const met =
    token !== undefined && token !== '' && token.length <= longestToken && /^[\x21-\x7E]+$/.test(token);
  const found = token === undefined ? 'access_token is missing' : `${token.length} characters`;
  return check(`access_token is there: printable ASCII, at most ${longestToken} characters`, met, found);
}

function checkTokenType(type: string | null): Check {
  return check('token_type is Bearer', type === 'Bearer', type ?? 'token_type is missing');
}

function checkLifetime(expiresIn: string | null): Check {
  const seconds = Number(expiresIn);
  const requirement =
    'The token does not expire soon: Alexa can’t renew it, and refuses less than 360 seconds';
  if (expiresIn === null) return check(requirement, true, 'no expires_in: it does not expire');
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
export function realRedirectUri(request: SimulatedRequest): string {
  return `https://${regions[request.region].host}${implicitPath('YOUR_VENDOR_ID')}`;
}
